# SPDX-License-Identifier: Apache-2.0
"""A stock Linux guest whose programs reach an agent over vsock: the conformance suite, in the guest.

test_vsock.py AGENT INIT CONFORMANCE PLUGIN:... FILE:...

FILEs are what the program loads, beside the libraries that it is linked with.
"""
import re
import sys

import debian
import qemu
from served import ServedVsock

LIMIT = 240  # seconds
MEGABYTES = 512


def main():
    program, init, conformance, plugins, loaded = sys.argv[1:]
    qemu.need()
    agent = ServedVsock(program)
    try:
        agent.begin(plugins, '--allow-exec')
        kernel = debian.unpack(agent.folder)
        programs = [conformance, '/bin/sh', '/bin/rm']
        files = [*programs, *debian.libraries_of(*programs), *plugins.split(':'), *loaded.split(':')]
        initrd = debian.make_initrd(agent.folder, kernel, init, debian.VSOCK, files)
        run = qemu.run([*qemu.shared_memory('q35', MEGABYTES), *qemu.COMMON, '-smp', '2',
                        *qemu.vsock(agent.device), '-kernel', kernel.image, '-initrd', initrd,
                        '-append', f'{debian.WORDS} quiet VACCEL_RPC_ADDRESS=vsock://2:65500'
                        ' CMOCKA_MESSAGE_OUTPUT=TAP'
                        f' -- {conformance}'], LIMIT)
        print(run.output)
        ended = agent.end()
        return 0 if re.search(r'linux: done, wait status 0x0\b', run.output) and ended == 0 else 1
    finally:
        agent.stop()


if __name__ == '__main__':
    sys.exit(main())
