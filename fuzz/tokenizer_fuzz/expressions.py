x = a if b else lambda *a, b=1: c or d and not e < f is not g not in h | i ^ j & k << l + m * -n ** await o
y = [i async for i in x if y] + {a: b for a, b in c} | {*a, b} + (x := 1, *y)
f(a, *b, c=d, **e)[1:2:3, ...](x for x in y)
0x_ff + 0o17 + 0b1 + 1_0.5e-3j + 10**100
