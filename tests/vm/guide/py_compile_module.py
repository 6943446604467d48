import os
import py_compile

print(py_compile.compile("utils.py"))
print(py_compile.compile("utils.py", "custom_bytecode.pyc"))
with open("custom_bytecode.pyc", "rb") as first, open(py_compile.compile("utils.py"), "rb") as second:
    print(first.read() == second.read())
with open("broken.py", "w") as stream:
    stream.write("def f(:\n")
print(py_compile.compile("broken.py"))
try:
    py_compile.compile("broken.py", doraise=True)
except py_compile.PyCompileError as error:
    print(error.msg)
os.remove("broken.py")
