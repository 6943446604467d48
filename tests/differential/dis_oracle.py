"""Records what this interpreter's own dis module prints for .pyc files. Runs on 2.7 and 3.6 to 3.15.

    PYTHONHASHSEED=0 pythonX.Y dis_oracle.py OUT VARIANT < list-of-pyc-paths

OUT holds, for each file: a line "<path length> <compressed length>\\n", the path, the zlib-compressed UTF-8
text. VARIANT: default (dis.dis), nested (every nested code object, for the versions whose dis.dis does not
descend), caches, offsets, adaptive, adaptive_caches, positions.
"""
import dis
import io
import marshal
import sys
import zlib

OPTIONS = {
    'default': {},
    'nested': {},
    'caches': {'show_caches': True},
    'offsets': {'show_offsets': True},
    'offsets_caches': {'show_offsets': True, 'show_caches': True},
    'adaptive': {'adaptive': True},
    'adaptive_caches': {'adaptive': True, 'show_caches': True},
    'positions': {'show_positions': True},
}


class Output2(object):
    """Python 2's print writes byte strings and, for unicode, str(u)."""
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text if isinstance(text, str) else text.encode('utf-8'))


def walk_nested(code, disassemble, say):
    disassemble(code)
    for const in code.co_consts:
        if hasattr(const, 'co_code'):
            say('')
            say('Disassembly of %r:' % (const,))
            walk_nested(const, disassemble, say)


def text_of(code, variant):
    if sys.version_info[0] == 2:
        saved, sys.stdout = sys.stdout, Output2()
        try:
            if variant == 'nested':
                walk_nested(code, dis.disassemble, lambda line: sys.stdout.write(line + '\n'))
            else:
                dis.dis(code)
            return ''.join(sys.stdout.parts)
        except Exception as error:
            return ''.join(sys.stdout.parts) + '\nORACLE FAILED: %s: %s\n' % (type(error).__name__, error)
        finally:
            sys.stdout = saved
    out = io.StringIO()
    try:
        if variant == 'nested':
            walk_nested(code, lambda c: dis.disassemble(c, file=out), lambda line: out.write(line + '\n'))
        else:
            dis.dis(code, file=out, **OPTIONS[variant])
        text = out.getvalue()
    except Exception as error:
        text = out.getvalue() + '\nORACLE FAILED: %s: %s\n' % (type(error).__name__, error)
    return text.encode('utf-8', 'surrogatepass')


def header_size():
    return 8 if sys.version_info < (3, 3) else 12 if sys.version_info < (3, 7) else 16


def record(paths, out_path, variant, prefix=''):
    count = 0
    with open(out_path, 'wb') as out:
        for path in paths:
            try:
                with open(prefix + path, 'rb') as source:
                    code = marshal.loads(source.read()[header_size():])
            except Exception:
                continue
            packed = zlib.compress(text_of(code, variant), 1)
            name = path if isinstance(path, bytes) else path.encode('utf-8')
            out.write(('%d %d\n' % (len(name), len(packed))).encode('ascii'))
            out.write(name)
            out.write(packed)
            count += 1
    return count


if __name__ == '__main__':
    names = [line.rstrip('\n') for line in sys.stdin]
    sys.stderr.write('%d files recorded\n' % record(names, sys.argv[1], sys.argv[2]))
