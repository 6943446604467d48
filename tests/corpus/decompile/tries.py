# try, except, finally in many nestings, with return, break and continue inside.
def returns(a):
    try:
        return a()
    except ValueError:
        return 1
    except (KeyError, TypeError) as error:
        print(error)
        raise
    else:
        return 2
    finally:
        print("done")


def only_finally(a):
    try:
        a()
    finally:
        a.close()


def falls_through(a):
    try:
        b = a()
    except ValueError as e:
        b = e
    else:
        b += 1
    finally:
        print(b)
    return b


def in_loops(a):
    for x in a:
        try:
            if x:
                continue
            y = x()
        except KeyError:
            break
        except ValueError:
            continue
        finally:
            print(x)
        print(y)
    else:
        print("else")
    while a:
        try:
            a.pop()
        except IndexError:
            break
    return a


def nested(a):
    try:
        try:
            a()
        except ValueError:
            try:
                a(1)
            except TypeError:
                pass
            a(2)
        finally:
            a(3)
    except Exception as outer:
        try:
            a(outer)
        except Exception as inner:
            raise inner from outer
    a(4)


def bare(a):
    try:
        a()
    except:
        pass
    try:
        a()
    except:
        a(1)
        raise


def groups(a):
    try:
        a()
    except* ValueError as eg:
        print(eg)
    except* (TypeError, KeyError):
        a(1)


def withs(a, b):
    with a:
        b()
    with a as c, b as d:
        c(d)
    with a as (e, f):
        return e
    for x in a:
        with x as y:
            if y:
                continue
            break
    with a:
        try:
            b()
        except ValueError:
            return 1
    with (yield a) as g:
        yield from g


async def asynchronous(a):
    async with a as b:
        await b
    async for c in a:
        if c:
            break
    else:
        await a()
    d = [x async for x in a if await x]
    try:
        return await a
    finally:
        await a.close()


def return_in_finally(a):
    for x in a:
        try:
            a()
        finally:
            return x


def return_none(a):
    try:
        a()
    except ValueError:
        return
    except TypeError:
        return None
    a(1)
