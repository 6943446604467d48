import compileall
import os

print(compileall.compile_dir(".", quiet=1))
print(compileall.compile_dir(".", optimize=1, quiet=1))
print(compileall.compile_dir(".", optimize=2, quiet=1))
print(sorted(os.listdir("__pycache__")))
