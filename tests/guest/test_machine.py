# SPDX-License-Identifier: Apache-2.0
"""The reference unikernel's machine: what boots, what is found, and how it ends.

test_machine.py IMAGE:LINUX_BOOT [PATTERN]
"""
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import time
import unittest

import qemu
import tap
from fake_device import FakeDevice

IMAGE, LINUX_BOOT = sys.argv[1].split(':')
PLAIN = {
    'q35': ['-M', 'q35'],
    'pc': ['-M', 'pc'],
    'microvm': ['-M', 'microvm'],
    'microvm-noacpi': ['-M', 'microvm,acpi=off'],
}


def boot(machine, words, *options, megabytes=16):
    return qemu.boot(IMAGE, words, [*PLAIN[machine], '-m', f'{megabytes}M', *options])


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix='guest')))


class TestBoot(Folder):
    def test_words(self):
        for machine in PLAIN:
            with self.subTest(machine):
                run = boot(machine, 'A=1 B="two  words" C=a A=2 D -- E=5 "a \\"b\\" c" env:A env:B env:E')
                self.assertEqual(run.status, 0, run.output)
                words = re.findall(r"^argv\[\d+\] '(.*)'$", run.output, re.MULTILINE)
                self.assertEqual(words[:5], ['vaccel', 'D', '--', 'E=5', 'a "b" c'])
                self.assertIn('\nA 2\nB two  words\nE is not set\n', run.output)

    def test_words_behind_dashes(self):
        run = boot('q35', 'A=1 -- B=2 env:A env:B')
        self.assertIn("argv[1] 'B=2'", run.output)
        self.assertIn('\nA 1\nB is not set\n', run.output)

    def test_linux_protocol(self):
        """By way of a program that boots the image as a monitor would."""
        root = self.folder / 'root'
        root.mkdir()
        shutil.copy(IMAGE, root / 'machine.elf')
        initrd = qemu.archive(root, self.folder / 'files.cpio')
        for machine in ('q35', 'microvm'):
            with self.subTest(machine):
                run = qemu.boot(LINUX_BOOT, 'machine.elf A=1 B env:A files memory sleep exit:5', [
                    *PLAIN[machine], '-m', '128M', '-initrd', initrd])
                self.assertEqual(run.status, 5, run.output)
                self.assertIn("argv[1] 'B'", run.output)
                self.assertIn('\nA 1\nfile machine.elf\nmemory ', run.output)

    def test_too_many_words(self):
        run = boot('q35', 'x ' * 200)
        self.assertEqual(run.status, 20, run.output)
        self.assertIn('more than 128', run.output)

    def test_status(self):
        for machine in ('q35', 'microvm'):
            for status, told in ((0, 0), (1, 1), (19, 19), (20, 20), (134, 20), (-1, 20)):
                with self.subTest(machine=machine, status=status):
                    self.assertEqual(boot(machine, f'exit:{status}').status, told)

    def test_status_without_the_device(self):
        image = ['-accel', 'tcg', '-nodefaults', '-display', 'none', '-serial', 'stdio', '-no-reboot']
        for machine in ('q35', 'microvm'):
            run = qemu.run([*image, *PLAIN[machine], '-m', '16M', '-kernel', IMAGE, '-append', 'exit:7'])
            self.assertEqual(run.code, 0, run.output)
            self.assertTrue(run.output.endswith('exit status 07\n'), run.output)

    def test_exceptions(self):
        for kind, pattern in (('null', 'exception 0x0*e at .*, code 0x0*2, .*, address 0x0*$'),
                              ('text', 'exception 0x0*e at .*, code 0x0*3, '),
                              ('stack', 'exception 0x0*e at .*, code 0x0*2, '),
                              ('code', 'exception 0x0*6 at 0x0*1.....,')):
            for machine in ('q35', 'microvm'):
                with self.subTest(machine=machine, kind=kind):
                    run = boot(machine, f'fault:{kind}')
                    self.assertEqual(run.status, 20, run.output)
                    self.assertRegex(run.output, re.compile(pattern, re.MULTILINE))


class TestMemory(Folder):
    def test_little(self):
        for machine in PLAIN:
            with self.subTest(machine):
                run = boot(machine, 'memory', megabytes=4)
                self.assertEqual(run.status, 0, run.output)
                found = int(re.search(r'^memory (\d+) KiB', run.output, re.MULTILINE)[1])
                self.assertGreater(found, 2048)

    def test_above_four_gib(self):
        """Memory that is never touched costs the host nothing: only its beginning and end are."""
        for machine in ('q35', 'microvm'):
            run = boot(machine, 'large', megabytes=9 * 1024)
            self.assertEqual(run.status, 0, run.output)
            found = int(re.search(r'^large (\d+) MiB', run.output, re.MULTILINE)[1])
            self.assertGreater(found, 5 * 1024)

    def test_files(self):
        root = self.folder / 'root'
        (root / 'folder').mkdir(parents=True)
        (root / 'a.txt').write_text('hello')
        (root / 'folder' / 'b').write_bytes(bytes(300000))
        initrd = qemu.archive(root, self.folder / 'files.cpio')
        for machine in PLAIN:
            with self.subTest(machine):
                run = boot(machine, 'files memory', '-initrd', initrd, megabytes=5)
                self.assertEqual(run.status, 0, run.output)
                self.assertIn('file a.txt\nfile folder\n', run.output)


class TestClock(Folder):
    def test_sleep(self):
        for machine in PLAIN:
            with self.subTest(machine):
                run = boot(machine, 'sleep')
                slept, now = re.search(r'^slept 200 ms in (\d+) us at (\d+)$', run.output,
                                       re.MULTILINE).groups()
                self.assertGreaterEqual(int(slept), 200000)
                self.assertLess(abs(int(now) - time.time()), 60)

    def test_rate(self):
        """The guest's idea of four seconds is the host's, but for how long QEMU takes to begin and to end."""
        start = time.monotonic()
        boot('q35', 'sleep ' * 20)
        seconds = time.monotonic() - start
        self.assertGreaterEqual(seconds, 4)
        self.assertLess(seconds, 40)


class TestDevice(Folder):
    def start(self, machine, *options, words='device:200', **device):
        fake = FakeDevice(self.folder / f'{machine}.sock', **device)
        fake.start()
        run = qemu.boot(IMAGE, words, [*qemu.shared_memory(machine, 32), *options,
                                       *qemu.carrier(machine, fake.listener.getsockname())])
        fake.join(10)
        self.assertIsNone(fake.error)
        return run

    def disk(self, machine):
        path = self.folder / 'disk'
        path.write_bytes(bytes(1 << 20))
        return ['-drive', f'if=none,id=disk,file={path},format=raw', '-device',
                f'{qemu.DISK[machine]},drive=disk']

    def test_none(self):
        for machine in PLAIN:
            with self.subTest(machine):
                self.assertIn('device none\n', boot(machine, 'device:1').output)

    def test_carrier(self):
        """Slow enough for the guest to sleep meanwhile."""
        for machine in PLAIN:
            with self.subTest(machine):
                run = self.start(machine, delay=0.001)
                self.assertEqual(run.status, 0, run.output)
                self.assertIn('exchanged 200, ', run.output)
                self.assertIn('interrupts arrive\nagain, error 0\n', run.output)

    def test_beside_a_disk(self):
        for machine in PLAIN:
            with self.subTest(machine):
                run = self.start(machine, *self.disk(machine))
                self.assertEqual(run.status, 0, run.output)
                self.assertIn('exchanged 200, ', run.output)

    def test_disk_alone(self):
        for machine in PLAIN:
            with self.subTest(machine):
                self.assertIn('device none\n', self.start(machine, config=b'').output)

    def test_of_another_version(self):
        run = self.start('q35', config=b'VACL\2\0')
        self.assertIn('is an accelerator of version 2', run.output)
        self.assertIn('device none\n', run.output)

    def test_without_msix(self):
        run = self.start('q35', '-global', 'vhost-user-blk-pci.vectors=0')
        self.assertEqual(run.status, 0, run.output)
        self.assertIn('exchanged 200, ', run.output)
        self.assertIn('interrupts do not arrive\n', run.output)

    def test_behind_a_bridge(self):
        fake = FakeDevice(self.folder / 'bridge.sock')
        fake.start()
        run = qemu.boot(IMAGE, 'device:20', [
            *qemu.shared_memory('q35', 32), '-device', 'pcie-root-port,id=root1,chassis=1',
            *qemu.carrier('q35', fake.listener.getsockname(), ',bus=root1')])
        self.assertEqual(run.status, 0, run.output)
        self.assertRegex(run.output, r'device virtio-pci 0[1-9]:00\.0')

    def test_ecam(self):
        """By which way PCI is found, and that all else is then found by it."""
        for machine, way in (('q35', 'ECAM'), ('pc', 'ports')):
            with self.subTest(machine):
                run = self.start(machine, *self.disk(machine), words='BOOT_REPORT=1 device:200', delay=0.001)
                self.assertEqual(run.status, 0, run.output)
                self.assertIn(f'\npci: by {way}\n', run.output)
                self.assertIn('interrupts arrive\nagain, error 0\n', run.output)

    def test_ecam_that_is_not_there(self):
        """The table is right, but nothing is where it says."""
        table = self.folder / 'mcfg'
        table.write_bytes(struct.pack('<8xQHBB4x', 0xd0000000, 0, 0, 255))
        run = self.start('pc', '-acpitable', f'sig=MCFG,data={table}', words='BOOT_REPORT=1 device:1')
        self.assertEqual(run.status, 0, run.output)
        self.assertIn('\npci: by ports\n', run.output)

    def test_ecam_without_ports(self):
        """There nobody gave the device an address. The tables are this test's, the machine has none."""
        root = self.folder / 'root'
        root.mkdir()
        shutil.copy(IMAGE, root / 'machine.elf')
        run = qemu.boot(LINUX_BOOT, 'ECAM=0xe0000000 machine.elf BOOT_REPORT=1 device:1', [
            '-M', 'microvm,pcie=on', '-m', '128M', '-device', 'virtio-rng-pci', *self.disk('q35'),
            '-initrd', qemu.archive(root, self.folder / 'files.cpio')])
        self.assertEqual(run.status, 0, run.output)
        self.assertIn('\npci: by ECAM\n', run.output)
        self.assertRegex(run.output, r'virtio-pci 00:0\d\.0 has no address: ')
        self.assertIn('device none\n', run.output)

    def test_slots_beside_ecam(self):
        fake = FakeDevice(self.folder / 'slots.sock')
        fake.start()
        root = self.folder / 'root'
        root.mkdir()
        shutil.copy(IMAGE, root / 'machine.elf')
        run = qemu.boot(LINUX_BOOT, 'ECAM=0xe0000000 machine.elf BOOT_REPORT=1 device:20', [
            *qemu.shared_memory('microvm', 128), '-M', 'pcie=on',
            *qemu.carrier('microvm', fake.listener.getsockname()),
            '-initrd', qemu.archive(root, self.folder / 'files.cpio')])
        self.assertEqual(run.status, 0, run.output)
        self.assertIn('\npci: by ECAM\n', run.output)
        self.assertIn('device virtio-mmio', run.output)

    def named(self, *places):
        """A microvm that tells nothing of its devices by itself, neither in tables nor by words."""
        words = ' '.join(f'virtio_mmio.device={place}' for place in places)
        return self.start('microvm-noacpi', '-M', 'auto-kernel-cmdline=off',
                          words=f'device:200 pci=off {words}', delay=0.001)

    def test_windows_that_the_command_line_names(self):
        """As Firecracker writes them: 4 KiB each from 0xc0001000 on, where QEMU has nothing."""
        run = self.named('4K@0xc0001000:5', '4K@0xc0002000:6', '4K@0xfeb00e00:12')
        self.assertEqual(run.status, 0, run.output)
        self.assertIn('device virtio-mmio 0xfeb00e00\n', run.output)
        self.assertIn('interrupts arrive\nagain, error 0\n', run.output)

    def test_line_that_the_command_line_names(self):
        """It is believed: at another line nothing arrives, and the queue is looked at from time to time."""
        run = self.named('4K@0xfeb00e00:5')
        self.assertEqual(run.status, 0, run.output)
        self.assertIn('exchanged 200, ', run.output)
        self.assertIn('interrupts do not arrive\n', run.output)

    def test_legacy_mmio(self):
        run = self.start('microvm', '-global', 'virtio-mmio.force-legacy=true')
        self.assertIn('force-legacy=false', run.output)


if __name__ == '__main__':
    qemu.need()
    sys.exit(tap.main())
