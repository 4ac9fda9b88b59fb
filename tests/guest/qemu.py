# SPDX-License-Identifier: Apache-2.0
"""Start images under QEMU, always under TCG and with a time limit."""
import dataclasses
import pathlib
import shutil
import subprocess
import sys

QEMU = 'qemu-system-x86_64'
LIMIT = 60  # seconds
# machine_exit(): what QEMU returns for a status.
EXIT_OK, EXIT_MOST = 83, 83 + 2 * 20
COMMON = ['-accel', 'tcg', '-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'stdio',
          '-no-reboot', '-device', 'isa-debug-exit,iobase=0x501,iosize=2']
# Of a machine with memory that a device of another process may use.
SHARED = {
    'q35': ['-M', 'q35', '-numa', 'node,memdev=ram'],
    'pc': ['-M', 'pc', '-numa', 'node,memdev=ram'],
    'microvm': ['-M', 'microvm,memory-backend=ram', '-global', 'virtio-mmio.force-legacy=false'],
}
SHARED['microvm-noacpi'] = ['-M', 'microvm,memory-backend=ram,acpi=off', *SHARED['microvm'][2:]]
# Its virtio-mmio has no interrupt by the new controller, and finds no device but what the command line names.
SHARED['microvm-unikraft'] = ['-M', 'microvm,memory-backend=ram,acpi=off,auto-kernel-cmdline=off', '-cpu',
                              'max,-apic', *SHARED['microvm'][2:]]
CARRIER = {machine: 'vhost-user-blk' if 'microvm' in machine else 'vhost-user-blk-pci,num-queues=1'
           for machine in SHARED}
DISK = {machine: 'virtio-blk-device' if 'microvm' in machine else 'virtio-blk-pci'
        for machine in SHARED}
VSOCK = {machine: 'vhost-user-vsock-device' if 'microvm' in machine else 'vhost-user-vsock-pci'
         for machine in SHARED}


@dataclasses.dataclass
class Run:
    """What a program printed, and its exit status; None: QEMU ended in another way."""
    output: str
    code: int

    @property
    def status(self):
        return (self.code - EXIT_OK) // 2 if EXIT_OK <= self.code <= EXIT_MOST else None


def need(*packages):
    """End the test as skipped if there is no QEMU, or one of these is not there."""
    for program, package in ((QEMU, 'qemu-system-x86'), *zip(packages, packages)):
        if not shutil.which(program):
            print(f'{program} was not found: install {package}')
            sys.exit(77)


def shared_memory(machine, megabytes):
    return [*SHARED[machine], '-m', f'{megabytes}M', '-object',
            f'memory-backend-memfd,id=ram,size={megabytes}M,share=on']


def carrier(machine, path, properties=''):
    return ['-chardev', f'socket,id=accelerator,path={path}', '-device',
            f'{CARRIER[machine]},chardev=accelerator{properties}']


def vsock(path, machine='q35'):
    return ['-chardev', f'socket,id=vsock,path={path}', '-device', f'{VSOCK[machine]},chardev=vsock']


def run(options, limit=LIMIT):
    done = subprocess.run([QEMU, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=limit)
    return Run(done.stdout.decode(errors='replace'), done.returncode)


def boot(image, words, options, limit=LIMIT):
    return run([*COMMON, *options, '-kernel', image, '-append', words], limit)


def archive(folder, target):
    """All below the folder as an initrd."""
    names = sorted(path.relative_to(folder).as_posix() for path in pathlib.Path(folder).rglob('*'))
    with open(target, 'wb') as out:
        subprocess.run(['cpio', '-o', '-H', 'newc', '--quiet'], cwd=folder, check=True, stdout=out,
                       input='\n'.join(names).encode(), timeout=LIMIT)
    return str(target)
