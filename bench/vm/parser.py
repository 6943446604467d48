# A recursive-descent parser and evaluator in pure Python.
class Tokens:
    def __init__(self, text):
        self.text = text
        self.position = 0
        self.current = None
        self.advance()

    def advance(self):
        text, i = self.text, self.position
        while i < len(text) and text[i] == " ":
            i += 1
        if i == len(text):
            self.current = ("end", None)
        elif text[i].isdigit():
            start = i
            while i < len(text) and text[i].isdigit():
                i += 1
            self.current = ("number", int(text[start:i]))
        elif text[i].isalpha():
            start = i
            while i < len(text) and text[i].isalnum():
                i += 1
            self.current = ("name", text[start:i])
        else:
            self.current = ("symbol", text[i])
            i += 1
        self.position = i


class Parser:
    def __init__(self, text, names):
        self.tokens = Tokens(text)
        self.names = names

    def accept(self, symbol):
        if self.tokens.current == ("symbol", symbol):
            self.tokens.advance()
            return True
        return False

    def expression(self):
        value = self.term()
        while True:
            if self.accept("+"):
                value += self.term()
            elif self.accept("-"):
                value -= self.term()
            else:
                return value

    def term(self):
        value = self.factor()
        while True:
            if self.accept("*"):
                value *= self.factor()
            elif self.accept("/"):
                value //= self.factor()
            else:
                return value

    def factor(self):
        if self.accept("-"):
            return -self.factor()
        if self.accept("("):
            value = self.expression()
            if not self.accept(")"):
                raise SyntaxError("expected )")
            return value
        kind, value = self.tokens.current
        self.tokens.advance()
        if kind == "number":
            return value
        if kind == "name":
            return self.names[value]
        raise SyntaxError(f"unexpected {value!r}")


source = "(a + 12) * (b - 3) / 7 + -(c * (4 + d)) - 99 * (1 + 2 * (3 + 4 * (5 + 6))) + alpha1"
names = {"a": 3, "b": 17, "c": 5, "d": 2, "alpha1": 1000}
total = 0
for i in range(2500):
    names["a"] = i
    total += Parser(source, names).expression()
try:
    Parser("(1 + 2", names).expression()
except SyntaxError as error:
    print(error)
print(total)
