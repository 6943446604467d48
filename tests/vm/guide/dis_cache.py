import marshal
import dis
import struct
import utils

def view_pyc_bytecode(pyc_file):
    with open(pyc_file, 'rb') as f:
        # Skip magic number and flags (8 bytes in Python 3.7+)
        f.read(8)

        # Skip timestamp and size (8 bytes)
        f.read(8)

        # Load the code object
        code = marshal.load(f)

        # Disassemble
        dis.dis(code)

# Example usage
view_pyc_bytecode('__pycache__/utils.cpython-313.pyc')
