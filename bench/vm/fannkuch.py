# Permutations in lists: slices and subscripts.
def fannkuch(n):
    best = 0
    checksum = 0
    perm1 = list(range(n))
    count = [0] * n
    sign = 1
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        perm = perm1[:]
        flips = 0
        k = perm[0]
        while k:
            perm[:k + 1] = perm[k::-1]
            flips += 1
            k = perm[0]
        if flips > best:
            best = flips
        checksum += sign * flips
        sign = -sign
        while True:
            if r == n:
                return checksum, best
            perm1.insert(r, perm1.pop(0))
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


# The sign of a permutation is not that of its rank here: the checksum is this program's own.
print(fannkuch(8))
