import dis
import types
import utils

# Get bytecode as string
def get_bytecode_string(func):
    import io
    import contextlib

    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        dis.dis(func)
    return output.getvalue()

# Example
bytecode_str = get_bytecode_string(utils.add_numbers)
print(bytecode_str)
