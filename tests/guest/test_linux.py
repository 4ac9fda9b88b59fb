# SPDX-License-Identifier: Apache-2.0
"""A stock Linux guest, to which the carrier is an empty disk beside a real one; it does neither harm.

test_linux.py AGENT PLUGIN INIT

The kernel is Debian's: the .deb that $VACCEL_TEST_KERNEL names, else it is fetched by apt-get.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import qemu

SECTOR = 512
PATIENCE = 20  # seconds for what takes milliseconds
LONGEST = 120  # seconds until the guest is off; it takes about five
MEGABYTES = 256
PACKAGE = 'linux-image-cloud-amd64'
# In the order in which they need each other; what is built in is not there.
MODULES = ['virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev',
           'virtio_pci', 'virtio_blk']
EXPECTED = [r'disk vda: 0 sectors, opened: yes', r'disk vda: read: nothing',
            r'disk vda: .*written: (?!bytes).*flushed: yes',
            r'disk vdb: 8 sectors, opened: yes', r'disk vdb: read: bytes "2{32}"',
            r'disk vdb: .*written: bytes, flushed: yes', 'linux: done']


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
    subprocess.run(['dpkg-deb', '-x', package, folder / 'kernel'], check=True)
    return next((folder / 'kernel').glob('boot/vmlinuz-*')), folder / 'kernel'


def make_initrd(folder, init, tree):
    if not shutil.which('cpio'):
        skip('cpio was not found: install it')
    root = folder / 'root'
    for name in ('modules', 'dev', 'sys'):
        (root / name).mkdir(parents=True)
    shutil.copy(init, root / 'init')
    for number, name in enumerate(MODULES):
        for found in tree.rglob(f'{name}.ko'):
            shutil.copy(found, root / 'modules' / f'{number}-{name}.ko')
    names = '\n'.join(str(path.relative_to(root)) for path in sorted(root.rglob('*')))
    made = subprocess.run(['cpio', '-o', '--quiet', '-H', 'newc'], cwd=root, check=True,
                          input=names.encode(), stdout=subprocess.PIPE)
    (folder / 'initrd').write_bytes(made.stdout)
    return folder / 'initrd'


@contextlib.contextmanager
def agent(program, plugin, folder):
    """It must live through the guest, and end well. Yields where its device is."""
    log = folder / 'agent.log'
    with open(log, 'wb') as file:
        process = subprocess.Popen([program, '--plugins', plugin, '--listen',
                                    f'vhost-user://{folder}/device'], stderr=file)
    try:
        end = time.monotonic() + PATIENCE
        while 'listening at' not in log.read_text(encoding='utf-8'):
            if time.monotonic() > end or process.poll() is not None:
                sys.exit(f'the agent does not listen: {log.read_text(encoding="utf-8")}')
            time.sleep(0.01)
        yield folder / 'device'
        process.send_signal(signal.SIGTERM)
        if process.wait(PATIENCE) or '<error>' in log.read_text(encoding='utf-8'):
            sys.exit(f'the agent ended with {process.returncode}')
    finally:
        process.kill()
        process.wait()
        print(log.read_text(encoding='utf-8'))


def check(output, disk):
    for pattern in EXPECTED:
        if not re.search(pattern, output):
            sys.exit(f'the guest did not say "{pattern}"')
    if re.search(r'I/O error|Oops|BUG:|Call Trace', output):
        sys.exit('the guest was harmed')
    if disk.read_bytes() != b'1' * SECTOR + b'w' * SECTOR + b'3' * SECTOR * 6:
        sys.exit('the real disk is not as the guest wrote it')


def main():
    program, plugin, init = sys.argv[1:]
    qemu.need()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        kernel, tree = unpack(folder)
        disk = folder / 'disk'
        disk.write_bytes(b'1' * SECTOR + b'2' * SECTOR + b'3' * SECTOR * 6)
        with agent(program, plugin, folder) as device:
            run = qemu.run([*qemu.shared_memory('q35', MEGABYTES), *qemu.COMMON,
                            *qemu.carrier('q35', device), '-device', 'virtio-blk-pci,drive=d0',
                            '-drive', f'file={disk},format=raw,if=none,id=d0',
                            '-kernel', kernel, '-initrd', make_initrd(folder, init, tree),
                            '-append', 'console=ttyS0 quiet panic=-1'], LONGEST)
            print(run.output)
        check(run.output, disk)
    return run.code


if __name__ == '__main__':
    sys.exit(main())
