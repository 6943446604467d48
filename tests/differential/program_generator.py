"""Random Python 3.13 programs: from the grammar (Generator), and from the standard library's trees (Mutator)."""
import ast
import copy
import os
import random
import sysconfig

NAMES = ['a', 'b', 'c', 'x', 'y', 'self', 'cls', '__p', '_q', 'match', 'case', 'type', '_', 'print', 'é', 'super',
         '__class__', 'long_name_of_a_variable', 'n0', 'n1']
ATTRIBUTES = ['append', 'join', 'x', '__private', '__dunder__', 'format']
BINARY = ['+', '-', '*', '/', '//', '%', '@', '<<', '>>', '&', '|', '^', '**']
COMPARE = ['==', '!=', '<', '<=', '>', '>=', 'is', 'is not', 'in', 'not in']


class Generator:
    """One program. What the grammar allows but the compiler refuses (return outside of a function, ...) is mostly
    avoided, and sometimes not."""

    def __init__(self, rng):
        self.rng = rng
        self.function = None    # None, 'def', 'async'
        self.loop = False
        self.in_class = False
        self.budget = rng.randint(3, 40)  # statements

    def program(self):
        lines = []
        rng = self.rng
        if rng.random() < 0.2:
            lines.append(rng.choice(['"""Doc\n    string"""', '"doc"', 'b"no doc"', 'f"no doc {x}"', '1']))
        if rng.random() < 0.1:
            lines.append('from __future__ import ' + rng.choice(['annotations', 'division', 'annotations as _z']))
        while self.budget > 0:
            lines += self.statement(0)
        return '\n'.join(lines) + '\n'

    # ---- helpers
    def pick(self, *choices):
        return self.rng.choice(choices)

    def chance(self, p):
        return self.rng.random() < p

    def name(self):
        return self.rng.choice(NAMES)

    def many(self, make, low, high, separator=', '):
        return separator.join(make() for _ in range(self.rng.randint(low, high)))

    def base(self, depth):
        """What may stand before a dot, bracket or parenthesis and be assigned to behind them."""
        text = self.primary(depth)
        return self.name() if text[0] in '0123456789.' or text.startswith(('"', "'")) else text

    def newline(self):
        """White space inside of brackets: sometimes a line break."""
        return self.pick('', '', '', '', '\n', '\n        ', ' \\\n ')

    # ---- statements
    def block(self, depth, **state):
        saved = {key: getattr(self, key) for key in state}
        for key, value in state.items():
            setattr(self, key, value)
        lines = []
        if self.chance(0.1):
            lines.append('"doc of block"')
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            lines += self.statement(depth + 1)
        for key, value in saved.items():
            setattr(self, key, value)
        indented = []
        for statement in lines:
            indented.append('    ' + statement)
        return indented

    def statement(self, depth):
        self.budget -= 1
        rng = self.rng
        if depth < 5 and self.budget > 0 and self.chance(0.5):
            make = rng.choice([self.if_, self.while_, self.for_, self.for_, self.try_, self.try_, self.with_, self.def_,
                               self.def_, self.def_, self.class_, self.match_])
            return make(depth)
        return [self.simple()]

    def simple(self):
        rng = self.rng
        e = self.expression
        choice = rng.randrange(30)
        if choice < 5:
            return e(2)
        if choice < 10:
            return self.many(lambda: self.target(1), 1, 2, ' = ') + ' = ' + self.rhs()
        if choice < 12:
            return f'{self.single_target()} {rng.choice(BINARY)}= {self.rhs()}'
        if choice < 14:
            value = '' if self.chance(0.4) else ' = ' + self.rhs()
            return f'{self.pick(self.name(), "(" + self.name() + ")", self.single_target())}: {e(1)}{value}'
        if choice == 14:
            return 'del ' + self.many(self.single_target, 1, 3)
        if choice == 15:
            return 'pass'
        if choice == 16:
            return self.pick('import ', 'import a.b.c as ') + self.name()
        if choice == 17:
            return self.pick('import a.b.c', 'import a.b, c as d', 'from . import x', 'from .a import (b as c, d)',
                             'from a.b import c', 'from a import *' if not self.function and not self.in_class else 'import z')
        if choice == 18:
            return self.pick('global ', 'nonlocal ' if self.function and self.chance(0.5) else 'global ') + self.pick('zz', 'yy', 'zz', 'yy', 'zz', 'n0')
        if choice == 19:
            return f'assert {e(1)}' + ('' if self.chance(0.5) else f', {e(1)}')
        if choice == 20:
            return self.pick('raise', f'raise {e(1)}', f'raise {e(1)} from {e(1)}')
        if choice == 21:
            return f'type {self.name()}{self.type_params()} = {e(2)}'.replace(':= ', '+ ')
        if choice in (22, 23) and self.loop:
            return self.pick('break', 'continue')
        if choice in (24, 25) and self.function:
            return self.pick('return', 'return ' + self.expression(3), 'return ' + self.constant())
        if choice == 26:
            return f'{self.simple_short()}; {self.simple_short()}'
        if choice == 27:
            return f'({self.name()}{self.newline()} := {e(1)})'
        return self.pick(self.constant(), e(3))

    def simple_short(self):
        return self.pick('pass', f'{self.name()} = {self.expression(1)}', self.expression(1))

    def rhs(self):
        if self.function and self.chance(0.1):
            return self.pick('yield', f'yield {self.expression(1)}', f'yield {self.expression(1)}, {self.expression(1)}',
                             f'yield from {self.expression(1)}' if self.function == 'def' else 'yield')
        if self.chance(0.15):
            return self.many(lambda: self.starred(1), 1, 3) + ','
        return self.expression(3)

    def starred(self, depth):
        return ('*' if self.chance(0.15) else '') + self.expression_or(depth)

    def expression_or(self, depth):
        return '(' + self.expression(depth) + ')' if self.chance(0.2) else self.primary(depth)

    def single_target(self):
        return self.pick(self.name(), self.name(), f'{self.base(1)}.{self.rng.choice(ATTRIBUTES)}',
                         f'{self.base(1)}[{self.slices()}]')

    def target(self, depth):
        if depth > 0 and self.chance(0.3):
            items = [self.target(depth - 1) for _ in range(self.rng.randint(1, 3))]
            if self.chance(0.3):
                i = self.rng.randrange(len(items))
                items[i] = '*' + items[i]
            return self.pick('({},)', '[{}]', '({},)', '[{}]').format(', '.join(items))
        return self.single_target()

    def if_(self, depth):
        lines = [f'if {self.expression(2)}:'] + self.block(depth)
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            lines += [f'elif {self.expression(2)}:'] + self.block(depth)
        return lines + (['else:'] + self.block(depth) if self.chance(0.4) else [])

    def while_(self, depth):
        lines = [f'while {self.pick(self.expression(2), "True", "1", "0", self.constant())}:'] + self.block(depth, loop=True)
        return lines + (['else:'] + self.block(depth) if self.chance(0.3) else [])

    def for_(self, depth):
        prefix = 'async ' if self.function == 'async' and self.chance(0.4) else ''
        lines = [f'{prefix}for {self.target(1)} in {self.rhs() if not self.chance(0.1) else self.many(lambda: self.starred(1), 2, 3)}:']
        if 'yield' in lines[0]:
            lines = [f'for {self.name()} in {self.expression(1)}:']
        lines += self.block(depth, loop=True)
        return lines + (['else:'] + self.block(depth) if self.chance(0.3) else [])

    def try_(self, depth):
        lines = ['try:'] + self.block(depth)
        star = '*' if self.chance(0.25) else ''
        handlers = self.rng.choice([0, 1, 1, 2, 3])
        saved_loop = self.loop
        for i in range(handlers):
            if i == handlers - 1 and not star and self.chance(0.3):
                lines.append('except:')
            else:
                lines.append(f'except{star} {self.primary(1)}' + (f' as {self.name()}' if self.chance(0.5) else '') + ':')
            lines += self.block(depth, loop=saved_loop and not star, function=self.function)
        if handlers and self.chance(0.3):
            lines += ['else:'] + self.block(depth)
        if not handlers or self.chance(0.4):
            lines += ['finally:'] + self.block(depth)
        return lines

    def with_(self, depth):
        prefix = 'async ' if self.function == 'async' and self.chance(0.4) else ''
        def item():
            return self.primary(2) + (f' as {self.pick(self.name(), "(a, b)", self.single_target())}' if self.chance(0.5) else '')
        items = self.many(item, 1, 3)
        if self.chance(0.2):
            items = f'({self.newline()}{items}{self.pick("", ",")})'
        return [f'{prefix}with {items}:'] + self.block(depth)

    def type_params(self):
        if not self.chance(0.15):
            return ''
        def param():
            default = f' = {self.expression(1)}' if self.chance(0) else ''
            name = self.pick('T', 'U', 'V', 'W') + str(self.rng.randrange(100))
            return self.pick(name, f'{name}: {self.expression(1)}', f'*{name}', f'**{name}') + default
        params = [param() for _ in range(self.rng.randint(1, 3))]
        if self.chance(0.3):
            params[-1] += f' = {self.expression(1)}'
        return '[' + ', '.join(params) + ']'

    def parameters(self, annotated=True):
        names = self.rng.sample(NAMES, self.rng.randint(0, 5))
        parts, has_default = [], False
        star = self.rng.randrange(8)
        slash = self.rng.randrange(8)
        for i, name in enumerate(names):
            if i == star:
                parts.append('*' if self.chance(0.5) else '*' + 'args')
                has_default = False
            text = name + (f': {self.expression(1)}' if annotated and self.chance(0.3) else '')
            if has_default or self.chance(0.2):
                text += f'={self.expression(1)}'
                has_default = i < star or has_default
            if i > star:
                has_default = False
            parts.append(text)
            if i == slash and i < star:
                parts.append('/')
        if self.chance(0.15):
            parts.append('**kw' + (f': {self.expression(0)}' if annotated and self.chance(0.3) else ''))
        return (',' + self.newline()).join(parts) if annotated and self.chance(0.2) else ', '.join(parts)

    def decorators(self):
        return [f'@{self.primary(1)}' for _ in range(self.rng.choice([0, 0, 0, 1, 2]))]

    def def_(self, depth):
        kind = self.pick('def', 'def', 'async')
        returns = f' -> {self.expression(1)}' if self.chance(0.2) else ''
        head = f'{"async def" if kind == "async" else "def"} {self.name()}{self.type_params()}({self.parameters()}){returns}:'
        return self.decorators() + [head] + self.block(depth, function=kind, loop=False, in_class=False)

    def class_(self, depth):
        bases = f'({self.call_arguments(1)})' if self.chance(0.5) else ''
        return self.decorators() + [f'class {self.name()}{self.type_params()}{bases}:'] + self.block(
            depth, function=None, loop=False, in_class=True)

    def match_(self, depth):
        lines = [f'match {self.expression(1)}{self.pick("", "", ",")}:']
        for _ in range(self.rng.randint(1, 3)):
            guard = f' if {self.expression(1)}' if self.chance(0.7) else ''
            lines.append(f'    case {self.pattern(3)}{guard}:')
            lines += ['    ' + line for line in self.block(depth)]
        if self.chance(0.3):
            lines += ['    case _:'] + ['    ' + line for line in self.block(depth)]
        return lines

    def pattern(self, depth):
        rng = self.rng
        capture = lambda: 'c' + str(rng.randrange(1000))
        if depth == 0 or self.chance(0.3):
            return self.pick(capture(), '_', '1', '-1.5', '1+2j', '"s"', 'b"b"', 'None', 'True', 'a.b', 'x.y.z')
        sub = lambda: self.pattern(depth - 1)
        choice = rng.randrange(7)
        if choice == 0:
            items = [sub() for _ in range(rng.randint(0, 4))]
            if items and self.chance(0.4):
                items[rng.randrange(len(items))] = '*' + self.pick('_', capture())
            return self.pick('[{}]', '({},)').format(', '.join(items)) if items else '[]'
        if choice == 1:
            literals = [self.pick('1', '"k"', 'a.b', '-2', 'None') for _ in range(rng.randint(0, 2))]
            items = [f'{key}: {sub()}' for key in dict.fromkeys(literals)]
            if self.chance(0.3):
                items.append('**' + capture())
            return '{' + ', '.join(items) + '}'
        if choice == 2:
            keywords = [f'{k}={sub()}' for k in rng.sample(['k', 'l', 'm'], rng.randint(0, 2))]
            return self.pick('C', 'a.C') + '(' + ', '.join([sub() for _ in range(rng.randint(0, 2))] + keywords) + ')'
        if choice == 3:
            return f'({sub()}) as {capture()}'.replace('(_) as', '1 as')
        if choice == 4:
            return self.pick('1 | 2', '"a" | None | True', '[1] | {"a": 2}', 'C() | D(x=1)', '[] | [_] | [_, _]')
        if choice == 5:
            return '(' + sub() + ')'
        return f'{sub()}, {sub()}' if depth == 3 else sub()

    # ---- expressions
    def constant(self):
        return self.pick('0', '1', '(-1)', '255', '256', '257', '65536', '(2**70)', '(10**20)', '0x_ff', '0b11', '0o17', '1.5', '1e300',
                         '(-0.0)', '0.0', '1j', '(-0j)', '1e400', 'True', 'False', 'None', '...', '""', '"a"', "'name'",
                         '"two words"', "'é'", "'\\ud800'", 'b""', 'b"x"', 'b"\\xff"', "'''a\n  b'''", '"a" "b"', 'r"\\d"',
                         '()', '(1, 2)', '(1, (2, "x"))', '__debug__', '__name__', '1_000', "'\\N{BULLET}'")

    def foldable(self):
        c = self.constant
        return self.pick(f'{c()} {self.rng.choice(BINARY[:6] + BINARY[7:12])} {c()}', f'-{c()}', f'~{c()}', f'not {c()}', f'+{c()}',
                         f'{c()}[{self.pick("0", "-1", "1:2", "5")}]', f'({c()}, {c()})', f'[{c()}, {c()}, {c()}]',
                         f'{{{c()}, {c()}, {c()}}}', f'x in [{c()}, {c()}]', f'x not in {{{c()}, {c()}}}',
                         f'"%s %r %a" % ({self.name()}, {c()}, {self.name()})', f'{c()} if {c()} else {c()}', f'{c()} and {c()}',
                         f'{c()} or {self.name()}', f'{c()} * {self.pick("2", "3", "0")}', f'{c()} + {c()} + {c()}')

    def expression(self, depth):
        if depth <= 0:
            return self.pick(self.name(), self.name(), self.constant())
        rng = self.rng
        e = lambda: self.expression(depth - 1)
        p = lambda: self.primary(depth - 1)
        choice = rng.randrange(24)
        if choice < 4:
            return f'{p()} {rng.choice(BINARY)} {p()}'
        if choice < 6:
            return self.many(p, 2, 3, f' {self.pick("and", "or")} ')
        if choice == 6:
            return self.pick('not ', '-', '+', '~', 'not not ') + p()
        if choice == 7:
            return ' '.join([p()] + [f'{rng.choice(COMPARE)} {p()}' for _ in range(rng.choice([1, 1, 2, 3]))])
        if choice == 8:
            return f'{p()} if {p()} else {p()}'
        if choice == 9:
            return f'lambda {self.parameters(False)}: {self.pick(e(), "(yield)") if self.chance(0.1) else e()}'
        if choice == 10:
            return self.foldable()
        if choice == 11 and self.function == 'async':
            return 'await ' + p()
        if choice == 12 and self.function:
            return f'(yield {self.pick("", e())})'
        if choice == 13:
            return f'({self.name()} := {e()})'
        return p()

    def primary(self, depth):
        if depth <= 0:
            return self.pick(self.name(), self.name(), self.name(), self.constant())
        rng = self.rng
        e = lambda: self.expression(depth - 1)
        p = lambda: self.primary(depth - 1)
        n = self.newline
        choice = rng.randrange(20)
        if choice < 4:
            return f'{self.base(depth - 1)}({self.call_arguments(depth - 1)})'
        if choice < 6:
            return f'{self.base(depth - 1)}.{rng.choice(ATTRIBUTES)}'
        if choice == 6:
            return f'{self.base(depth - 1)}.{rng.choice(ATTRIBUTES)}({self.call_arguments(depth - 1)})'
        if choice == 7:
            return f'{p()}[{self.slices()}]'
        if choice == 8:
            return f'({n()}{e()}{n()})'
        if choice == 9:
            return f'[{n()}{self.many(lambda: self.starred(depth - 1), 0, 4)}{n()}]'
        if choice == 10:
            return f'({self.many(lambda: self.starred(depth - 1), 1, 4)},{n()})'
        if choice == 11:
            return f'{{{self.many(lambda: self.starred(depth - 1), 1, 4)}}}'
        if choice == 12:
            item = lambda: f'**{p()}' if self.chance(0.15) else f'{self.pick(self.constant(), e())}: {n()}{e()}'
            return f'{{{self.many(item, 0, 4)}}}'
        if choice in (13, 14):
            return self.comprehension(depth)
        if choice in (15, 16):
            return self.fstring(depth)
        if choice == 17:
            return 'super()' + self.pick('.x', '.m()', '')
        if choice == 18 and self.chance(0.1):
            count = rng.choice([16, 17, 31, 32, 300])
            return '[' + ', '.join(self.pick(self.name(), '1') for _ in range(count)) + ']'
        return self.constant()

    def call_arguments(self, depth):
        if self.chance(0.05):
            return f'{self.expression(depth)} for {self.name()} in {self.primary(depth)}'
        parts = [self.starred(depth) for _ in range(self.rng.choice([0, 1, 1, 2, 3]))]
        parts += [f'{name}={self.expression(depth)}' for name in self.rng.sample(NAMES, self.rng.choice([0, 0, 1, 2]))]
        if self.chance(0.1):
            parts.append('**' + self.primary(depth))
        return self.newline() + ', '.join(parts)

    def slices(self):
        def one():
            if self.chance(0.5):
                return self.expression(1)
            part = lambda: self.pick('', self.expression(0))
            return self.pick(f'{part()}:{part()}', f'{part()}:{part()}:{part()}', ':')
        return self.pick(one(), one(), f'{one()}, {one()}', f'{self.starred(0)},')

    def comprehension(self, depth):
        e = lambda: self.expression(depth - 1)
        clauses = []
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            prefix = 'async ' if self.function == 'async' and self.chance(0.2) else ''
            clauses.append(f'{prefix}for {self.pick(self.name(), "a, b", "(x, *y)", "[x]")} in {self.primary(depth - 1)}')
            for _ in range(self.rng.choice([0, 0, 1, 2])):
                clauses.append(f'if {self.primary(depth - 1)}')
        tail = self.pick(' ', ' ', '\n ').join(clauses)
        return self.pick('[{} {}]', '[{} {}]', '({} {})', '{{{} {}}}', '{{' + self.name() + ': {} {}}}').format(e(), tail)

    def fstring(self, depth):
        parts = []
        for _ in range(self.rng.randint(0, 4)):
            if self.chance(0.4):
                parts.append(self.pick('text', ' ', '{{', '}}', '\\n', 'é'))
            else:
                value = self.pick(self.name(), self.name(), self.expression(depth - 1))
                if value.startswith('{') or 'lambda' in value or ':=' in value or '!=' in value or '\\' in value or '\n' in value:
                    value = self.name()
                value = f'({value})' if self.chance(0.2) else value
                conversion = self.pick('', '', '', '!r', '!s', '!a')
                spec = self.pick('', '', '', ':>10', ':{x}', ':{x}.{y!r}f', ':%H:%M')
                parts.append('{' + value + self.pick('', '', '', '=') + conversion + spec + '}')
        quote = self.pick('"""', "'''")
        text = ''.join(parts)
        if text.endswith(quote[0]) or quote in text:
            text = 'x'
        return self.pick('f', 'F', 'f', 'fr') + quote + text + quote


class Mutator:
    """Sources of the standard library with a few changes to their trees."""

    def __init__(self, rng):
        self.rng = rng
        self.trees = []
        self.fragments = {'stmt': [], 'expr': []}
        self.files = []
        root = sysconfig.get_paths()['stdlib']
        for directory, names, files in os.walk(root):
            names[:] = sorted(n for n in names if n not in ('site-packages', '__pycache__'))
            self.files += [os.path.join(directory, f) for f in sorted(files) if f.endswith('.py')]

    def functions(self):
        """A few top-level statements of some file."""
        while True:
            path = self.rng.choice(self.files)
            try:
                with open(path, encoding='utf-8') as file:
                    body = ast.parse(file.read()).body
            except (SyntaxError, ValueError):
                continue
            if body:
                self.trees = [body[i:i + 2] for i in range(0, len(body), 2)]
                self.rng.shuffle(self.trees)
                self.trees = [t for t in self.trees if sum(1 for s in t for _ in ast.walk(s)) < 1500][:40]
                return

    def program(self):
        if not self.trees:
            self.functions()
            if not self.trees:
                return 'pass\n'
        module = ast.Module(body=copy.deepcopy(self.trees.pop()), type_ignores=[])
        for _ in range(self.rng.choice([0, 1, 2, 3, 5])):
            self.change(module)
        try:
            return ast.unparse(ast.fix_missing_locations(module)) + '\n'
        except (ValueError, RecursionError, AttributeError, TypeError, IndexError):
            return 'pass\n'

    def change(self, module):
        slots = {'expr': [], 'body': []}
        for node in ast.walk(module):
            for field, value in ast.iter_fields(node):
                if isinstance(value, ast.expr) and isinstance(getattr(value, 'ctx', ast.Load()), ast.Load):
                    if not isinstance(node, (ast.JoinedStr, ast.FormattedValue, ast.MatchValue)) and field not in ('keys', 'kwd_patterns', 'cls'):
                        slots['expr'].append((node, field))
                elif isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                    slots['body'].append(value)
        rng = self.rng
        if slots['expr'] and rng.random() < 0.6:
            (a, field_a), (b, field_b) = rng.choice(slots['expr']), rng.choice(slots['expr'])
            kind = rng.randrange(6)
            if kind < 3:
                setattr(a, field_a, copy.deepcopy(getattr(b, field_b)))
            elif kind == 3:
                setattr(a, field_a, ast.IfExp(getattr(a, field_a), copy.deepcopy(getattr(b, field_b)), ast.Constant(rng.choice([0, 1, None, 'x']))))
            elif kind == 4:
                setattr(a, field_a, ast.BoolOp(rng.choice([ast.And, ast.Or])(), [getattr(a, field_a), copy.deepcopy(getattr(b, field_b))]))
            else:
                setattr(a, field_a, ast.UnaryOp(rng.choice([ast.Not, ast.USub])(), getattr(a, field_a)))
            return
        if not slots['body']:
            return
        body = rng.choice(slots['body'])
        i = rng.randrange(len(body))
        other = rng.choice(rng.choice(slots['body']))
        name = ast.Name('wrapped', ast.Load())
        wrap = lambda make: body.__setitem__(i, make([body[i]]))
        kind = rng.randrange(10)
        if kind == 0:
            body.insert(i, copy.deepcopy(other))
        elif kind == 1 and len(body) > 1:
            del body[i]
        elif kind == 2:
            wrap(lambda b: ast.If(name, b, []))
        elif kind == 3:
            wrap(lambda b: ast.While(rng.choice([name, ast.Constant(True)]), b, []))
        elif kind == 4:
            wrap(lambda b: ast.Try(b, [ast.ExceptHandler(name, rng.choice([None, 'error']), [ast.Pass()])], [], []))
        elif kind == 5:
            wrap(lambda b: ast.Try(b, [], [], [copy.deepcopy(other)]))
        elif kind == 6:
            wrap(lambda b: ast.With([ast.withitem(name, None)], b))
        elif kind == 7:
            wrap(lambda b: ast.For(ast.Name('item', ast.Store()), name, b, []))
        elif kind == 8:
            arguments = ast.arguments([], [], None, [], [], None, [])
            make = rng.choice([ast.FunctionDef, ast.AsyncFunctionDef])
            wrap(lambda b: make('inner', arguments, b, [], None, None, []))
        else:
            wrap(lambda b: ast.ClassDef('Inner', [], [], b, [], []))
