"""What CPython says about source: the oracle for tests/differential/syntax_errors.py.

    python3.13 collect_syntax_errors.py suite    OUT.jsonl            sources that CPython's own tests compile
    python3.13 collect_syntax_errors.py mutate   OUT.jsonl [COUNT [SEED]]   damaged pieces of the standard library
    python3.13 collect_syntax_errors.py literals OUT.jsonl [COUNT [SEED]]   the same with names become literals: warnings
    python3.13 collect_syntax_errors.py snippets OUT.jsonl FILE...    `### ` separated snippets of our own
    python3.13 collect_syntax_errors.py again    OUT.jsonl RECORDS.jsonl...  the same sources, asked anew

A line of OUT is {"mode", "flags", "source" | "source_base64", "origin", "outcome", "warnings"}. Warnings are
[lineno, category, message]. The outcome is null when the source compiles, else {"type", "msg", "lineno", "offset", "end_lineno", "end_offset", "stage"}, where the stage is
"parse" when making the syntax tree already fails and "compile" when only later steps do.

Tests' sources are met by running the tests in this process with compile, exec and eval replaced by recording ones.
Each distinct source is then compiled again with warnings recorded, so that the outcome depends on the source alone.
"""
import ast
import base64
import builtins
import contextlib
import io
import json
import keyword
import os
import random
import sys
import tokenize
import unittest
import warnings

MODULES = """test_syntax test_exceptions test_fstring test_grammar test_patma test_type_params test_unpack_ex
test_named_expressions test_positional_only_arg test_eof test_string_literals test_tokenize test_compile test_codeop
test_global test_scope test_except_star test_exception_group test_keywordonlyarg test_type_aliases test_type_annotations
test_genexps test_listcomps test_dictcomps test_setcomps test_generators test_coroutines test_asyncgen test_with
test_extcall test_unpack test_decorators test_lltrace test_future_stmt.test_future test_source_encoding
test_unicode_identifiers test_bytes test_int test_float test_complex test_long test_ast.test_ast test_ast
test_builtin test_code test_codecs test_eval test_parser test_print test_raise test_super test_symtable test_traceback
test_typing test_peepholer test_utf8source test_cmd_line_script test_utf8_mode test_difflib test_class test_metaclass
test_contextlib test_dis test_doctest.test_doctest test_flufl test_funcattrs test_inspect.test_inspect test_opcodes
test_sys_settrace test_tstring test_augassign test_assert test_bool test_dict test_descr test_import test_crashers
test_pep646_syntax test_lib2to3 test_unparse test_ast_unparse test_type_comments""".split()

TREE_ONLY = ast.PyCF_ONLY_AST
# Flags that change what is accepted; sources compiled with them are left out.
FOREIGN_FLAGS = ast.PyCF_TYPE_COMMENTS | 0x4000 | 0x200 | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
real_compile, real_exec, real_eval = builtins.compile, builtins.exec, builtins.eval


def outcome(source, mode, flags):
    """CPython's answer for one source: outcome and warnings."""
    given = []

    def attempt(extra):
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("always")
            try:
                real_compile(source, "<snippet>", mode, flags | extra, True)
            except SyntaxError as e:
                return {"type": type(e).__name__, "msg": e.msg, "lineno": e.lineno, "offset": e.offset,
                        "end_lineno": e.end_lineno, "end_offset": e.end_offset}
            except (ValueError, OverflowError, MemoryError, RecursionError, SystemError) as e:
                return {"type": type(e).__name__, "msg": str(e), "lineno": None, "offset": None,
                        "end_lineno": None, "end_offset": None}
            finally:
                given[:] = [[w.lineno, w.category.__name__, str(w.message)] for w in noted]
        return None

    result = attempt(0)
    warned = list(given)
    if result is not None:
        result["stage"] = "parse" if attempt(TREE_ONLY) is not None else "compile"
    return result, warned


def record(source, mode, flags, origin):
    entry = {"mode": mode, "flags": flags, "origin": origin}
    if isinstance(source, str):
        try:
            source.encode()
            entry["source"] = source
        except UnicodeEncodeError:
            return None  # lone surrogates never reach a file
    else:
        entry["source_base64"] = base64.b64encode(source).decode()
    entry["outcome"], entry["warnings"] = outcome(source, mode, flags)
    return entry


def collect_suite(out):
    seen = {}
    origin = ""

    def note(source, mode, flags):
        if isinstance(source, (bytes, bytearray, memoryview)):
            source = bytes(source)
        if not isinstance(source, (str, bytes)) or flags & FOREIGN_FLAGS or len(source) > 200_000:
            return
        seen.setdefault((type(source), source, mode, flags & ~TREE_ONLY), origin)

    def compile_(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1):
        if _feature_version in (-1, 13) and mode in ("exec", "eval", "single"):
            note(source, mode, flags)
        return real_compile(source, filename, mode, flags, dont_inherit, optimize, _feature_version=_feature_version)

    def caller_scopes(globals_, locals_):
        frame = sys._getframe(2)
        if globals_ is None:
            return frame.f_globals, frame.f_locals if locals_ is None else locals_
        return globals_, globals_ if locals_ is None else locals_

    def exec_(source, globals=None, locals=None, /, *, closure=None):
        note(source, "exec", 0)
        globals, locals = caller_scopes(globals, locals)
        return real_exec(source, globals, locals, closure=closure)

    def eval_(source, globals=None, locals=None, /):
        if isinstance(source, str):
            note(source.lstrip(" \t"), "eval", 0)
        globals, locals = caller_scopes(globals, locals)
        return real_eval(source, globals, locals)

    builtins.compile, builtins.exec, builtins.eval = compile_, exec_, eval_
    try:
        for name in MODULES:
            origin = name
            before = len(seen)
            try:
                suite = unittest.defaultTestLoader.loadTestsFromName("test." + name)
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(suite)
            except BaseException as e:  # a test module that cannot run here gives no sources
                print(f"{name}: {type(e).__name__}: {e}", file=sys.stderr)
            print(f"{name}: {len(seen) - before} sources", file=sys.stderr, flush=True)
    finally:
        builtins.compile, builtins.exec, builtins.eval = real_compile, real_exec, real_eval
    for (_, source, mode, flags), origin in seen.items():
        if entry := record(source, mode, flags, origin):
            out.write(json.dumps(entry) + "\n")


INSERTED = """( ) [ ] { } , : ; . = == != := -> + - * / // ** % @ & | ^ ~ < > <= >= << >> += -= *= ... ! $ ?
and as assert async await break class continue def del elif else except finally for from global if import in is
lambda nonlocal not or pass raise return try while with yield None True False match case type _ x y print exec
1 0 1.5 2j 0x 1_ 'a' b'b' f'{x}' f'{' f'}' "a\\x" 'un ''' \n \n\\ \n\t \\ 0777 1a é""".split(" ")
INSERTED = [word for group in INSERTED for word in group.split("\n") if word] + ["\n", "\n ", "\n\t", "  "]


def pieces_of_library(rng):
    """Statements of the standard library of at most 25 lines, in a random order."""
    root = os.path.dirname(os.__file__)
    files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names
                   if name.endswith(".py") and "bad" not in name and "site-packages" not in folder)
    while True:
        path = rng.choice(files)
        try:
            with open(path, encoding="utf-8") as f:
                text = f.read()
            tree = ast.parse(text)
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue
        lines = text.splitlines(keepends=True)
        statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)
                      and node.end_lineno - node.lineno < 25 and node.col_offset == 0]
        for node in rng.sample(statements, min(4, len(statements))):
            yield "".join(lines[node.lineno - 1:node.end_lineno]), os.path.relpath(path, root)


def spans_of_names(text):
    return [(first, last) for first, last in spans_of_tokens(text)
            if text[first:last].isidentifier() and not keyword.iskeyword(text[first:last])]


def spans_of_tokens(text):
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(starts[t.start[0] - 1] + t.start[1], starts[t.end[0] - 1] + t.end[1])
                for t in tokenize.generate_tokens(io.StringIO(text).readline)
                if t.type not in (tokenize.ENDMARKER, tokenize.DEDENT) and t.end > t.start]


def mutated(text, rng):
    spans = spans_of_tokens(text)
    if len(spans) < 2:
        return None
    first, last = rng.choice(spans)
    kind = rng.randrange(6)
    if kind == 0:  # delete a token
        return text[:first] + text[last:]
    if kind == 1:  # insert a word before a token
        return text[:first] + rng.choice(INSERTED) + rng.choice(["", " "]) + text[first:]
    if kind == 2:  # replace a token
        return text[:first] + rng.choice(INSERTED) + text[last:]
    if kind == 3:  # swap neighbours
        at = rng.randrange(len(spans) - 1)
        (a, b), (c, d) = spans[at], spans[at + 1]
        return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
    if kind == 4:  # a token twice
        return text[:last] + rng.choice(["", " "]) + text[first:last] + text[last:]
    at = rng.randrange(len(text))  # any character gone, or the rest gone
    return text[:at] + text[at + 1:] if rng.random() < 0.6 else text[:at]


LITERALS = r"""1 1.5 2j 0x1f 0o7 1_0 'a' "a\d" b'\w' r'\d' '\400' b'\777' f'{x}' f'\d{x}\.' f'{x:\d}' f'\{x}' f'{x}' '\N{DASH}' rb'\d'
None True False ... __debug__ () (1,) (1,2) (x,y) [] [1] {} {1:2} {1} {*x} (lambda:1) (yield) [x\tfor\tx\tin\ty]
(x\tfor\tx\tin\ty) {x\tfor\tx\tin\ty} {x:1\tfor\tx\tin\ty} -1 (not\tx) ~True 1if\t1else\t2 0x1for\tx\tin\ty 1or\tx 1.5and\tx 1jin\tx
'a'\t'\q' '\'\'\'\z\n\'\'\' (a,\t'b')is\tx x\tis\t1 1\tis\tnot\tx x\tis\t() x\tis\t...  \tassert\t(x,'y') 'a'(1) 'a'['b'] [1]['a'] (1,2)[3.0]
1[2] {1}[2] x[1,2] [1][2,3] 'a'[None] 'a'[True] (lambda:1)[0] f'{x}'[0.5] f'{x}'() {1:2}['a'] {1:2}(3) None[0] None() ...[0]"""
LITERALS = [word.replace("\\t", " ").replace("\\n", "\n").replace("\\'", "'") for word in LITERALS.split()]


def with_literals(text, rng):
    spans = spans_of_names(text)
    if not spans:
        return None
    for first, last in sorted(rng.sample(spans, min(len(spans), rng.randrange(1, 4))), reverse=True):
        text = text[:first] + rng.choice(LITERALS) + text[last:]
    return text


def collect_mutations(out, count, seed, mutated):
    rng = random.Random(seed)
    seen = set()
    for text, path in pieces_of_library(rng):
        for _ in range(3):
            try:
                source = mutated(text, rng)
            except (tokenize.TokenError, SyntaxError, IndexError):
                continue
            if source is None or source in seen:
                continue
            seen.add(source)
            if entry := record(source, "exec", 0, path):
                out.write(json.dumps(entry) + "\n")
        if len(seen) >= count:
            return


def collect_snippets(out, paths):
    for path in paths:
        with open(path, encoding="utf-8", newline="") as f:
            parts = f.read().split("### ")[1:]
        for part in parts:
            header, _, source = part.partition("\n")
            mode = header.split()[0]
            if entry := record(source, mode, 0, os.path.basename(path) + ": " + header):
                out.write(json.dumps(entry) + "\n")


def collect_again(out, paths):
    for path in paths:
        for line in open(path):
            old = json.loads(line)
            source = old["source"] if "source" in old else base64.b64decode(old["source_base64"])
            out.write(json.dumps(record(source, old["mode"], old["flags"], old["origin"])) + "\n")


def main():
    what, path, *rest = sys.argv[1:]
    with open(path, "w") as out:
        if what == "suite":
            collect_suite(out)
        elif what == "mutate":
            collect_mutations(out, int(rest[0]) if rest else 20_000, int(rest[1]) if len(rest) > 1 else 1, mutated)
        elif what == "literals":
            collect_mutations(out, int(rest[0]) if rest else 5_000, int(rest[1]) if len(rest) > 1 else 1, with_literals)
        elif what == "again":
            collect_again(out, rest)
        else:
            collect_snippets(out, rest)


if __name__ == "__main__":
    main()
