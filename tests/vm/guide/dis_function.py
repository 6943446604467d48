import dis

# View bytecode of a function
def sample_function(x, y):
    return x + y * 2

dis.dis(sample_function)
