# Statements and expressions: matching, f-strings, unpacking, scopes, comprehensions, type parameters, walrus.
def match(subject):
    match subject:
        case 0 | 1:
            return "small"
        case int(n) if n > 100:
            return f"big {n}"
        case [x, y]:
            return f"pair {x} {y}"
        case [first, *rest]:
            return f"list {first} {rest}"
        case {"kind": "a", "value": value, **others}:
            return f"a {value} {others}"
        case str() as text:
            return f"text {text}"
        case Point(x=0, y=y) | Point(x=y, y=0):
            return f"axis {y}"
        case Point(x, y):
            return f"point {x} {y}"
        case None | True:
            return "single"
        case _:
            return "other"


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


for subject in (1, 500, 50, [1, 2], (1, 2, 3), [], {"kind": "a", "value": 2, "z": 3}, "t", Point(0, 4), Point(5, 0), Point(1, 2), None, 2.5):
    print(match(subject), end="; ")
print()
name, value, width = "n", 3.14159, 10
print(f"{name!r:>{width}}|{value:.2f}|{value:10.3e}|{name=}|{value=:.1f}|{{}}|{'nested ' + f'{width:#x}'}|{1_000_000:,}|{-5:+d}|{0.5:%}")
print(f"{'a' if width > 5 else 'b'}{[i for i in range(3)]}{(lambda: 4)()}", "%s %5d %-5s| %r %x %c %%" % ("s", 42, "l", "r", 255, "c"))
print("{0} {1[k]} {2.real} {x:>5}".format("a", {"k": "v"}, 3, x="y"), "abc".center(9, "*"), "a,b,,c".split(","), "x".join("abc"))
a, *b, c = range(5)
(d, [e, *f]), g = (1, [2, 3, 4]), "g"
print(a, b, c, d, e, f, g, [*b, *"xy"], {**{"p": 1}, "q": 2}, (*b,))


def arguments(p, /, q, r=3, *args, k, w=5, **keywords):
    return p, q, r, args, k, w, keywords


print(arguments(1, 2, k=4), arguments(1, 2, 9, 8, 7, k=4, z=1), arguments(*[1, 2], **{"k": 3, "v": 4}))
for call in (lambda: arguments(), lambda: arguments(1, 2), lambda: arguments(1, 2, k=1, p=2), lambda: (lambda: 0)(1), lambda: (lambda x: 0)(y=1)):
    try:
        print(call())
    except TypeError as error:
        print(error)
x = "global"


def scopes():
    x = "local"

    def change():
        nonlocal x
        x = "changed"
        return [x for _ in range(2)]

    class Body:
        y = x
        x = "class"
        z = [x for _ in range(1)]

    change()
    return x, Body.y, Body.x, Body.z


def set_global():
    global x
    x = "set"


set_global()
print(scopes(), x, [lambda: i for i in range(3)][0]())
print([y for n in range(6) if (y := n * n) % 2], (total := 5) + total, y)


def generic[T: int, *Ts, **P](value: T) -> T:
    return value


type Alias[T] = list[T]
print(generic.__type_params__, Alias.__value__, generic(3))
i = 0
while True:
    i += 1
    if i % 2:
        continue
    if i > 6:
        break
else:
    print("never")
print(i, 1 < 2 < 3 > 2 != 1, not [] and 5 or 6, 7 if None else 8, 5 // -2, -5 % 3, 2 ** -1, 1 << 70, ~5, 6 ^ 3, 0b101, 0o17, 0xFF, 1e3, 2j * 2j)
values = list(range(10))
values[2:5] = "ab"
del values[::3]
values[1:3] += [99]
print(values, values[::-1], "hello"[1:-1], (1, 2, 3)[-1], b"bytes"[1], bytearray(b"ab") * 2)
del name
try:
    name
except NameError as error:
    print(error)
print(sorted({"b": 1, "a": 2}), max([3, 1, 2], key=lambda v: -v), sum([0.1] * 3), round(2.5), divmod(-7, 2), pow(2, 10, 7), abs(-3 + 4j))
print(any(v > 2 for v in (1, 2, 3)), all([]), list(enumerate("ab", 1)), list(zip((1, 2), "xy", strict=True)), list(reversed([1, 2])), hash("a") == hash("a"))
exec("made = 1 + 1")
print(made, eval("made * 3"), isinstance(True, int), issubclass(bool, int), type(type).__name__, callable(print), (lambda **k: k)(a=1))
