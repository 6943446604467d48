source = '''
def hello():
    return "Hello, World!"
'''

code_obj = compile(source, '<string>', 'exec')
exec(code_obj)
print(hello(), code_obj.co_names, code_obj.co_filename)
print(eval(compile("1 + 2 * 3", "<expression>", "eval")))
exec(compile("x = 5; x * 2", "<input>", "single"))
