# sort with and without keys, and a quicksort in Python.
def noise(n, seed=12345):
    out = []
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(seed)
    return out


def quick(items):
    if len(items) <= 1:
        return items
    pivot = items[len(items) // 2]
    return quick([i for i in items if i < pivot]) + [i for i in items if i == pivot] + quick([i for i in items if i > pivot])


data = noise(60000)
for _ in range(4):
    a = sorted(data)
    b = sorted(data, key=lambda n: n % 1000)
    c = sorted(str(n) for n in data)
d = quick(data)
print(a == d, a[0], b[0], c[0], b[-1])
