# Generators, delegation, pipelines.
def numbers(n):
    for i in range(n):
        yield i


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def pipeline(n):
    evens = (i for i in numbers(n) if i % 2 == 0)
    squares = (i * i for i in evens)
    return sum(s % 7 for s in squares)


def averager():
    total = count = 0
    value = None
    while True:
        value = yield total / count if count else 0
        total += value
        count += 1


print(pipeline(400000), sum(tree(15)))
a = averager()
next(a)
for i in range(200000):
    last = a.send(i)
print(last)
