# SPDX-License-Identifier: Apache-2.0
"""The conformance suite from within a virtual machine, served by a real agent with the same plugins.

test_conformance.py DEVICE MACHINE AGENT IMAGE PLUGIN:... [PROPERTIES OF THE CARRIER]

DEVICE is "carrier", the accelerator; "vsock", the agent's vsock; or "other", a vsock of vhost-device-vsock.
Disks lie before and behind it. An image of Unikraft runs by it on q35 and on microvm-unikraft.
"""
import sys

import qemu
from served import OTHER_VSOCK, Served, ServedByOther, ServedVsock

LIMIT = 240  # seconds
# Where the last three of virtio-mmio's slots are.
WORDS = {'microvm-unikraft': ' '.join(f'virtio_mmio.device=512@0xfeb00{slot * 2:x}00:{slot + 5}'
                                      for slot in (5, 6, 7)) + ' --'}
KINDS = {'carrier': Served, 'vsock': ServedVsock, 'other': ServedByOther}


def disk(machine, name, folder):
    path = folder / name
    path.write_bytes(bytes(1 << 20))
    return ['-drive', f'if=none,id={name},file={path},format=raw', '-device',
            f'{qemu.DISK[machine]},drive={name}']


def main():
    device, machine, program, image, plugins, *properties = sys.argv[1:]
    qemu.need(*([OTHER_VSOCK] if device == 'other' else []))
    agent = KINDS[device](program)
    try:
        agent.begin(plugins, '--allow-exec')
        options = [*qemu.shared_memory(machine, 128), *disk(machine, 'first', agent.folder),
                   *agent.carrier(machine, ''.join(f',{p}' for p in properties)),
                   *disk(machine, 'last', agent.folder)]
        run = qemu.boot(image, agent.address_word() + WORDS.get(machine, ''), options, LIMIT)
        print(run.output, f'# exit status {run.status} (QEMU: {run.code})', sep='\n')
        ended = agent.end()
        return 0 if run.status == 0 and ended == 0 else 1
    finally:
        agent.stop()


if __name__ == '__main__':
    sys.exit(main())
