# SPDX-License-Identifier: Apache-2.0
"""A binding generator for Python can read the public headers.

Such a generator knows little C: it takes the preprocessed text of files whose path contains
"vaccel", throws away what it cannot read, and gives the rest to cffi.
"""
import os
import pathlib
import re
import sys

from headers import exported_symbols, preprocess

PREFIXES = ('VACCEL_OP_', 'VACCEL_ARG_', 'VACCEL_PLUGIN_', 'VACCEL_RESOURCE_', 'VACCEL_TF_',
            'VACCEL_TFLITE_', 'VACCEL_TORCH_')


def lines_of_vaccel(text):
    kept, inside = [], False
    for line in text.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            # The checkout's own folder may be called so, too.
            path = os.path.normpath(marker.group(1))
            inside = re.search(r'vaccel(\.h$|/[^/]+(/[^/]+)?\.h$)', path) is not None
        elif inside:
            kept.append(line)
    return '\n'.join(kept)


def matching(text, start, opening, closing):
    """The position after the bracket that closes the first one behind @start."""
    depth = 0
    for position in range(text.index(opening, start), len(text)):
        depth += (text[position] == opening) - (text[position] == closing)
        if depth == 0:
            return position + 1
    raise ValueError('unbalanced ' + opening)


def without_deprecated(text):
    for match in reversed(list(re.finditer(r'__attribute__', text))):
        end = matching(text, match.start(), '(', ')')
        if 'deprecated' in text[match.start():end]:
            text = text[:match.start()] + text[end:]
    return text


def without_inline(text):
    while 'static inline' in text:
        start = text.index('static inline')
        text = text[:start] + text[matching(text, start, '{', '}'):]
    return text


def simplified(text):
    lines = []
    for line in without_inline(without_deprecated(lines_of_vaccel(text))).splitlines():
        if re.search(r'\bextern\b', line):
            continue
        if re.search(r'_Atomic|\batomic_|pthread_mutex_t', line):
            line = '...;'
        lines.append(line)
    return '\n'.join(lines)


def main():
    try:
        import cffi
    except ImportError:
        print('the Python module cffi is not installed')
        return 77
    root = pathlib.Path(sys.argv[1]).resolve()
    ffi = cffi.FFI()
    ffi.cdef(simplified(preprocess(root)))
    declarations = ffi._parser._declarations
    functions = {key.split(' ', 1)[1] for key in declarations if key.startswith('function ')}
    missing = functions - exported_symbols(sys.argv[2])
    for name in sorted(missing):
        print(f'{name} is declared but not exported: the binding would not load')
    constants = set(ffi._parser._int_constants)
    for prefix in PREFIXES:
        if not any(name.startswith(prefix) for name in constants):
            print(f'no enumeration constant begins with {prefix}')
            missing.add(prefix)
    print(f'{len(functions)} functions, {len(constants)} constants')
    return 1 if missing or not functions else 0


if __name__ == '__main__':
    sys.exit(main())
