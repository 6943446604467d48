# Complex-plane loops on floats.
def inside(cr, ci, limit):
    zr = zi = 0.0
    for n in range(limit):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return n
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


total = 0
for y in range(120):
    for x in range(160):
        total += inside(x / 60.0 - 2.0, y / 50.0 - 1.2, 100)
print(total)
