# try, raise, finally and with in loops.
class Refused(Exception):
    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Guard:
    entered = 0

    def __enter__(self):
        Guard.entered += 1
        return self

    def __exit__(self, kind, value, traceback):
        return kind is Refused


def check(n):
    if n % 3 == 0:
        raise Refused(n)
    return n


caught = kept = finals = 0
for i in range(100000):
    try:
        kept += check(i)
    except Refused as error:
        caught += error.number
    finally:
        finals += 1
for i in range(60000):
    with Guard():
        check(i)
for i in range(60000):
    try:
        {}[i]
    except KeyError:
        caught += 1
print(caught, kept, finals, Guard.entered)
