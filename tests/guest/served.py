# SPDX-License-Identifier: Apache-2.0
"""An agent whose device a virtual machine has."""
import signal

import qemu
from harness import until
from real import RealAgent, children_of, descriptors_of


class Served(RealAgent):
    """vaccel-agent with one device and a worker for it that is ready."""

    @property
    def device(self):
        return self.folder / 'vm.sock'

    def address(self):
        return f'vhost-user://{self.device}'

    def begin(self, plugins, *options):
        self.log.write_bytes(b'')
        self.device.unlink(missing_ok=True)
        self.start('--listen', self.address(), *options, plugins=plugins, listen=False)
        until(lambda: self.process.poll() is not None or self.is_ready())
        return self

    def carrier(self, machine, properties='', *, chardev=''):
        return qemu.carrier(machine, f'{self.device}{chardev}', properties)

    def serving(self):
        """The worker that has a machine's memory, if one does; another waits for the next machine."""
        workers = [worker for worker in children_of(self.process.pid)
                   if any('memory-backend-memfd' in what for what in descriptors_of(worker))]
        return workers[0] if workers else None

    def kill(self):
        """As the kernel would; its workers end with it."""
        self.signal(signal.SIGKILL)
        self.wait()
        until(lambda: not self.processes())
