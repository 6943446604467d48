# Function calls with float results, in nested loops.
def cell(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(v):
    return [sum(cell(i, j) * x for j, x in enumerate(v)) for i in range(len(v))]


def times_transposed(v):
    return [sum(cell(j, i) * x for j, x in enumerate(v)) for i in range(len(v))]


u = [1.0] * 130
for _ in range(5):
    v = times_transposed(times(u))
    u = times_transposed(times(v))
vbv = sum(a * b for a, b in zip(u, v))
vv = sum(b * b for b in v)
print(f"{(vbv / vv) ** 0.5:.9f}")
