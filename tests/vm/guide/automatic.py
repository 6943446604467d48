# "Python automatically generates bytecode when you import a module".
import os
import utils

print(utils.add_numbers(2, 3), sorted(os.listdir("__pycache__")))
print(os.path.basename(utils.__cached__))
