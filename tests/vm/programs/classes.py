# Classes: metaclasses, descriptors, slots, MRO, super, hooks of class creation.
class Meta(type):
    def __prepare__(name, bases, **keywords):
        return {"prepared": sorted(keywords)}

    def __new__(meta, name, bases, space, **keywords):
        made = super().__new__(meta, name, bases, dict(space))
        made.keywords = keywords
        return made

    def __init__(cls, name, bases, space, **keywords):
        super().__init__(name, bases, space)

    def __call__(cls, *args):
        return ("called", super().__call__(*args))

    def __instancecheck__(cls, instance):
        return instance == 7

    def __getitem__(cls, key):
        return f"{cls.__name__}[{key}]"


class Made(metaclass=Meta, flavour="x", depth=2):
    def __init__(self, n=0):
        self.n = n

    def __repr__(self):
        return f"Made({self.n})"


print(Made.prepared, Made.keywords, Made(3), isinstance(7, Made), isinstance(8, Made), Made["k"])


class Typed:
    def __set_name__(self, owner, name):
        self.name = name
        owner.fields = getattr(owner, "fields", ()) + (name,)

    def __get__(self, instance, owner):
        return self if instance is None else instance.__dict__.get(self.name, "unset")

    def __set__(self, instance, value):
        if not isinstance(value, int):
            raise TypeError(f"{self.name} must be int")
        instance.__dict__[self.name] = value

    def __delete__(self, instance):
        del instance.__dict__[self.name]


class Point:
    x = Typed()
    y = Typed()

    def __init_subclass__(cls, /, label="none", **keywords):
        super().__init_subclass__(**keywords)
        cls.label = label


class Labelled(Point, label="seen"):
    pass


p = Labelled()
p.x = 5
print(p.x, p.y, Point.fields, Labelled.label, type(Point.x).__name__)
del p.x
try:
    p.y = "text"
except TypeError as error:
    print(error)


class Slotted:
    __slots__ = ("a", "b", "__weakref__")


class MoreSlots(Slotted):
    __slots__ = ("c",)


s = MoreSlots()
s.a, s.c = 1, 3
for name in "abcd":
    try:
        print(name, getattr(s, name), end="; ")
    except AttributeError as error:
        print(error, end="; ")
try:
    s.d = 4
except AttributeError as error:
    print(error)


class A:
    def who(self):
        return "A"


class B(A):
    def who(self):
        return "B" + super().who()


class C(A):
    def who(self):
        return "C" + super().who()


class D(B, C):
    def who(self):
        return "D" + super().who()


print(D().who(), [c.__name__ for c in D.__mro__])
try:
    type("Bad", (A, B), {})
except TypeError as error:
    print(error)


class Number:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Number(self.n + other) if isinstance(other, int) else NotImplemented

    __radd__ = __add__

    def __eq__(self, other):
        return isinstance(other, Number) and self.n == other.n

    def __hash__(self):
        return hash(self.n)

    def __bool__(self):
        return self.n != 0

    def __len__(self):
        return self.n

    def __getattr__(self, name):
        if name.startswith("get_"):
            return lambda: (name, self.n)
        raise AttributeError(name)

    def __getitem__(self, index):
        if index >= self.n:
            raise IndexError(index)
        return index * 10

    def __contains__(self, item):
        return item == "magic"

    def __call__(self, *args, **keywords):
        return args, sorted(keywords.items())

    def __format__(self, spec):
        return f"<{self.n}|{spec}>"


n = Number(3)
print((n + 4).n, (4 + n).n, n == Number(3), n != Number(4), bool(Number(0)), len(n), n.get_it(), list(n), "magic" in n, 1 in n)
print(n(1, 2, k=3), f"{n:>10}", {n: 1}[Number(3)])
try:
    n + "x"
except TypeError as error:
    print(error)
try:
    n.other
except AttributeError as error:
    print("AttributeError", error)


class Temperature:
    def __init__(self):
        self._c = 20

    @property
    def celsius(self):
        "in degrees"
        return self._c

    @celsius.setter
    def celsius(self, value):
        self._c = value

    @classmethod
    def make(cls, value):
        made = cls()
        made.celsius = value
        return made

    @staticmethod
    def unit():
        return "C"


t = Temperature.make(30)
t.celsius += 5
print(t.celsius, Temperature.unit(), Temperature.celsius.__doc__)
try:
    del t.celsius
except AttributeError as error:
    print(error)


class Watched:
    def __del__(self):
        print("ended")


w = Watched()
del w
print(D.__qualname__, D.__module__, A.who.__qualname__, callable(D), type(D()).__name__)
