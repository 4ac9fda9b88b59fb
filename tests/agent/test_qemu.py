# SPDX-License-Identifier: Apache-2.0
"""A stock QEMU and its firmware with the broker, beside a fake worker: test_qemu.py AGENT [PART]"""
import json
import shutil
import socket
import subprocess
import sys
import unittest

import tap
from device import DeviceTest
from harness import PATIENCE, process_exists, until

QEMU = shutil.which('qemu-system-x86_64')
STOP = 7
MEMORY = ['-m', '64', '-object', 'memory-backend-memfd,id=mem0,size=64M,share=on']
DISPLAY = ['-display', 'none', '-serial', 'none', '-monitor', 'none', '-no-user-config', '-nodefaults']


class QemuTest(DeviceTest):
    def setUp(self):
        if not QEMU:
            self.skipTest('qemu-system-x86_64 is not installed')
        super().setUp()

    def boot(self, *options):
        path = self.agent.folder / 'qmp'
        said = open(self.agent.folder / 'qemu.log', 'w+', encoding='utf-8')
        self.addCleanup(said.close)
        machine = subprocess.Popen([QEMU, '-accel', 'tcg', *options, *MEMORY, *DISPLAY,
                                    '-chardev', f'socket,id=c0,path={self.path}',
                                    '-qmp', f'unix:{path},server=on,wait=off'],
                                   stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self.addCleanup(self.end, machine)
        until(lambda: path.exists() or machine.poll() is not None)
        self.assertIsNone(machine.poll(), (self.agent.folder / 'qemu.log').read_text())
        return machine, self.connect(path)

    @staticmethod
    def end(machine):
        machine.kill()
        machine.wait()

    def connect(self, path):
        connection = socket.socket(socket.AF_UNIX)
        self.addCleanup(connection.close)
        connection.settimeout(PATIENCE)
        until(lambda: connection.connect_ex(str(path)) == 0)
        lines = connection.makefile('rw')
        self.addCleanup(lines.close)
        lines.readline()
        self.order(lines, 'qmp_capabilities')
        return lines

    @staticmethod
    def order(lines, command):
        """Without waiting for the answer, as that may wait for the device."""
        lines.write(json.dumps({'execute': command}) + '\n')
        lines.flush()

    def answer(self, lines):
        while 'return' not in (line := json.loads(lines.readline())):
            self.assertNotIn('error', line)
        return line['return']

    def q35(self):
        return self.boot('-M', 'q35', '-numa', 'node,memdev=mem0',
                         '-device', 'vhost-user-blk-pci,chardev=c0,num-queues=1')


class TestQemu(QemuTest):
    def test_firmware_finds_an_empty_disk(self):
        worker = self.begin()
        self.q35()
        state = self.state_of(worker)
        self.assertTrue(state['is_running'])
        self.assertEqual((state['queue_size'], state['base']), (128, 0))
        self.assertGreaterEqual(sum(size for _, size, _, _ in state['regions']), 63 << 20)
        self.assert_silent()

    def test_reset(self):
        worker = self.begin()
        _, lines = self.q35()
        self.state_of(worker)
        for base in (0, 5):
            self.order(lines, 'system_reset')
            self.stopped(worker, base)
            self.assertTrue(self.state_of(worker)['is_running'])
        self.assert_silent()

    def stopped(self, worker, base, tell=None):
        while worker.tell('receive')[0] != STOP:
            pass
        (tell or worker.tell)('stopped', base)

    def test_end(self):
        worker = self.begin()
        machine, lines = self.q35()
        self.state_of(worker)
        self.order(lines, 'quit')
        self.stopped(worker, 0, worker.tell_last)
        self.assertEqual(machine.wait(PATIENCE), 0)
        following = self.agent.ready_worker()
        self.assertFalse(process_exists(worker.pid))
        self.q35()
        self.assertTrue(self.state_of(following)['is_running'])
        self.assert_silent()

    def test_death(self):
        worker = self.begin()
        machine, _ = self.q35()
        self.state_of(worker)
        machine.kill()
        while worker.tell('receive')[0] != STOP:
            pass
        worker.tell_last('stopped', 0)
        self.agent.ready_worker()
        self.assert_silent()

    def test_a_worker_that_hangs_does_not_stop_the_machine_for_long(self):
        worker = self.begin(reset_ms=200)
        _, lines = self.q35()
        self.state_of(worker)
        self.answer(lines)
        self.order(lines, 'system_reset')
        self.assertEqual(self.answer(lines), {})
        self.assertTrue(self.state_of(self.agent.ready_worker())['is_running'])

    def test_microvm(self):
        """Its firmware does not look for disks; that QEMU takes the device is what there is to see."""
        self.begin()
        _, lines = self.boot('-M', 'microvm,memory-backend=mem0', '-global',
                             'virtio-mmio.force-legacy=false', '-device', 'vhost-user-blk,chardev=c0')
        self.answer(lines)
        self.order(lines, 'query-status')
        self.assertEqual(self.answer(lines)['status'], 'running')
        self.assert_silent()

    def test_more_processors_than_queues(self):
        worker = self.begin()
        self.boot('-M', 'q35', '-smp', '4', '-numa', 'node,memdev=mem0',
                  '-device', 'vhost-user-blk-pci,chardev=c0,num-queues=1')
        self.assertTrue(self.state_of(worker)['is_running'])
        self.assert_silent()


if __name__ == '__main__':
    sys.exit(tap.main())
