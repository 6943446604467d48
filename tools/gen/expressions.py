"""The expression language of stack effects.

Integers, oparg, + - * & >> ==, ?:, parentheses, and bits(x) for the number of one bits, with C's
precedence. compile_expression checks a text and gives (C++ text, Python function); C++ computes in
std::int64_t.
"""
import re

_TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_]+)|(>>|==|[-+*&?:()]))")


class ExpressionError(ValueError):
    pass


class _Parser:
    # Lowest precedence first; each level is left-associative.
    LEVELS = (("&",), ("==",), (">>",), ("+", "-"), ("*",))

    def __init__(self, text):
        self.tokens = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if not match:
                raise ExpressionError("unexpected %r" % text[position:])
            self.tokens.append(match.group().strip())
            position = match.end()
        self.position = 0

    def peek(self):
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self, expected=None):
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            raise ExpressionError("expected %r, found %r" % (expected or "an operand", token))
        self.position += 1
        return token

    def whole(self):
        result = self.conditional()
        if self.peek() is not None:
            raise ExpressionError("unexpected %r" % self.peek())
        return result

    def conditional(self):
        condition = self.binary(0)
        if self.peek() != "?":
            return condition
        self.take()
        then = self.conditional()
        self.take(":")
        other = self.conditional()
        return ("(%s ? %s : %s)" % (condition[0], then[0], other[0]),
                "(%s if %s else %s)" % (then[1], condition[1], other[1]))

    def binary(self, level):
        if level == len(self.LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek() in self.LEVELS[level]:
            operator = self.take()
            right = self.binary(level + 1)
            left = tuple("(%s %s %s)" % (left[i], operator, right[i]) for i in (0, 1))
        return left

    def unary(self):
        if self.peek() == "-":
            self.take()
            operand = self.unary()
            return tuple("(-%s)" % text for text in operand)
        token = self.take()
        if token.isdigit() or token == "oparg":
            return (token, token)
        if token == "(":
            inner = self.conditional()
            self.take(")")
            return inner
        if token == "bits":
            self.take("(")
            inner = self.conditional()
            self.take(")")
            return ("bits(%s)" % inner[0], "bin(%s).count('1')" % inner[1])
        raise ExpressionError("unknown word %r" % token)


def compile_expression(text):
    """(C++ expression, function of oparg)."""
    cpp, python = _Parser(text).whole()
    # The text was built from checked tokens only.
    return cpp, eval("lambda oparg: int(%s)" % python, {"bin": bin, "int": int, "__builtins__": {}})
