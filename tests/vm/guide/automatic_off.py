import os
import sys
import utils

print(sys.dont_write_bytecode, os.path.exists("__pycache__"), utils.add_numbers(1, 1))
