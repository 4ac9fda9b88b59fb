# SPDX-License-Identifier: Apache-2.0
"""Debian's kernel, and what a guest of it begins with.

It is of the .deb that $VACCEL_TEST_KERNEL names, else that is fetched by apt-get.
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys

import qemu

PACKAGE = 'linux-image-cloud-amd64'
# In the order in which they need each other; what is built in is not there.
MODULES = ['virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_pci']

# For a guest that has a vsock.
VSOCK = ['vsock', 'vmw_vsock_virtio_transport_common', 'vmw_vsock_virtio_transport']

# For its command line. A processor that stands still for a moment has the kernel believe that no timer works.
WORDS = 'console=ttyS0 panic=-1 no_timer_check'

Kernel = collections.namedtuple('Kernel', 'image tree')


def skip(reason):
    print(reason)
    sys.exit(77)


def fetch(folder):
    """The package that the name stands for at the moment."""
    if not shutil.which('apt-get'):
        skip('no apt-get to fetch a kernel with: set VACCEL_TEST_KERNEL to the .deb of one')
    depends = subprocess.run(['apt-cache', 'depends', PACKAGE], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    found = re.search(r'Depends: (linux-image-\S+)', depends.stdout)
    if not found or subprocess.run(['apt-get', 'download', '-q', found[1]], cwd=folder,
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL).returncode:
        skip(f'{PACKAGE} cannot be fetched: set VACCEL_TEST_KERNEL to the .deb of a kernel')
    return next(folder.glob('*.deb'))


def unpack(folder):
    package = os.environ.get('VACCEL_TEST_KERNEL') or fetch(folder)
    tree = folder / 'kernel'
    subprocess.run(['dpkg-deb', '-x', package, tree], check=True)
    return Kernel(next(tree.glob('boot/vmlinuz-*')), tree)


def libraries_of(*programs):
    """Those that they are linked with, where they find them by themselves."""
    environment = {name: value for name, value in os.environ.items() if name != 'LD_LIBRARY_PATH'}
    told = subprocess.run(['ldd', *programs], stdout=subprocess.PIPE, text=True, check=True,
                          env=environment).stdout
    return re.findall(r'(/\S+) \(0x', told)


def make_initrd(folder, kernel, init, modules=(), files=()):
    """With @init, the modules beside those of virtio, and files at the same place as here."""
    if not shutil.which('cpio'):
        skip('cpio was not found: install it')
    root = folder / 'root'
    for name in ('modules', 'dev', 'sys', 'proc', 'tmp'):
        (root / name).mkdir(parents=True)
    shutil.copy(init, root / 'init')
    for number, name in enumerate([*MODULES, *modules]):
        for found in kernel.tree.rglob(f'{name}.ko'):
            shutil.copy(found, root / 'modules' / f'{number}-{name}.ko')
    for file in files:
        target = root / pathlib.Path(file).relative_to('/')
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return qemu.archive(root, folder / 'initrd')
