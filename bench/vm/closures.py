# Closures, lambdas, map, default arguments, keyword calls.
def counter(start=0, *, step=1):
    value = start

    def tick(times=1):
        nonlocal value
        for _ in range(times):
            value += step
        return value

    return tick


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


ticks = [counter(i, step=i + 1) for i in range(10)]
for i in range(60000):
    ticks[i % 10](times=2)
chain = compose(lambda x: x + 1, lambda x: x * 2, lambda x: x ^ 5)
print(sum(t() for t in ticks), sum(map(chain, range(120000))), sum(filter(lambda n: n & 4, range(120000))))
