"""The module that the guide's snippets look at."""


def add_numbers(a, b):
    """Add two numbers."""
    return a + b


class Greeter:
    def greet(self, name):
        assert name
        return f"Hello, {name}!"
