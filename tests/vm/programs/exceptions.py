# try in all its forms, chaining, groups, with, assert.
def nested(n):
    trail = []
    for i in range(4):
        try:
            try:
                if i == n:
                    raise KeyError(i)
                if i == 3:
                    break
                trail.append(i)
                continue
            except KeyError as error:
                trail.append(repr(error))
                raise ValueError("again") from error
            finally:
                trail.append(f"f{i}")
        except ValueError as error:
            trail.append(f"{error} from {error.__cause__!r}")
        else:
            trail.append("else")
    else:
        trail.append("no break")
    return trail


print(nested(0), nested(2), nested(9))


def returns():
    for i in range(3):
        try:
            return i
        finally:
            if i == 0:
                continue


def swallow():
    try:
        raise OSError(2, "No such file", "name")
    finally:
        return "swallowed"


print(swallow())
try:
    raise OSError(2, "No such file", "name")
except FileNotFoundError as error:
    print(error, error.errno, error.filename)


class Context:
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        print("enter", self.swallow)
        return self

    def __exit__(self, kind, value, traceback):
        print("exit", kind and kind.__name__, value, traceback is not None)
        return self.swallow


with Context(True) as a, Context(False):
    raise RuntimeError("inside")
try:
    with Context(False):
        pass
    with 5:
        pass
except TypeError as error:
    print(error)

try:
    try:
        1 / 0
    except ZeroDivisionError:
        undefined
except NameError as error:
    print(error, "|", repr(error.__context__), error.__suppress_context__)
try:
    raise ValueError("x") from None
except ValueError as error:
    print(error.__cause__, error.__suppress_context__)


def group():
    try:
        raise ExceptionGroup("many", [ValueError(1), ExceptionGroup("deep", [TypeError(2), OSError(3)]), KeyError(4)])
    except* ValueError as g:
        print("values", g.exceptions)
    except* (TypeError, OSError) as g:
        print("types", g.exceptions)


try:
    group()
except ExceptionGroup as rest:
    print("rest", rest, rest.exceptions)
error = ValueError("noted")
error.add_note("a note")
print(error.__notes__, error.args, str(error), repr(error))


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError as error:
    print(error)
for bad in ("x + ", "def f(:", "return", "f(a=1, a=2)"):
    try:
        compile(bad, "<bad>", "exec")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)
for action in (lambda: [][1], lambda: {}["k"], lambda: int("x"), lambda: None.a, lambda: "a" + 1, lambda: len(5), lambda: (lambda x: x)(),
               lambda: (1).missing, lambda: [1, 2].index(3), lambda: "abc".split(""), lambda: next(iter([])), lambda: chr(-1)):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
try:
    assert 1 == 2, "unequal"
except AssertionError as error:
    print("assert", error)
