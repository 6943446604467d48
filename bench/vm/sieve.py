# Lists of bools, slices assigned.
def primes(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    i = 2
    while i * i <= n:
        if flags[i]:
            for multiple in range(i * i, n + 1, i):
                flags[multiple] = False
        i += 1
    return [i for i, flag in enumerate(flags) if flag]


for _ in range(4):
    found = primes(300000)
print(len(found), sum(found))
