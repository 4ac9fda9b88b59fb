# SPDX-License-Identifier: Apache-2.0
"""An agent with a virtio device, or several at one address, and a front end for it."""
import os
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'vhost'))

from front import Channel, Front  # noqa: E402
from harness import Agent, PATIENCE, until  # noqa: E402

PROGRAM = sys.argv[1]
DEVICE = 6
RINGS = 2
STATE_OF_RING = '3QII2?6x'
STATE_OF_DEVICE = struct.Struct('<QII32Q' + RINGS * STATE_OF_RING + 'I2?2x')


def parse_state(raw):
    """With the fields of the first ring, which is the only one."""
    values = STATE_OF_DEVICE.unpack(bytes.fromhex(raw))
    regions = [values[at:at + 4] for at in range(3, 35, 4)]
    ring = ['desc', 'avail', 'used', 'queue_size', 'base', 'has_kick', 'has_call']
    rest = dict(zip(['told', 'is_running', 'has_front'], values[35 + RINGS * len(ring):]))
    assert values[2] == 1, f'{values[2]} rings'
    return {'features': values[0], 'regions': regions[:values[1]], **dict(zip(ring, values[35:])), **rest}


def file_of(fd):
    """Files of different kinds may have the same number."""
    told = os.fstat(fd)
    return [told.st_dev, told.st_ino]


class Machine(Front):
    """One that can be closed more than once."""

    is_open = True

    def close(self):
        if self.is_open:
            self.is_open = False
            super().close()


class DeviceTest(unittest.TestCase):
    def setUp(self):
        self.agent = Agent(PROGRAM)
        self.addCleanup(self.agent.stop)
        self.path = self.agent.folder / 'vm0.sock'

    @property
    def address(self):
        return f'vhost-user://{self.path}'

    @property
    def peer(self):
        """How the agent calls a front end of this process."""
        return f'unix uid {os.getuid()} pid {os.getpid()}'

    def named(self, worker):
        """How it calls a worker that has such a front end."""
        return f'worker {worker.pid} of {self.address} ({self.peer})'

    def start(self, *options, behind='', reset_ms=60000, stall_ms=60000, front_ends=1, listen=False):
        configuration = self.agent.folder / 'agent.toml'
        configuration.write_text(f'[timeouts]\nreset_ms = {reset_ms}\nstall_ms = {stall_ms}\n'
                                 f'[device]\nfront_ends = {front_ends}\n')
        self.agent.start('--config', str(configuration), '--listen', self.address + behind, *options,
                         listen=listen)

    def begin(self, **more):
        self.start(**more)
        return self.agent.first_worker()

    def front(self, **more):
        made = Machine(self.path, patience=PATIENCE, **more)
        self.addCleanup(made.close)
        return made

    def channel(self):
        made = Channel(self.path, PATIENCE)
        self.addCleanup(made.close)
        return made

    def running(self, worker, **more):
        """A front end whose ring the worker has been told of."""
        front = self.front(**more).set_up()
        self.state_of(worker)
        return front

    def state_of(self, worker):
        """The last one of those that were said one after the other."""
        state = None
        while not state or not worker.tell('waits'):
            kind, raw, files = worker.tell('receive')
            self.assertEqual(kind, DEVICE)
            state = {**parse_state(raw), 'files': files}
        # Of all changes: there may be more to come for those that the front end has asked for since.
        self.assertLessEqual(state.pop('told'), worker.tell('told'))
        return state

    def assert_logged(self, *parts):
        for part in parts:
            until(lambda: part in self.agent.log.read_text())

    def assert_silent(self):
        log = self.agent.log.read_text()
        self.assertNotIn('<warn>', log)
        self.assertNotIn('<error>', log)

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.agent.process.pid}/fd'))
