import utils

func = utils.add_numbers
print(f"Name: {func.__code__.co_name}")
print(f"Filename: {func.__code__.co_filename}")
print(f"Line number: {func.__code__.co_firstlineno}")
print(f"Argument count: {func.__code__.co_argcount}")
print(f"Constants: {func.__code__.co_consts}")
print(f"Variable names: {func.__code__.co_varnames}")
