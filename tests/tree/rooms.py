# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: a room sees itself, what it stands on, and the public headers."""
import pathlib
import re
import sys

PLATFORM = ['include', 'src/platform']
CORE = PLATFORM + ['src/core']
OPS = CORE + ['src/ops']
WIRE = PLATFORM + ['src/wire']
STREAM = WIRE + ['src/stream']
FORWARDING = OPS + STREAM + ['src/virtio', 'src/vhost']
# What a room may include beside itself. The longest matching room counts.
ROOMS = {
    'include': [],
    'src/platform': PLATFORM,
    'src/wire': WIRE,
    'src/stream': STREAM,
    'src/virtio': WIRE,
    'src/vhost': [],
    'src/core': CORE,
    'src/ops': OPS,
    'src/hosted': CORE,
    'src/deprecated': CORE,
    'transport': FORWARDING,
    'transport/client': OPS + WIRE,
    'transport/virtio-vsock': OPS + STREAM + ['src/virtio', 'transport/client', 'transport/socket',
                                              'transport/virtio'],
    'transport/virtio': OPS + WIRE + ['src/virtio', 'transport/client'],
    'agent': FORWARDING,
    'guest': FORWARDING + ['transport'],
    'guest/posix': FORWARDING + ['src/hosted', 'transport', 'guest'],
    'plugins': ['include'],
    'examples': ['include'],
    'bindings': ['include'],
}
SUFFIXES = {'.c', '.h', '.cpp', '.hpp'}


def inside(path, folder):
    return path == folder or path.startswith(folder + '/')


def room_of(path):
    return max((room for room in ROOMS if inside(path, room)), key=len, default=None)


def own_folder(path, room):
    """Plugins and examples are rooms of their own each."""
    if room == 'plugins':
        return '/'.join(path.split('/')[:2])
    return room


def resolve(root, source, name):
    """The file of the tree that a compiler would find, or None."""
    for folder in (source.parent, root / 'include', root / 'src', root / 'transport', root):
        found = (folder / name).resolve()
        if found.is_file() and found.is_relative_to(root):
            return found.relative_to(root).as_posix()
    return None


def is_test(path):
    return pathlib.Path(path).name.startswith('test_')


def check(root, source):
    path = source.relative_to(root).as_posix()
    room = room_of(path)
    if room is None or is_test(path):
        return []
    allowed = ROOMS[room] + [own_folder(path, room)]
    wrong = []
    for name in re.findall(r'^\s*#\s*include\s+["<]([^">]+)[">]', source.read_text(), re.MULTILINE):
        target = resolve(root, source, name)
        if target and not any(inside(target, folder) for folder in allowed):
            wrong.append(f'{path} includes {name}, but {room} may only see {", ".join(allowed)}')
    return wrong


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    sources = [f for room in ROOMS for f in (root / room).rglob('*') if f.suffix in SUFFIXES]
    wrong = [line for source in sorted(set(sources)) for line in check(root, source)]
    print('\n'.join(wrong))
    return 1 if wrong or not sources else 0


if __name__ == '__main__':
    sys.exit(main())
