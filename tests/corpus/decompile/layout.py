"""Places where only the layout of the source tells what the statements were."""
from contextlib import suppress

if False:
    from nowhere import Unused


def nested_tests(a, b, c):
    if a:
        if b:
            c = 1
    if (a and
            b):
        c = 2
    if (a or
        b and
        c):
        c = 3
    if not (a and
            b):
        return c
    return (a or
            b)


def follows(a, b):
    if a:
        text = b
    else:
        return None
    if text:
        text = text.strip()
    return text


def else_after_return(a):
    if a == 1:
        return 1
    elif a == 2:
        return 2
    if a == 3:
        return 3
    else:
        return 4


def handlers(items, limit):
    for item in items:
        try:
            limit = item['a']
        except KeyError:
            continue
        except ValueError:
            break
        except OSError:
            pass
        except TypeError:
            return
        limit += 1
    while True:
        try:
            return items[next(limit)]
        except StopIteration:
            return None
        except KeyError:
            continue


def nested_try(future, timeout=None):
    try:
        try:
            return future.result(timeout)
        finally:
            future.cancel()
    finally:
        del future


def returns_in_with(path, flag):
    with suppress(OSError):
        return path.stat()
    with suppress(ValueError):
        if flag:
            return path.parent
        return path.name
    path.clear()


def loops(chain, a, b, old):
    while 1:
        new = chain.next
        if new is None or new is old:
            return
        if new is a:
            break
        chain = new
    chain.next = old
    while a[:old or None] and b[:old or None] and a[old - 1] == b[old - 1]:
        old -= 1
    for item in chain:
        if item:
            break
    else:
        old = 0
    return old


def defaults(first,
             second=1, third=(),
             fourth=None, *,
             fifth=False):
    return ("%s and %r: %-5s" %
            (first, second, third))


def annotated(
    first: int, second: str,
    third: "list[int]" = (),
) -> None:
    assert False, ('never', first)


def never_yields():
    while False:
        yield None


class Short: pass


class Branches:
    if Short:
        def one(self):
            return 1
    else:
        def two(self):
            return 2


def values(follow, link, other):
    follow = follow or not (link(other) and other.link(link))
    return follow
