import dis
import types
import utils

def analyze_function(func):
    """Analyze a function's bytecode and provide insights."""
    code = func.__code__

    print(f"Function: {func.__name__}")
    print(f"Arguments: {code.co_argcount}")
    print(f"Local variables: {len(code.co_varnames)}")
    print(f"Constants: {code.co_consts}")
    print(f"Names used: {code.co_names}")

    # Count instruction types
    instructions = list(dis.get_instructions(func))
    instruction_counts = {}
    for instr in instructions:
        instruction_counts[instr.opname] = instruction_counts.get(instr.opname, 0) + 1

    print(f"Instruction counts: {instruction_counts}")
    print(f"Total instructions: {len(instructions)}")

    return instructions

# Example usage
instructions = analyze_function(utils.add_numbers)
