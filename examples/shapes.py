"""A small program that shows much of the language: classes, closures, generators, match, try."""

from dataclasses import dataclass
import math


@dataclass(frozen=True)
class Circle:
    radius: float


@dataclass(frozen=True)
class Box:
    width: float
    height: float = 1.0


def area(shape):
    match shape:
        case Circle(radius=r):
            return math.pi * r ** 2
        case Box(width=w, height=h) if w > 0 and h > 0:
            return w * h
        case [first, *rest]:
            return area(first) + sum(area(other) for other in rest)
        case _:
            raise TypeError(f"no area for {shape!r}")


def counter(start=0, *, step=1):
    count = start

    def advance():
        nonlocal count
        count += step
        return count

    return advance


def fibonacci(limit: int):
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b


def main():
    advance = counter(step=2)
    shapes = [Circle(1.0), Box(2.0, 3.5), Box(4)]
    for shape in shapes:
        print(f"{advance():>3}  {type(shape).__name__:<8} {area(shape):8.3f}")
    print("all:", round(area(shapes), 3))
    print("fibonacci:", [n for n in fibonacci(100) if n % 2])
    try:
        area("a string")
    except TypeError as error:
        print("error:", error)
    finally:
        print("done")


if __name__ == "__main__":
    main()
