# SPDX-License-Identifier: Apache-2.0
"""Machines that are reset while a call runs, and agents that are killed under a machine.

test_life.py AGENT:IMAGE:PLUGIN[:vsock] [PATTERN]

vsock: the machine has the agent's vsock instead of the accelerator.
"""
import contextlib
import os
import pathlib
import signal
import sys
import time
import unittest

import qemu
import tap
from alive import Machine
from harness import until
from served import Served, ServedVsock

AGENT, IMAGE, PLUGIN, *OVER = sys.argv[1].split(':')
SERVED = ServedVsock if OVER else Served
MACHINES = ('q35', 'microvm')
# No word of an agent for so long is an error. It has as long for a welcome.
IMPATIENT = 'VACCEL_RPC_KEEPALIVE=3000 VACCEL_RPC_CONNECT_TIMEOUT=3000'
BOUND_MS = 10000
EREMOTEIO = 121


def names_of_threads(pid):
    found = []
    for thread in pathlib.Path(f'/proc/{pid}/task').glob('*/comm'):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            found.append(thread.read_text(encoding='ascii').strip())
    return found


class LifeTest(unittest.TestCase):
    def setUp(self):
        self.agent = SERVED(AGENT)
        self.addCleanup(self.agent.stop)
        self.agent.begin(PLUGIN)
        self.count = 0

    def boot(self, machine, words, *, chardev=''):
        self.count += 1
        options = [*qemu.shared_memory(machine, 32), *self.agent.carrier(machine, chardev=chardev)]
        made = Machine(IMAGE, f'{self.agent.address_word()}{IMPATIENT} {words}', options, self.agent.folder / f'monitor{self.count}')
        self.addCleanup(made.stop)
        made.expect('boot')
        return made

    def expect_wait(self, guest):
        """Once it runs in the plugin, which takes a moment more."""
        guest.expect('waiting')
        until(lambda: 'mirror-waits' in names_of_threads(self.agent.serving()))

    def assert_works(self):
        """Whoever comes next is served, and nothing of those before is left."""
        guest = self.boot('q35', 'count copy')
        guest.expect('1 sessions, 0 registrations')
        self.assertEqual(guest.wait().status, 0, guest.output)

    def assert_soon(self, found):
        self.assertLess(int(found), BOUND_MS)


class TestReset(LifeTest):
    def test_device_is_set_up_again(self):
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot(machine, 'copy ' + 'again ' * 20 + 'count')
                self.assertEqual(guest.wait().status, 0, guest.output)
                self.assertIn('1 sessions, 0 registrations', guest.output)

    @unittest.skipIf(OVER, 'a call of a stream runs on, and its session stays as long')
    def test_machine_is_reset_while_a_call_runs(self):
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot(machine, 'count leave copy wait')
                for _ in range(3):
                    guest.expect('1 sessions, 0 registrations')
                    guest.expect('copy: 0')
                    self.expect_wait(guest)
                    start = time.monotonic()
                    guest.tell('system_reset')
                    guest.expect('boot')
                    self.assertLess(time.monotonic() - start, BOUND_MS / 1000)
                self.expect_wait(guest)
                guest.stop()
                self.assert_works()

    def test_machine_resets_itself(self):
        """With a session and a resource that nobody released."""
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot(machine, 'count leave copy fault')
                for _ in range(3):
                    guest.expect('1 sessions, 0 registrations')
                    guest.expect('copy: 0')
                    guest.expect('boot')
                guest.stop()
                self.assert_works()

    def test_machine_is_killed_while_a_call_runs(self):
        guest = self.boot('q35', 'copy wait')
        self.expect_wait(guest)
        guest.stop()
        self.assert_works()


class TestWorkerDies(LifeTest):
    def kill_worker(self):
        os.kill(until(self.agent.serving), signal.SIGKILL)

    def test_while_a_call_runs(self):
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot(machine, 'copy wait back count')
                self.expect_wait(guest)
                self.kill_worker()
                found = guest.expect(r'waited: (\d+) after (\d+) ms')
                self.assertEqual(int(found[1]), EREMOTEIO, guest.output)
                self.assert_soon(found[2])
                self.assert_soon(guest.expect(r'back: 0 after (\d+) ms')[1])
                self.assertEqual(guest.wait().status, 0, guest.output)

    def test_between_calls(self):
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot(machine, 'copy turns back turns back count')
                for _ in range(2):
                    guest.expect('turning')
                    self.kill_worker()
                    self.assert_soon(guest.expect(r'failed: \d+ after (\d+) ms')[1])
                    self.assert_soon(guest.expect(r'back: 0 after (\d+) ms')[1])
                self.assertEqual(guest.wait().status, 0, guest.output)


@unittest.skipIf(OVER, 'QEMU does not connect again to a vsock')
class TestAgentDies(LifeTest):
    """QEMU connects again once a second."""

    def boot_lasting(self, machine, words):
        return self.boot(machine, words, chardev=',reconnect=1')

    def restart(self):
        self.agent.kill()
        self.agent.begin(PLUGIN)

    def test_while_a_call_runs(self):
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot_lasting(machine, 'copy wait back count')
                self.expect_wait(guest)
                self.restart()
                found = guest.expect(r'waited: (\d+) after (\d+) ms')
                self.assertNotEqual(int(found[1]), 0)
                self.assert_soon(found[2])
                self.assert_soon(guest.expect(r'back: 0 after (\d+) ms')[1])
                guest.expect('1 sessions, 0 registrations')
                self.assertEqual(guest.wait().status, 0, guest.output)

    def test_between_calls(self):
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot_lasting(machine, 'copy turns back turns back count')
                for _ in range(2):
                    guest.expect('turning')
                    self.restart()
                    self.assert_soon(guest.expect(r'failed: \d+ after (\d+) ms')[1])
                    self.assert_soon(guest.expect(r'back: 0 after (\d+) ms')[1])
                self.assertEqual(guest.wait().status, 0, guest.output)

    def test_nobody_comes_back_for_a_while(self):
        """Calls fail meanwhile, each in bounded time."""
        for machine in MACHINES:
            with self.subTest(machine):
                guest = self.boot_lasting(machine, 'copy wait back count')
                self.expect_wait(guest)
                self.agent.kill()
                found = guest.expect(r'waited: (\d+) after (\d+) ms')
                self.assertNotEqual(int(found[1]), 0)
                self.assert_soon(found[2])
                self.agent.begin(PLUGIN)
                guest.expect(r'back: 0 after \d+ ms')
                self.assertEqual(guest.wait().status, 0, guest.output)


if __name__ == '__main__':
    qemu.need()
    sys.exit(tap.main())
