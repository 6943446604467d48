"""Runs damaged code objects: functions whose bytecode, tables, constants and sizes are changed at random.

Usage (under `ouro run` with limits): mutate_code.py SEED COUNT
Whatever a damaged function does must end in a result, an exception or a limit; only the machine's own failure counts.
"""
import random
import sys
import types


def plain(a, b=2, *rest, key=None, **others):
    total = 0
    for i, item in enumerate(rest):
        if i % 2:
            total += item * b
        else:
            total -= len(others)
    return [total, a, key]


def handled(n):
    try:
        with Guard() as guard:
            if n > 2:
                raise ValueError(n)
            return guard
    except (ValueError, TypeError) as error:
        return error.args
    finally:
        n = 0
    return n


def handled_star(n):
    try:
        raise ExceptionGroup("g", [ValueError(n), KeyError(n)])
    except* ValueError as group:
        n = len(group.exceptions)
    except* KeyError:
        n += 1
    return n


class Guard:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        return False


def generator(n):
    received = yield n
    try:
        while n:
            received = yield from inner(n, received)
            n -= 1
    finally:
        yield received


def inner(n, value):
    yield n
    return value


async def coroutine(n):
    async for item in agen(n):
        await nothing()
        if item == 2:
            break
    async with AsyncGuard() as guard:
        return guard


async def agen(n):
    for i in range(n):
        yield i


async def nothing():
    return None


class AsyncGuard:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *details):
        return None


def closures(n):
    cell = n

    def change(step=1):
        nonlocal cell
        cell += step
        return cell

    class Local:
        attribute = n
        __slots__ = ("slot",)

        def __init__(self):
            self.slot = change()

        def method(self):
            return super().__repr__() and self.slot

    return Local().method(), [x * cell for x in range(3) if x], {k: v for k, v in {1: 2}.items()}, {*range(2)}


def matching(subject):
    match subject:
        case {"a": value, **rest}:
            return value, rest
        case [first, *others] if first:
            return first, others
        case int(x) | str(x):
            return x
        case Guard():
            return None
    return f"{subject!r:>10} {subject}", subject[1:2] if isinstance(subject, list) else None


def imports():
    from sys import path, version as v
    import sys as system
    global made
    made = system
    del made
    a, (b, *c), d = 1, (2, 3, 4), 5
    a += b; d **= 2; b = a < d <= 9 or not c
    return lambda *x, **y: (a, b, *c, *x, {**y})


FUNCTIONS = [plain, handled, handled_star, generator, inner, coroutine, agen, closures, matching, imports, Guard.__exit__]


def codes():
    found = []
    todo = [f.__code__ for f in FUNCTIONS]
    while todo:
        code = todo.pop()
        found.append(code)
        todo += [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return found


def damage(code, rng):
    text = bytearray(code.co_code)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(text))
        kind = rng.randrange(6)
        if kind == 0:
            text[at] = rng.randrange(256)
        elif kind == 1:
            text[at | 1] = rng.randrange(12)
        elif kind == 2:
            text[at & ~1] = rng.choice(text[::2])
        elif kind == 3:
            del text[at & ~1:(at & ~1) + 2]
        elif kind == 4:
            text[at & ~1:at & ~1] = bytes((rng.randrange(256), rng.randrange(8)))
        else:
            a, b = at & ~1, rng.randrange(len(text)) & ~1
            text[a:a + 2], text[b:b + 2] = text[b:b + 2], text[a:a + 2]
        if not text:
            text += bytes((36, 0))
    changes = {"co_code": bytes(text)}
    if rng.random() < 0.3:
        table = bytearray(code.co_exceptiontable)
        if table:
            table[rng.randrange(len(table))] = rng.randrange(256)
        changes["co_exceptiontable"] = bytes(table)
    if rng.random() < 0.3:
        changes["co_stacksize"] = code.co_stacksize + rng.randrange(20)
    if rng.random() < 0.2:
        changes["co_consts"] = tuple(rng.sample(code.co_consts, len(code.co_consts))) + (None, 1, "text", (1, 2), ("a",))
    if rng.random() < 0.1:
        changes["co_flags"] = code.co_flags ^ (1 << rng.randrange(12))
    if rng.random() < 0.1:
        changes["co_linetable"] = bytes(rng.randrange(256) for _ in range(rng.randrange(30)))
    if rng.random() < 0.1:
        changes["co_argcount"] = rng.randrange(4)
    return code.replace(**changes)


ARGUMENTS = [1, 3, "text", [1, 2, 3], {"a": 1, "b": 2}, None, (1, 2), Guard(), 2.5, ValueError(1), int, b"bytes"]


def use(result, rng):
    for _ in range(4):
        if isinstance(result, types.GeneratorType):
            rng.choice((lambda: next(result), lambda: result.send(1), lambda: result.throw(ValueError(2)), result.close))()
        elif isinstance(result, types.CoroutineType):
            try:
                result.send(None)
            finally:
                result.close()
        elif isinstance(result, types.AsyncGeneratorType):
            step = result.__anext__()
            step.send(None)
        elif callable(result) and not isinstance(result, type):
            result = result(1)
        else:
            repr(result)
            return


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    all_codes = codes()
    ran = refused = 0
    for _ in range(count):
        code = rng.choice(all_codes)
        try:
            damaged = damage(code, rng)
            cells = tuple(types.CellType(rng.choice(ARGUMENTS)) for _ in damaged.co_freevars)
            function = types.FunctionType(damaged, dict(globals()), "f", None, cells)
        except (ValueError, TypeError, SystemError):
            refused += 1
            continue
        ran += 1
        try:
            use(function(*rng.choices(ARGUMENTS, k=damaged.co_argcount)), rng)
        except Exception:
            pass
        except BaseException as error:
            if type(error) in (KeyboardInterrupt, MemoryError):
                raise
    print(ran, refused)


main()
