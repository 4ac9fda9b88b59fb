# SPDX-License-Identifier: Apache-2.0
"""docs/operations.md says of each operation what the tables in src/ops say.

How many elements an argument must have is an expression there. It is evaluated for the sample call of
print_specs.c and compared with the number that the library gives for it.
"""
import pathlib
import re
import subprocess
import sys

ARRAY_BYTES = 48
ELEMENT = {'INT32_ARRAY': 4, 'FLOAT32_ARRAY': 4, 'FLOAT64_ARRAY': 8, 'UINT32_ARRAY': 4}


def told_by_the_library(program):
    """By (number, name): the rows, those behind the fixed arguments without repetition."""
    operations, rows = {}, None
    listing = subprocess.run([program], check=True, text=True, stdout=subprocess.PIPE).stdout
    for line in listing.splitlines():
        fields = line.split('\t')
        if fields[0] == 'op':
            rows = operations.setdefault((int(fields[1]), fields[2]), [])
        elif fields not in rows:
            rows.append(fields)
    return operations


def told_by_the_text(text):
    operations = {}
    for section in re.split(r'^## (?=\d)', text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition('\n')
        rows = [[cell.strip() for cell in line.strip('|').split('|')]
                for line in body.splitlines() if re.match(r'\| (read|write) ', line)]
        for number, name in re.findall(r'(\d+) ([A-Z_]+)', heading):
            if (int(number), name) in operations:
                raise SystemExit(f'{name} is told twice')
            operations[int(number), name] = rows
    return operations


def sample(rows):
    """The values that print_specs.c gives to arguments, and the lengths of arrays."""
    values, lengths = {}, {}
    for row in rows:
        argument, name, kind = row[:3]
        index = argument.split()[1]
        kind = kind.split()[0]
        if index != 'more' and kind in ('INT32', 'INT64'):
            values[name] = int(index) + 3
        if kind in ELEMENT:
            lengths[name] = ARRAY_BYTES // ELEMENT[kind]
    return values, lengths


def evaluate(expression, rows):
    values, lengths = sample(rows)
    if not expression:
        return ''
    match = re.fullmatch(r'as many as (\w+)', expression)
    if match:
        return str(lengths[match.group(1)])
    return str(eval(expression, {'__builtins__': {}}, values))


def as_the_library_says(row, rows):
    argument, name, kind, direction, elements = row
    direction, _, condition = direction.partition(' if ')
    return [*argument.split(), name, kind, direction, evaluate(elements, rows),
            'if' if condition else '']


def compare(number, name, text_rows, library_rows):
    said = [as_the_library_says(row, text_rows) for row in text_rows]
    if said == library_rows:
        return True
    print(f'{number} {name}: the text says')
    print(''.join(f'  {row}\n' for row in said if row not in library_rows) or '  (the rest)')
    print('and the library')
    print(''.join(f'  {row}\n' for row in library_rows if row not in said) or '  (the rest)')
    return False


def main():
    root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    library = told_by_the_library(program)
    text = told_by_the_text((root / 'docs/operations.md').read_text())
    for number, name in sorted(library.keys() ^ text.keys()):
        print(f'{number} {name} is in one of docs/operations.md and the library, not in both')
    same = [compare(*key, text[key], library[key]) for key in sorted(library.keys() & text.keys())]
    print(f'{len(same)} operations compared')
    return 0 if library.keys() == text.keys() and same and all(same) else 1


if __name__ == '__main__':
    sys.exit(main())
