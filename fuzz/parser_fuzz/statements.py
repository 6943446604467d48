import a.b as c, d
from . import x
from .. y import (a as b, c,)
x: int = 1
x = y = *a, b
x += 1
del a, (b, c)
assert x, y
raise X from Y
global g
pass; break; continue
return x
