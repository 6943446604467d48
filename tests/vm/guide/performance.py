import dis
import time

def time_function(func, *args, **kwargs):
    start = time.time()
    result = func(*args, **kwargs)
    end = time.time()
    return result, end - start

# Your function here
def fibonacci(n):
    if n <= 1:
        return n
    return fibonacci(n-1) + fibonacci(n-2)

# View bytecode
print("Bytecode for fibonacci function:")
dis.dis(fibonacci)
result, seconds = time_function(fibonacci, 15)
print(result, 0 <= seconds < 60)
