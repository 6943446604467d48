import dis

def version_a(items):
    result = []
    for item in items:
        result.append(item * 2)
    return result

def version_b(items):
    return [item * 2 for item in items]

print("Version A (loop):")
dis.dis(version_a)

print("\nVersion B (list comprehension):")
dis.dis(version_b)
