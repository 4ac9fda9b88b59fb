# SPDX-License-Identifier: Apache-2.0
"""docs/protocol.md has the numbers, the layouts and the limits that the sources have, and its example
is made of them."""
import pathlib
import re
import struct
import sys

CODES = {'u8': 'B', 'u16': 'H', 'u32': 'I', 'u64': 'Q', 'i32': 'i', 'char': 's'}
C_CODES = {'uint8_t': 'B', 'uint16_t': 'H', 'uint32_t': 'I', 'uint64_t': 'Q', 'int32_t': 'i', 'int64_t': 'Q',
           'vaccel_id_t': 'Q', 'char': 's'}
UNITS = {'GiB': 1 << 30}
# Enumerations whose numbers travel, beside those of wire.h: header, words before the name.
ENUMERATIONS = [('error.h', None), ('arg.h', 'VACCEL_ARG_'), ('resource.h', 'VACCEL_RESOURCE_'),
                ('plugin.h', 'VACCEL_PLUGIN_')]
# Bits that a client does not send.
NOT_SENT = {'VACCEL_PLUGIN_REMOTE', 'VACCEL_PLUGIN_ALL'}
BLOCK = re.compile(r'^```hex (client|agent|driver|device) ([\w ]+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def without_comments(text):
    return re.sub(r'/\*.*?\*/', '', text, flags=re.DOTALL)


def value(expression, known):
    return eval(expression, {'__builtins__': {}}, known)


def constants(text):
    """The enumerators of a C header by name."""
    found = {}
    for body in re.findall(r'\benum\b[^{;()]*\{(.*?)\}', without_comments(text), re.DOTALL):
        for name, expression in re.findall(r'(\w+)\s*=\s*([^,]+)', body):
            found[name] = value(expression.strip(), found)
    return found


def listed(text, prefix):
    """Those of a list of ITEM(name, number, ...)."""
    return {prefix + name: int(number, 0)
            for name, number in re.findall(r'ITEM\((\w+), (\w+),', text)}


def structs(text, known):
    """By name: field, place and code of each struct in a C header, as a compiler lays it out."""
    found = {}
    for name, body in re.findall(r'\bstruct (\w+)\s*\{(.*?)\n\};', without_comments(text), re.DOTALL):
        found[name], at = [], 0
        for kind, field, count in re.findall(r'(\w+) (\w+)(?:\[(\w+)\])?;', body):
            size = struct.calcsize(C_CODES[kind].replace('s', 'c'))
            at = (at + size - 1) // size * size
            many = value(count, known) if count else 1
            found[name].append((at, field, C_CODES[kind], many))
            at += size * many
    return found


def told_structs(text):
    found = {}
    for heading, body in re.findall(r'^### (\w+)\n(.*?)(?=^##|\Z)', text, re.MULTILINE | re.DOTALL):
        rows = re.findall(r'^\| (\d+) \| (\w+)(?:\[(\d+)\])? \| (\w+) \|', body, re.MULTILINE)
        if rows:
            found[heading] = [(int(at), name, CODES[kind], int(count or 1))
                              for at, name, count, kind in rows]
    return found


def told_numbers(text, prefixes='WIRE|VACCEL'):
    rows = re.findall(rf'^\| `((?:{prefixes})_\w+)` \| (-?\w+) \|', text, re.MULTILINE)
    names = [name for name, _ in rows]
    assert len(names) == len(set(names)), 'a name is told twice'
    return {name: int(number, 0) for name, number in rows}


def numbers_of(root):
    include = root / 'include' / 'vaccel'
    found = constants((root / 'src' / 'wire' / 'wire.h').read_text())
    for header, prefix in ENUMERATIONS:
        text = (include / header).read_text()
        found.update(listed(text, prefix) if prefix else constants(text))
    return {name: number for name, number in found.items() if name not in NOT_SENT}


def structs_of(root, known):
    found = structs((root / 'src' / 'wire' / 'wire.h').read_text(), known)
    tensor = (root / 'include' / 'vaccel' / 'tensor.h').read_text()
    description = re.search(r'struct vaccel_tensor_desc {.*?\n};', tensor, re.DOTALL).group()
    return {**found, **structs(description, known)}


def limits_of(root):
    """The defaults of an agent's settings, in the order of their structs."""
    header = without_comments((root / 'agent' / 'settings.h').read_text())
    source = (root / 'agent' / 'settings.cpp').read_text()
    found = {}
    for group in ('limits', 'timeouts'):
        names = re.findall(r'uint64_t (\w+);', re.search(rf'struct {group} {{(.*?)}};', header,
                                                         re.DOTALL).group(1))
        values = re.search(rf'settings\.{group} = {{(.*?)}};', source, re.DOTALL).group(1)
        found.update(zip(names, (value(one, {'gigabyte': 1 << 30})
                                 for one in values.split(',')), strict=True))
    return found


def told_limits(text):
    found = {}
    for name, number, unit in re.findall(r'^\| `([a-z_]+)` \| (\d+) ?(\w*) \|', text, re.MULTILINE):
        found[name] = int(number) * UNITS.get(unit, 1)
    return found


def example_of(text):
    """The messages of the example: who sends it, its structs, its lines of bytes, name and value."""
    for who, names, body in BLOCK.findall(text):
        lines = [re.fullmatch(r'((?:[0-9a-f]{2} )*[0-9a-f]{2}) +(\S+) (.*)', line).groups()
                 for line in body.splitlines()]
        yield who, names.split(), [(bytes.fromhex(data), name, told) for data, name, told in lines]


def faults_of_message(names, lines, layouts, before_body=32):
    """Each line is the next field of the structs, and has the value that it says."""
    fields = [field for name in names for field in layouts[name]]
    for (_, name, code, _), (data, said, told) in zip(fields, lines):
        if said != name or len(data) != struct.calcsize('<' + code):
            yield f'{said} should be {name}, of {struct.calcsize("<" + code)} bytes'
        elif struct.unpack('<' + code, data) != (int(told),):
            yield f'{name} is {data.hex(" ")}, which is not {told}'
    rest = lines[len(fields):]
    if len(lines) < len(fields) or any(name != '...' for _, name, _ in rest):
        yield f'{names} have {len(fields)} fields'
    size = sum(len(data) for data, _, _ in lines)
    body_size = next(data for data, name, _ in lines if name == 'body_size')
    if struct.unpack('<I', body_size)[0] != size - before_body:
        yield f'the body does not have {size - before_body} bytes'


def differences(what, told, real):
    for name in sorted(told.keys() | real.keys()):
        if told.get(name) != real.get(name):
            yield f'{what} {name}: the text says {told.get(name)}, the source {real.get(name)}'


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / 'docs' / 'protocol.md').read_text()
    numbers = numbers_of(root)
    layouts = structs_of(root, numbers)
    example = list(example_of(text))
    wrong = [*differences('number', told_numbers(text), numbers),
             *differences('struct', told_structs(text), layouts),
             *differences('setting', told_limits(text), limits_of(root))]
    for _, names, lines in example:
        wrong += faults_of_message(names, lines, layouts)
    print(*wrong, sep='\n')
    print(f'{len(numbers)} numbers, {len(layouts)} structs, {len(example)} messages compared')
    return 1 if wrong or not example else 0


if __name__ == '__main__':
    sys.exit(main())
