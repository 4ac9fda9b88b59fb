# SPDX-License-Identifier: Apache-2.0
"""An agent whose device a virtual machine has."""
import signal
import subprocess

import qemu
from harness import until
from real import RealAgent, children_of, descriptors_of

OTHER_VSOCK = 'vhost-device-vsock'


class Served(RealAgent):
    """vaccel-agent with one device and a worker for it that is ready."""
    reached_at = None  # an address, where the device alone does not say it

    @property
    def device(self):
        return self.folder / 'vm.sock'

    def address(self):
        return f'vhost-user://{self.device}'

    def address_word(self):
        """Of an image's command line."""
        return f'VACCEL_RPC_ADDRESS={self.reached_at} ' if self.reached_at else ''

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


class ServedVsock(Served):
    """Its device is a vsock."""
    reached_at = 'vsock://2:65500'

    def address(self):
        return f'vhost-vsock://{self.device}?cid=5'

    def carrier(self, machine, properties='', *, chardev=''):
        return qemu.vsock(f'{self.device}{chardev}', machine)


class ServedByOther(ServedVsock):
    """The machine's vsock is a device of a program that is not this tree's, which knows the agent's socket."""

    def address(self):
        return f'unix://{self.folder}/host_65500'

    def begin(self, plugins, *options):
        super().begin(plugins, *options)
        self.other = subprocess.Popen([OTHER_VSOCK, '--guest-cid', '5', '--socket', self.device,
                                       '--uds-path', self.folder / 'host'])
        until(lambda: self.other.poll() is not None or self.device.exists())
        return self

    def end(self):
        self.other.kill()
        self.other.wait()
        return super().end()
