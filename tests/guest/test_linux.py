# SPDX-License-Identifier: Apache-2.0
"""A stock Linux guest, to which the carrier is an empty disk beside a real one; it does neither harm.

test_linux.py AGENT PLUGIN INIT

The kernel is Debian's: the .deb that $VACCEL_TEST_KERNEL names, else it is fetched by apt-get.
"""
import contextlib
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import debian
import qemu

SECTOR = 512
PATIENCE = 20  # seconds for what takes milliseconds
LONGEST = 120  # seconds until the guest is off; it takes about five
MEGABYTES = 256
EXPECTED = [r'disk vda: 0 sectors, opened: yes', r'disk vda: read: nothing',
            r'disk vda: .*written: (?!bytes).*flushed: yes',
            r'disk vdb: 8 sectors, opened: yes', r'disk vdb: read: bytes "2{32}"',
            r'disk vdb: .*written: bytes, flushed: yes', 'linux: done']


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
        kernel = debian.unpack(folder)
        disk = folder / 'disk'
        disk.write_bytes(b'1' * SECTOR + b'2' * SECTOR + b'3' * SECTOR * 6)
        with agent(program, plugin, folder) as device:
            run = qemu.run([*qemu.shared_memory('q35', MEGABYTES), *qemu.COMMON,
                            *qemu.carrier('q35', device), '-device', 'virtio-blk-pci,drive=d0',
                            '-drive', f'file={disk},format=raw,if=none,id=d0',
                            '-kernel', kernel.image, '-initrd',
                            debian.make_initrd(folder, kernel, init, ['virtio_blk']),
                            '-append', f'{debian.WORDS} quiet'], LONGEST)
            print(run.output)
        check(run.output, disk)
    return run.code


if __name__ == '__main__':
    sys.exit(main())
