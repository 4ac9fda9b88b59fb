# SPDX-License-Identifier: Apache-2.0
"""Calls through a VMM's hybrid vsock, both ways: test_hybrid.py AGENT CALLER RPC MIRROR [PART OF A NAME]"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import unittest
from unittest import mock

import tap
from callers import Caller
from harness import PATIENCE, until
from real import RealAgent

AGENT, CALLER, RPC, MIRROR = (pathlib.Path(path).resolve() for path in sys.argv[1:5])
del sys.argv[2:5]
VMM = pathlib.Path(__file__).parent / 'vmm.py'
PORT = 65500
CALL = ('begin', 'call 1')


class Machine:
    """A VMM with its own directory on the host, and the guest's side of its vsock."""

    def __init__(self, folder, name):
        self.host, self.guest = folder / 'vms' / name / 'vm.sock', folder / f'{name}.guest'
        self.process = None

    def start(self):
        self.host.parent.mkdir(parents=True)
        self.process = subprocess.Popen([sys.executable, VMM, self.host, self.guest],
                                        stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == 'ready\n'

    def stop(self):
        """Its directory goes with it."""
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process.stdout.close()
            self.process = None
            shutil.rmtree(self.host.parent, ignore_errors=True)


class TestHybrid(unittest.TestCase):
    def setUp(self):
        self.agent = RealAgent(AGENT)
        self.addCleanup(self.agent.stop)
        self.pattern = f'hybrid-vsock://{self.agent.folder}/vms/*/vm.sock?port={PORT}'

    def serve(self, address=None):
        self.agent.serve(str(MIRROR), '--listen', address or self.pattern)

    def machine(self, name='vm1'):
        machine = Machine(self.agent.folder, name)
        self.addCleanup(machine.stop)
        machine.start()
        return machine

    def caller(self, path):
        caller = Caller(CALLER, RPC, f'hybrid-vsock://{path}?port={PORT}')
        self.addCleanup(caller.kill)
        return caller

    def test_guest_calls_its_host(self):
        self.serve()
        self.caller(self.machine().guest).must(*CALL)

    def test_guest_that_is_up_before_the_agent(self):
        caller = self.caller(self.machine().guest)
        caller.tell(CALL[0])
        self.serve()
        self.assertEqual(caller.answer(), 0)
        caller.must(*CALL[1:])

    def test_guest_that_is_told_nobody_listens(self):
        """Where all is slow its time may be up before it is told."""
        guest = self.machine().guest
        until(lambda: self.is_told(guest))

    def is_told(self, guest):
        with mock.patch.dict(os.environ, VACCEL_RPC_CONNECT_TIMEOUT='300'):
            caller = self.caller(guest)
        self.assertNotEqual(caller.do(CALL[0]), 0)
        return caller.has_said('Connection reset')

    def test_machine_that_goes_and_comes_back(self):
        self.serve()
        machine = self.machine()
        for _ in range(3):
            caller = self.caller(machine.guest)
            caller.must(*CALL)
            machine.stop()
            self.assertNotEqual(caller.do(CALL[1]), 0)
            machine.start()
            self.caller(machine.guest).must(*CALL)

    def test_one_machine_goes_and_others_stay(self):
        self.serve()
        gone, stays = self.machine('gone'), self.machine('stays')
        callers = [self.caller(machine.guest) for machine in (gone, stays)]
        for caller in callers:
            caller.must(*CALL)
        gone.stop()
        self.assertNotEqual(callers[0].do(CALL[1]), 0)
        callers[1].must(CALL[1])

    def test_log_names_the_machine(self):
        self.serve()
        machine = self.machine()
        until(pathlib.Path(f'{machine.host}_{PORT}').exists)
        with Rubbish(machine.guest):
            until(lambda: 'machine vm1 (unix uid' in self.agent.read_log())
        self.assertIn(f'pid {machine.process.pid}): the client does not keep to the protocol',
                      self.agent.read_log())

    def test_host_calls_an_agent_in_the_guest(self):
        machine = self.machine()
        caller = self.caller(machine.host)
        caller.tell(CALL[0])
        self.serve(f'unix://{machine.guest}_{PORT}')
        self.assertEqual(caller.answer(), 0)
        caller.must(*CALL[1:])


class Rubbish:
    """A guest that connects and says no hello."""

    def __init__(self, guest):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(str(guest))
        self.connection.sendall(b'CONNECT %d\n' % PORT + 100 * b'x')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


if __name__ == '__main__':
    sys.exit(tap.main())
