# Boolean, conditional and chained expressions in every position.
def values(a, b, c, d):
    x = a and b or c
    y = (a or b) and c
    z = a if b else c
    w = (a if b else c) if d else (b if c else d)
    v = not (a and b) or not c
    u = a < b < c
    t = a < b <= c != d
    s = a is None and b is not None or c is None
    r = (a and b) is not None
    q = a in b and c not in d
    return x, y, z, w, v, u, t, s, r, q


def tests(a, b, c, d):
    if a and (b or c) and d:
        return 1
    if not (a or b) or (c and not d):
        return 2
    if a < b < c or d:
        return 3
    if (a if b else c):
        return 4
    if a is None or b is None and c is not None:
        return 5
    while a and b or c:
        a = b
    if (n := len(a)) > 10 and (m := n) < 3:
        return n, m
    return a and b


def calls(f, a, b, *args, **kwargs):
    f(a, *args, b, key=a, **kwargs)
    f(*args, *a, **kwargs, **b)
    f(a and b, c=a or b, d=a if b else 3)
    f(**{"x": 1}, y=2)
    g = [*a, 1, *b]
    h = {*a, 2}
    i = {**a, "k": b, **b}
    j = (*a, *b)
    print(*a, sep="")
    return f(a)(b)[a:b, ::2].attr[-1]


def comprehensions(a, b):
    c = [x for x in a]
    d = [x * y for x in a if x for y in b if y if x > y]
    e = {x: y for x, y in a}
    f = {x for x in a if x not in b}
    g = (x for x in a)
    h = [[y for y in x] for x in a]
    i = [lambda x=x: x for x in a]
    j = sum(x for x in a if (lambda: x)())
    k = [x if x else 1 for x in a]
    m = [z for x in a for z in (x and b)]
    return c, d, e, f, g, h, i, j, k, m


def strings(a, b):
    c = f"{a}"
    d = f"x{a!r:>{b}}y{b:02x}"
    e = f"{a=}" f"{{}}" "tail"
    g = f"{a['k']} {b.c()}"
    return c, d, e, g, "%s %d" % (a, b), b"\x00\xff", "\u20ac\n"


def targets(a):
    b = c = a
    d, e = a
    f, *g = a
    (h, (i, j)), k = a
    a.x, a[0] = b, c
    a.y += 1
    a[b] -= 2
    a[b:c] = d
    del a.z, a[0], e
    l: int = 3
    m: "str"
    a.n: int = 4
    x = y = z = 0
    x, y = y, x
    x, y, z = z, x, y
    return b, c, f, g, h, i, j, k, l
