# Backtracking with sets.
def queens(n, row=0, columns=frozenset(), left=frozenset(), right=frozenset()):
    if row == n:
        return 1
    found = 0
    for column in range(n):
        if column not in columns and row + column not in left and row - column not in right:
            found += queens(n, row + 1, columns | {column}, left | {row + column}, right | {row - column})
    return found


print(queens(8))
