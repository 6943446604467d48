# Integers beyond 64 bits.
def pi_digits(n):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < n:
        if 4 * q + r - t < m * t:
            out.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(map(str, out))


def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result


print(pi_digits(700)[-10:])
print(factorial(3000) % 1000003, pow(3, 20001, 2**521 - 1) % 10**9, len(str(7**4000)))
