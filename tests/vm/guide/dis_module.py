import dis
import utils

# Disassemble specific function
dis.dis(utils.add_numbers)

# Disassemble entire module
dis.dis(utils)
