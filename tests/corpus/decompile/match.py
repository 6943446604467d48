def f(x):
    match x:
        case 1:
            print("one")
        case 2 | 3:
            print("two")
        case [a, b]:
            print(a, b)
        case [a, *rest]:
            return rest
        case {"k": v, **others}:
            print(v, others)
        case Point(0, y=yy) if yy > 3:
            print(yy)
        case str() as s:
            print(s)
        case None | True:
            pass
        case (1, z) | (z, 2):
            print(z)
        case [_, q, *_, w]:
            print(q, w)
        case A.b.c:
            pass
        case _:
            print("else")
    print("end")


def g(x):
    match x:
        case _ if x > 1:
            print(1)
        case y if y > 2:
            print(y)
        case -1 | 1.5 | 1 + 2j | "abc" | b"x":
            print(4)
    return 3


def h(x):
    match x, 3:
        case y:
            print(y)
    print("after")


def i(x):
    for z in x:
        match z:
            case [] | [_]:
                continue
            case {}:
                break
            case {"a": 1, "b": [c, d]}:
                print(c, d)
            case (1 as x):
                print(x)
            case (1 | _) as k:
                print(k)


def j(x):
    while True:
        match x:
            case int(y) | str(y):
                return y
            case [Point(x=0 | 1 as a, y=b), *_]:
                print(a, b)
            case _:
                return None


def captures_in_alternatives(v):
    match v:
        case [0, y, (a, b, 9) | (b, a, 10) | (-1, b, a), z]:
            return a, b, y, z
        case {"x": x} | x:
            return x


def only_case(command):
    match command.split():
        case [action, obj]:
            return action, obj
    return None


def guards(x, y):
    match x:
        case n if not n:
            y = 0
        case 0 if x:
            y = 1
        case [a, b] if a and b or y:
            y = 2
        case _ if y:
            y = 3
    return y


def only_guards(x):
    match x:
        case _ if not x:
            y = 0
        case 0:
            y = 1
    return y


def default_guarded(x, y):
    match x:
        case 1:
            y = 0
        case _ if y:
            y = 1
    return y


def nested(x, y):
    match x:
        case {"op": op, "args": [first, *_, last]}:
            match op:
                case "+":
                    return first + last
                case "-":
                    return first - last
        case Tree(left=Tree(left=None), right=Leaf(value=(int() | float()) as v)):
            try:
                return v
            finally:
                print(y)
        case {**rest}:
            return rest
        case bytes(b) | bytearray(b):
            with open(b) as file:
                return file
    raise ValueError(x)


def in_loop(lines):
    for line in lines:
        match line:
            case "":
                continue
            case "end":
                break
            case str(text):
                lines.append(text)
    else:
        return None
    return lines


def subjects(a, b, c):
    match a.b[0]:
        case 1:
            pass
    match a, b:
        case 1, 2:
            return 3
        case (1, *rest) | (*rest, 1):
            return rest
    match [*a, *b]:
        case []:
            return 4
        case [[[]]]:
            return 5
    match (yield c):
        case None:
            pass
        case True:
            yield 6
        case enum.Color.RED | enum.Color.GREEN:
            yield 7


class Matcher:
    match __name__:
        case "__main__":
            main = True
        case _:
            main = False

    def method(self, other):
        match other:
            case Matcher(main=True, other=other):
                return True
        return False


async def coroutine(x):
    match await x:
        case [first, _, third, *_]:
            return await first, third
        case [*_, last]:
            return last
