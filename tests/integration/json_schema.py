"""json_schema.py OURO: what `ouro dis --json` and `ouro info --json` print for real files fits docs/json/*.schema.json.

Files of every version in tests/corpus, damaged ones and source; each property of a schema must occur at least once,
so that a schema can't promise what is never printed.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TYPES = {'object': dict, 'array': list, 'string': str, 'integer': int, 'boolean': bool, 'null': type(None)}
KEYWORDS = {'$schema', '$defs', '$ref', 'title', 'type', 'properties', 'required', 'additionalProperties', 'items',
            'enum', 'pattern', 'minimum', 'maximum', 'minItems', 'maxItems'}


class Validator:
    """The part of JSON Schema 2020-12 that the schemas use; an unknown keyword is an error."""

    def __init__(self, schema):
        self.root = schema
        self.seen = set()

    def is_type(self, value, name):
        return isinstance(value, TYPES[name]) and (name != 'integer' or not isinstance(value, bool))

    def check(self, value, schema, path):
        unknown = set(schema) - KEYWORDS
        if unknown:
            raise ValueError('%s: unknown keywords %s' % (path, unknown))
        if '$ref' in schema:
            name = schema['$ref'].rsplit('/', 1)[1]
            return self.check(value, self.root['$defs'][name], name)
        names = schema.get('type', [])
        if names and not any(self.is_type(value, n) for n in ([names] if isinstance(names, str) else names)):
            raise ValueError('%s: %r is no %s' % (path, value, names))
        if 'enum' in schema and value not in schema['enum']:
            raise ValueError('%s: %r is none of %s' % (path, value, schema['enum']))
        if 'pattern' in schema and not re.search(schema['pattern'], value):
            raise ValueError('%s: %r does not fit %s' % (path, value, schema['pattern']))
        if isinstance(value, int) and not schema.get('minimum', value) <= value <= schema.get('maximum', value):
            raise ValueError('%s: %r is out of range' % (path, value))
        if isinstance(value, list):
            if not schema.get('minItems', 0) <= len(value) <= schema.get('maxItems', len(value)):
                raise ValueError('%s: %d items' % (path, len(value)))
            for item in value:
                self.check(item, schema.get('items', {}), path + '[]')
        if isinstance(value, dict):
            for key in schema.get('required', []):
                if key not in value:
                    raise ValueError('%s: no %s' % (path, key))
            for key, item in value.items():
                if key not in schema['properties']:
                    raise ValueError('%s: %s is not in the schema' % (path, key))
                self.seen.add((path, key))
                self.check(item, schema['properties'][key], '%s.%s' % (path, key))


def promised(schema, path, found):
    for key, part in schema.get('properties', {}).items():
        found.add((path, key))
        promised(part, '%s.%s' % (path, key), found)
    if 'items' in schema:
        promised(schema['items'], path + '[]', found)
    return found


def check(ouro, command, options, files):
    with open(os.path.join(ROOT, 'docs/json/%s.schema.json' % command)) as source:
        schema = json.load(source)
    validator = Validator(schema)
    for arguments in options:
        run = subprocess.run([ouro, command, '--json', *arguments, *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        printed = json.loads(run.stdout)
        if len(printed) != len(files):
            raise ValueError('%d files, %d objects' % (len(files), len(printed)))
        validator.check(printed, schema, 'file')
    missing = promised(schema, 'file', set())
    for name, part in schema['$defs'].items():
        promised(part, name, missing)
    missing -= validator.seen
    if missing:
        raise ValueError('never printed: %s' % sorted(missing))
    print('%s: %d files, %d properties seen' % (command, len(files), len(validator.seen)))


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data)
    return path


def main():
    ouro = os.path.abspath(sys.argv[1])
    files = sorted(glob.glob(os.path.join(ROOT, 'tests/corpus/*/*.pyc')))
    with open(os.path.join(ROOT, 'tests/corpus/3.13/spam.pyc'), 'rb') as file:
        whole = file.read()
    with tempfile.TemporaryDirectory() as folder:
        damaged = [write(os.path.join(folder, 'cut.pyc'), whole[:900]), write(os.path.join(folder, 'no.pyc'), b'no header')]
        write(os.path.join(folder, 'hashed.py'), b'pass\n')
        hashed = write(os.path.join(folder, 'hashed.pyc'), whole[:4] + b'\3\0\0\0' + bytes(8) + whole[16:])
        long_code = b'\x90\x01\x64\x00\x53\x00'  # of 3.8: EXTENDED_ARG, LOAD_CONST, RETURN_VALUE
        code = (b'c' + bytes(20) + b'@\0\0\0' + b's' + len(long_code).to_bytes(4, 'little') + long_code +
                b')\0' * 5 + b'z\0' * 2 + bytes(4) + b's\0\0\0\0')
        extended = write(os.path.join(folder, 'extended.pyc'), b'\x55\x0d\r\n' + bytes(12) + code)
        check(ouro, 'dis', [[], ['--adaptive', '--nested']], files + damaged + [extended])
        check(ouro, 'info', [[]], files + damaged + [hashed])


if __name__ == '__main__':
    main()
