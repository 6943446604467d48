def outer(z):
    type A = int
    type B[T: int, *Ts, **P] = dict[T, A]
    class C[T](Base, metaclass=M):
        type D = T
        x: int = 3
        def f[U: (int, str)](self, a: T, b: U = 3) -> D:
            return z
    def g[T](a: T): return a
    return A
def h[T = int](a: T = 3): return a
class K[T](Base): pass
async def k[*Ts](*a: *Ts): pass
