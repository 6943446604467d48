# Generators, coroutines and asynchronous generators, driven by hand.
def counter(n):
    try:
        while True:
            got = yield n
            n = n + 1 if got is None else got
    except ValueError as error:
        yield f"caught {error}"
    finally:
        print("closing")
    return "done"


g = counter(1)
print(next(g), next(g), g.send(10), g.throw(ValueError("v")))
try:
    next(g)
except StopIteration as stop:
    print(stop.value)


def outer_plain():
    result = yield from inner()
    print("inner gave", result)
    yield from [1, 2]


def inner():
    try:
        x = yield "a"
        print("got", x)
        yield "b"
    except GeneratorExit:
        print("exit")
        raise
    return 5


o = outer_plain()
print(next(o), o.send("sent"), next(o), list(o))
o = outer_plain()
next(o)
o.close()
try:
    counter(1).send(1)
except TypeError as error:
    print(error)


def stops():
    yield 1
    raise StopIteration("inside")


try:
    list(stops())
except RuntimeError as error:
    print(error, repr(error.__cause__))


class Awaitable:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


class Manager:
    async def __aenter__(self):
        return await Awaitable("enter")

    async def __aexit__(self, kind, value, traceback):
        await Awaitable("exit")
        return kind is KeyError


async def numbers(n):
    for i in range(n):
        await Awaitable(f"step {i}")
        yield i


async def main():
    async with Manager() as entered:
        total = 0
        async for i in numbers(3):
            total += i
        print("total", total, entered)
        raise KeyError("swallowed")
    values = [i async for i in numbers(3) if i]
    return values, await Awaitable("last")


def drive(coroutine):
    sent, seen = None, []
    while True:
        try:
            seen.append(coroutine.send(sent))
            sent = len(seen)
        except StopIteration as stop:
            return seen, stop.value


print(drive(main()))


async def closes():
    agen = numbers(2)
    print(await agen.__anext__())
    await agen.aclose()
    try:
        await agen.__anext__()
    except StopAsyncIteration:
        print("ended")


print(drive(closes()))
e = (x * y for x in range(3) for y in range(x))
print(sum(e), list(e), type(e).__name__, [*map(str, range(3))], dict(zip("ab", (1, 2))))
print({k: [i for i in range(k)] for k in range(3)}, {len(w) for w in ("a", "bb", "cc")})
