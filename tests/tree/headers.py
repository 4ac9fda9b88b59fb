# SPDX-License-Identifier: Apache-2.0
"""What the public headers declare, as the preprocessor leaves them."""
import os
import re
import subprocess


def compiler():
    return os.environ.get('CC', 'cc').split()


def own_headers(command):
    """Where the compiler keeps the headers that belong to it and not to a C library."""
    found = subprocess.run([*command, '-print-file-name=include'], text=True, check=True,
                           stdout=subprocess.PIPE).stdout.strip()
    return ['-isystem', found]


def preprocess(root, *options, headers=('vaccel.h',)):
    text = ''.join(f'#include "{header}"\n' for header in headers)
    return subprocess.run([*compiler(), '-E', f'-I{root}/include', *options, '-'], input=text,
                          text=True, check=True, stdout=subprocess.PIPE).stdout


def own_text(preprocessed, folder):
    """The lines that come from files of this folder."""
    kept, inside = [], False
    for line in preprocessed.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            inside = marker.group(1).startswith(str(folder))
        elif inside:
            kept.append(line)
    return '\n'.join(kept)


def without_bodies(text):
    """Structs and inline functions without what is between their outermost braces."""
    kept, depth = [], 0
    for character in text:
        if character == '}':
            depth -= 1
        if depth == 0:
            kept.append(character)
        if character == '{':
            depth += 1
    # An inline function ends without a semicolon.
    return re.sub(r'\)\s*\{\}', ') {};', ''.join(kept))


def declared_functions(root):
    include = root / 'include'
    headers = [header.relative_to(include) for header in sorted(include.rglob('*.h'))]
    text = own_text(preprocess(root, '-D__attribute__(x)=', headers=headers), include)
    names = set()
    for statement in without_bodies(text).split(';'):
        name = re.search(r'(\w+)\s*\(', statement)
        if name and not re.search(r'\b(typedef|static)\b', statement):
            names.add(name.group(1))
    return names


def exported_symbols(library):
    listing = subprocess.run(['nm', '-D', '--defined-only', library], text=True, check=True,
                             stdout=subprocess.PIPE).stdout
    return {line.split()[-1].split('@')[0] for line in listing.splitlines()}
