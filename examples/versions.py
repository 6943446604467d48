"""Two ways to the same list: what does the bytecode say?"""


def version_a(items):
    result = []
    for item in items:
        result.append(item * 2)
    return result


def version_b(items):
    return [item * 2 for item in items]
