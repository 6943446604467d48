# Built-in values: numbers of any size, exact float text, strings, bytes, containers and their methods.
print(2 ** 200, -(10 ** 30) // 7, 10 ** 30 % 97, (1 << 100) >> 90, int("123456789012345678901234567890"), int("-ff", 16), (255).to_bytes(2, "big"))
print(int.from_bytes(b"\x01\x00", "little", signed=True), (10 ** 20).bit_length(), 5 .bit_count(), (6).as_integer_ratio(), hex(-255), bin(10), oct(8))
for text in ("0.1", "1e16", "123456789.123456789", "1e-5", "nan", "-inf", "1e308", "5e-324", "2.5", "1_0.5"):
    print(float(text), end=" ")
print(0.1 + 0.2, 1 / 3, 1e22, 1.5.hex(), float.fromhex("0x1.8p1"), (0.75).as_integer_ratio(), 3.0.is_integer(), 2.675 .__round__(2), round(1234.5678, -2))
print(complex("1+2j"), (1 + 2j) * (3 - 1j), (3 + 4j).conjugate(), abs(3 + 4j), 1j ** 2, complex(1, -0.0))
s = "Grüße, Welt! ß 🐍 İ"
print(s.upper(), s.casefold(), s.title(), s.swapcase(), len(s), s[-4], s.encode(), s.find("W"), s.count("e"))
print(repr("tab\t nl\n quote' \x7f \u200b \U0001f40d \ud800"), ascii("é🐍"), "a\tb".expandtabs(4), "  x ".strip() + "|", "abcabc".replace("b", "X", 1))
print("a-b_c".partition("-"), "a.b.c".rsplit(".", 1), "x=1;y=2".split(";"), "l1\nl2\r\nl3".splitlines(), "abc".translate({97: "A", 98: None}), "é".isalpha(), "²".isdigit(), "½".isnumeric())
print("abc" < "abd", "a" * 3, "b" in "abc", "%08.3f" % 3.14159, "{:^9}".format("mid"), "prefix-x".removeprefix("prefix-"), "Aa1".isalnum(), "x".zfill(3), "-5".zfill(4))
b = b"hello\x00\xff"
print(b, b[0], b[1:3], b.hex("-"), bytes.fromhex("6869"), b.find(b"l"), b.replace(b"l", b"L"), bytes([1, 2]), b"%d %s" % (5, b"x"), b.decode("latin-1"), b" a ".strip())
ba = bytearray(b"abc")
ba[1:2] = b"XYZ"
ba.append(33)
ba += b"?"
print(ba, ba.pop(), len(ba), memoryview(ba)[1:3].tobytes(), memoryview(b"abcd").cast("H")[0] == 0x6261)
l = [5, 3, 8, 1]
l.sort(reverse=True)
l.insert(1, 99)
l.extend((7, 7))
print(l, l.index(7), l.count(7), l.pop(0), l.copy() == l, [1, [2]] * 2, [1, 2] < [1, 3], [3, 1, 2][::-1])
l.remove(99)
print(l, sorted(["b", "A", "c"], key=str.lower), list("ab") + ["c"])
d = {"one": 1, 2: "two", (3, 4): [5]}
d["new"] = d.pop("one")
d.setdefault("list", []).append(1)
d.update(a=1, **{"b": 2})
print(d, d.get("none", 0), list(d.items())[0], d | {"z": 26}, {1: 2} == {1.0: 2}, dict.fromkeys("ab", 0), sorted(d.keys() & {"a", "b", "q"}), list(reversed(d))[0])
print(d.popitem(), len(d), 2 in d, {k: v for k, v in sorted({"x": 2, "w": 1}.items())})
f = {1, 2, 3}
f.add(4)
f.discard(9)
print(f & {2, 3, 9}, f | {9}, f - {1}, f ^ {1, 7}, f <= {1, 2, 3, 4, 5}, frozenset("aab") == frozenset("ab"), {1, 2}.isdisjoint({3}), len({0, False, 0.0}))
print(range(10)[2:8:3], list(range(5, 0, -2)), 4 in range(0, 10, 2), range(3) == range(0, 3, 1), len(range(0, 10 ** 20, 10 ** 19)), slice(1, None, 2).indices(6))
print((1, 2) + (3,), (1, 2) * 2, (1, 2, 2).count(2), tuple("ab"), (1,), (), (1, (2, [3])) == (1, (2, [3])), hash((1, 2)) == hash((1, 2)))
print(True + True, None is None, ... is Ellipsis, NotImplemented is NotImplemented, bool([0]), int(True), str(None), type(None).__name__)
print([*filter(None, (0, 1, "", "a"))], list(map(pow, (2, 3), (3, 2))), [*iter(lambda it=iter([1, 2, 0]): next(it), 0)], min("b", "a"), chr(128013), ord("a"), len(dir([])) > 30)
a = [1]
a.append(a)
c = {}
c["self"] = c
print(a, c, vars(type("T", (), {"x": 1}))["x"], getattr(1, "real"), hasattr("", "nope"), repr(print), format(1234567.891, ",.2f"), format("x", ">3"), format(10, "#b"))
