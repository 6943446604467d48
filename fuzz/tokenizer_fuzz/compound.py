@d
async def f[T: int = str, *Ts, **P](a, /, b: int = 1, *c: *d, e=2, **f) -> x:
  async for i in y:
    pass
  else: pass
  async with a as b, (c): yield x
class A[T](B, m=C, **k): x = 1
try: pass
except* E as e: pass
else: pass
finally: pass
if a: pass
elif b: pass
else: pass
while x:
	pass
with (a as b, c): pass
