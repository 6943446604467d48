# Attributes, methods, properties, inheritance.
class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def scaled(self, factor):
        return Vector(self.x * factor, self.y * factor)

    @property
    def norm(self):
        return self.x * self.x + self.y * self.y


class Account:
    def __init__(self, owner):
        self.owner = owner
        self.balance = 0
        self.history = []

    def deposit(self, amount):
        self.balance += amount
        self.history.append(amount)


class Limited(Account):
    def deposit(self, amount):
        if amount > 50:
            amount = 50
        super().deposit(amount)


total = Vector(0, 0)
for i in range(120000):
    total = total + Vector(i, 1).scaled(2)
accounts = [Account(i) if i % 2 else Limited(i) for i in range(100)]
for i in range(150000):
    accounts[i % 100].deposit(i % 97)
print(total.norm, sum(a.balance for a in accounts), len(accounts[3].history))
