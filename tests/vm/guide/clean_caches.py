import os
import shutil
import py_compile

# Remove all .pyc files
def clean_pyc_files(directory):
    for root, dirs, files in os.walk(directory):
        for file in files:
            if file.endswith('.pyc'):
                os.remove(os.path.join(root, file))
        # Remove empty __pycache__ directories
        if '__pycache__' in dirs:
            pycache_path = os.path.join(root, '__pycache__')
            if not os.listdir(pycache_path):
                os.rmdir(pycache_path)


os.makedirs("tree/inner")
shutil.copy("utils.py", "tree/inner/utils.py")
py_compile.compile("tree/inner/utils.py")
print(os.listdir("tree/inner/__pycache__"))
clean_pyc_files("tree")
print(sorted(os.listdir("tree/inner")))
clean_pyc_files("tree")
print(sorted(os.listdir("tree/inner")))
