# SPDX-License-Identifier: Apache-2.0
"""Machines that come and go, beside a fake worker: test_machines.py AGENT [PART OF A NAME]"""
import contextlib
import ctypes
import os
import pathlib
import resource
import shutil
import signal
import socket
import stat
import struct
import sys
import time
import unittest

import tap
from callers import freeze
from harness import Agent, PATIENCE, held_up, process_exists, until
from real import descriptors_of

PROGRAM = sys.argv[1]
SOCKET = 3
PORT = 65500
MOST = 1024
NOBODY = 65534
IN_ATTRIB, IN_CREATE = 0x4, 0x100
LINES_A_SECOND = 10
libc = ctypes.CDLL(None, use_errno=True)
MOMENT = 0.3  # seconds in which the agent would have noticed


def connect(path):
    """The path may be longer than a socket's."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    folder = os.open(pathlib.Path(path).parent, os.O_PATH)
    try:
        connection.connect(f'/proc/self/fd/{folder}/{pathlib.Path(path).name}')
    finally:
        os.close(folder)
    return connection


class Vmm:
    """As far as a host sees it: the socket at which one would be asked for the guest's ports."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.listener = pathlib.Path(f'{path}_{PORT}')
        self.path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(self.path.parent, os.O_PATH)
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(f'/proc/self/fd/{folder}/{self.path.name}')
        os.close(folder)

    def is_served(self):
        return self.listener.is_socket()

    def end(self):
        self.path.unlink()


class MachinesTest(unittest.TestCase):
    def setUp(self):
        self.agent = Agent(PROGRAM)
        self.addCleanup(self.agent.stop)
        self.machines = self.agent.folder / 'vms'
        self.machines.mkdir()

    def begin(self, *patterns, **start):
        patterns = patterns or [f'{self.machines}/*/vm.sock']
        options = [word for pattern in patterns
                   for word in ('--listen', f'hybrid-vsock://{pattern}?port={PORT}')]
        self.agent.start(*options, listen=False, **start)
        return self.agent.first_worker()

    def vmm(self, name='vm1', file='vm.sock'):
        return Vmm(self.machines / name / file)

    def served(self, *name):
        vmm = self.vmm(*name)
        until(vmm.is_served)
        return vmm

    def call(self, vmm):
        """The file is there a moment before somebody listens."""
        def connected():
            with contextlib.suppress(ConnectionRefusedError):
                return connect(vmm.listener)

        connection = until(connected)
        self.addCleanup(connection.close)
        return connection

    def assert_client(self, worker, vmm, name):
        """The worker is told whose it is."""
        self.call(vmm)
        kind, slot, peer = worker.tell('receive')
        self.assertEqual((kind, peer), (SOCKET, f'machine {name} (unix uid {os.getuid()} pid '
                                                f'{os.getpid()})'))
        worker.tell('closed', slot)

    def assert_logged(self, *parts):
        for part in parts:
            until(lambda: part in self.agent.log.read_text())

    def assert_logged_once(self, part):
        self.assert_logged(part)
        self.touch()
        time.sleep(MOMENT)
        self.assertEqual(self.agent.log.read_text().count(part), 1)

    def touch(self):
        """A change, after which the agent looks at everything."""
        (self.machines / 'change').write_text('')
        (self.machines / 'change').unlink()

    def processor_time(self):
        fields = pathlib.Path(f'/proc/{self.agent.process.pid}/stat').read_text().rsplit(')', 1)[1]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')


class TestComingAndGoing(MachinesTest):
    def test_machine_that_was_there(self):
        vmm = self.vmm()
        worker = self.begin()
        until(vmm.is_served)
        self.assert_client(worker, vmm, 'vm1')
        self.assert_logged(f'machine vm1 is there, its VMM at {vmm.path}',
                           f'listening beside {self.machines}/*/vm.sock, at port {PORT}')

    def test_machine_that_comes(self):
        worker = self.begin()
        vmm = self.served()
        self.assertEqual(stat.S_IMODE(vmm.listener.stat().st_mode), 0o600)
        self.assert_client(worker, vmm, 'vm1')

    def test_several(self):
        worker = self.begin()
        vmms = [self.vmm(f'vm{i}') for i in range(20)]
        for i, vmm in enumerate(vmms):
            until(vmm.is_served)
            self.assert_client(worker, vmm, f'vm{i}')

    def test_directories_that_come_one_by_one(self):
        deep = self.machines / 'a' / 'b'
        worker = self.begin(f'{deep}/*/c/*/d/vm.sock')
        for folder in (deep.parent, deep, deep / 'x', deep / 'x/c', deep / 'x/c/y', deep / 'x/c/y/d'):
            time.sleep(0.05)
            folder.mkdir()
        vmm = Vmm(deep / 'x/c/y/d/vm.sock')
        until(vmm.is_served)
        self.assert_client(worker, vmm, 'x/y')

    def test_directories_that_come_at_once(self):
        self.begin(f'{self.machines}/a/*/b/*/vm.sock')
        for i in range(50):
            vmm = Vmm(self.machines / f'a/{i}/b/{i}/vm.sock')
            until(vmm.is_served)

    def test_vmm_that_ends(self):
        self.begin()
        vmm = self.served()
        vmm.end()
        until(lambda: not vmm.listener.exists())
        self.assert_logged('machine vm1 is gone')

    def test_machine_that_comes_back(self):
        worker = self.begin()
        before = self.descriptors()
        for _ in range(3):
            vmm = self.served()
            self.assert_client(worker, vmm, 'vm1')
            shutil.rmtree(vmm.path.parent, ignore_errors=True)
            until(lambda: self.descriptors() == before)
        self.served().end()
        until(lambda: self.descriptors() == before)

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.agent.process.pid}/fd'))

    def test_machine_that_comes_back_at_once(self):
        worker = self.begin()
        for _ in range(30):
            vmm = self.vmm()
            shutil.rmtree(vmm.path.parent, ignore_errors=True)
        until(lambda: not vmm.path.parent.exists())
        vmm = self.served()
        self.assert_client(worker, vmm, 'vm1')

    def test_whole_tree_that_goes_and_comes_back(self):
        worker = self.begin()
        self.served()
        self.machines.rename(self.agent.folder / 'elsewhere')
        self.assert_logged('machine vm1 is gone')
        until(lambda: not (self.agent.folder / f'elsewhere/vm1/vm.sock_{PORT}').exists())
        self.assert_client(worker, self.served(), 'vm1')

    def test_machine_that_is_renamed(self):
        worker = self.begin()
        vmm = self.served()
        vmm.path.parent.rename(self.machines / 'other')
        self.assert_logged('machine other is there')
        moved = Vmm.__new__(Vmm)
        moved.listener = self.machines / 'other' / f'vm.sock_{PORT}'
        self.assert_client(worker, moved, 'other')

    def test_connections_outlive_the_listener(self):
        worker = self.begin()
        vmm = self.served()
        connection = self.call(vmm)
        _, slot, _ = worker.tell('receive')
        vmm.end()
        until(lambda: not vmm.listener.exists())
        worker.tell('send', slot, 'still here')
        self.assertEqual(connection.recv(100), b'still here')

    def test_listener_whose_file_was_removed(self):
        worker = self.begin()
        vmm = self.served()
        vmm.listener.unlink()
        until(vmm.is_served)
        self.assert_client(worker, vmm, 'vm1')

    def test_clients_wait_for_the_next_worker(self):
        worker = self.begin()
        vmm = self.served()
        worker.tell_last('die', signal.SIGKILL)
        until(lambda: not process_exists(worker.pid))
        self.assert_client(self.agent.ready_worker(), vmm, 'vm1')

    def test_connections_that_hold_up_who_closes_them(self):
        """They wait for a worker, as their machine goes."""
        worker = self.begin()
        leaves, stays = self.served('leaves'), self.served('stays')
        worker.tell_last('die', signal.SIGKILL)
        following = self.agent.worker()
        self.agent.take_descriptors()
        with held_up(self.call(leaves)):
            leaves.end()
            until(lambda: not leaves.listener.exists())
            following.become_ready()
            self.assert_client(following, stays, 'stays')

    def test_nothing_is_left(self):
        worker = self.begin()
        vmms = [self.served(f'vm{i}') for i in range(3)]
        (self.agent.folder / 'file').write_text('of another')
        (self.agent.folder / 'file').rename(vmms[1].listener)
        time.sleep(MOMENT)
        self.agent.signal(signal.SIGTERM)
        worker.tell_last('exit', 0)
        self.assertEqual(self.agent.wait(), 0)
        self.assertEqual([vmm.listener.exists() for vmm in vmms], [False, True, False])
        self.assertTrue(all(vmm.path.exists() for vmm in vmms))


class TestNames(MachinesTest):
    def test_path_without_a_pattern(self):
        path = self.machines / 'only.sock'
        worker = self.begin(path)
        vmm = Vmm(path)
        until(vmm.is_served)
        self.assert_client(worker, vmm, str(path))

    def test_several_addresses(self):
        worker = self.begin(f'{self.machines}/*/a.sock', f'{self.machines}/*/b.sock')
        for file in 'a.sock', 'b.sock':
            self.assert_client(worker, self.served('vm1', file), 'vm1')

    def test_other_files(self):
        self.begin()
        (self.machines / 'file').write_text('')
        (self.machines / 'empty').mkdir()
        self.vmm('.hidden')
        self.vmm('vm1', 'other.sock')
        self.served('last')
        self.assertFalse(list(self.machines.glob('.hidden/*_*')) + list(self.machines.glob('vm1/*_*')))
        self.assertNotIn('<warn>', self.agent.log.read_text())

    def test_long_paths(self):
        """The identifier of a container has 64 digits."""
        name = 64 * 'f'
        worker = self.begin(f'{self.machines}/*/root/kata.hvsock')
        vmm = Vmm(self.machines / name / 'root' / 'kata.hvsock')
        self.assertGreater(len(str(vmm.listener)), 107)
        until(vmm.is_served)
        self.assert_client(worker, vmm, name)

    def test_names_that_are_none(self):
        self.begin()
        for name in ('two\nlines', '\x1b[31m', 129 * 'x'):
            self.vmm(name)
        self.assert_logged_once('two\\x0alines: a machine\'s name has at most 128 bytes')
        self.assert_logged('\\x1b[31m: a machine')
        self.served(128 * 'y')
        self.assertEqual(len(list(self.machines.glob(f'*/*_{PORT}'))), 1)

    def test_names_that_are_too_long_together(self):
        worker = self.begin(f'{self.machines}/*/*/vm.sock')
        Vmm(self.machines / (64 * 'a') / (64 * 'b') / 'vm.sock')
        self.assert_logged_once(f'{64 * "b"}: a machine\'s name has at most 128 bytes')
        vmm = Vmm(self.machines / (64 * 'a') / (63 * 'b') / 'vm.sock')
        until(vmm.is_served)
        self.assert_client(worker, vmm, f'{64 * "a"}/{63 * "b"}')


class TestTrouble(MachinesTest):
    def test_links_are_not_followed(self):
        elsewhere = Vmm(self.agent.folder / 'elsewhere' / 'vm.sock')
        (self.machines / 'link').symlink_to(elsewhere.path.parent)
        (self.machines / 'vm1').mkdir()
        (self.machines / 'vm1/vm.sock').symlink_to(elsewhere.path)
        self.begin()
        self.assert_logged_once(f'{self.machines}/vm1/vm.sock is no socket of a VMM')
        self.served('last')
        self.assertFalse(elsewhere.is_served())

    def test_links_on_the_way(self):
        (self.agent.folder / 'link').symlink_to(self.machines)
        self.begin(f'{self.agent.folder}/link/*/vm.sock')
        self.assert_logged_once(f'{self.agent.folder}/link is no directory, or a link')
        (self.agent.folder / 'link').unlink()
        self.machines.rename(self.agent.folder / 'link')
        vmm = Vmm(self.agent.folder / 'link/vm1/vm.sock')
        until(vmm.is_served)

    def test_file_in_the_way(self):
        self.begin()
        (self.machines / 'vm1').mkdir()
        (self.machines / 'vm1' / f'vm.sock_{PORT}').write_text('keep me')
        vmm = self.vmm()
        self.assert_logged_once(f'machine vm1: cannot listen at {vmm.listener}: there is a file that is no')
        self.assertEqual(vmm.listener.read_text(), 'keep me')
        vmm.listener.unlink()
        until(vmm.is_served)

    def test_file_of_a_dead_agent(self):
        vmm = self.vmm()
        with socket.socket(socket.AF_UNIX) as past:
            past.bind(str(vmm.listener))
        worker = self.begin()
        self.assert_logged('machine vm1 is there')
        self.assert_client(worker, vmm, 'vm1')

    def test_another_agent(self):
        vmm = self.vmm()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(vmm.listener))
            other.listen()
            worker = self.begin()
            self.assert_logged_once('another process does')
        # It was killed: its file is there still.
        self.assert_logged('machine vm1 is there')
        self.assert_client(worker, vmm, 'vm1')

    def test_trouble_that_comes_back_is_told_again(self):
        self.begin()
        (self.machines / 'vm1').mkdir()
        for count in (1, 2):
            (self.machines / 'vm1/vm.sock').write_text('')
            until(lambda: self.agent.log.read_text().count('no socket of a VMM') == count)
            (self.machines / 'vm1/vm.sock').unlink()
            self.await_another_look()

    def await_another_look(self):
        """That which sees a machine may be an old one; that which misses it has begun since."""
        vmm = self.served('passing')
        vmm.end()
        until(lambda: not vmm.listener.exists())

    @unittest.skipIf(os.getuid(), 'only root can start an agent as somebody else')
    def test_directories_of_others(self):
        for path in (self.agent.folder, *self.agent.folder.iterdir()):
            path.chmod(0o777)
        self.machines.chmod(0o700)
        self.begin(user=NOBODY)
        self.assert_logged_once(f'cannot read {self.machines}: Permission denied')
        os.chown(self.machines, NOBODY, -1)
        vmm = self.vmm()
        os.chown(vmm.path.parent, NOBODY, -1)
        until(vmm.is_served)

    @unittest.skipIf(os.getuid(), 'only root can give files away')
    def test_vmm_of_another_user(self):
        folder = self.machines / 'vm1'
        folder.mkdir()
        os.chown(folder, 1234, 2345)
        self.begin()
        vmm = self.served()
        until(lambda: vmm.listener.stat().st_uid == 1234)
        self.assertEqual(vmm.listener.stat().st_gid, 2345)
        self.assertEqual(stat.S_IMODE(vmm.listener.stat().st_mode), 0o600)

    @unittest.skipIf(os.getuid(), 'only root makes files for others')
    def test_nothing_is_given_away(self):
        """What lies in a directory of others may be another file than a moment ago, and stays whose it is."""
        folder = self.machines / 'vm1'
        folder.mkdir()
        os.chown(folder, 1234, 2345)
        changes = os.fdopen(libc.inotify_init1(os.O_NONBLOCK), 'rb', buffering=0)
        self.addCleanup(changes.close)
        libc.inotify_add_watch(changes.fileno(), bytes(folder), IN_CREATE | IN_ATTRIB)
        self.begin()
        vmm = self.served()
        self.assert_logged('machine vm1 is there')
        time.sleep(MOMENT)
        kinds = set()
        events = changes.read(4096)
        while events:
            _, kind, _, length = struct.unpack_from('=iIII', events)
            kinds.add(kind)
            events = events[16 + length:]
        self.assertEqual(kinds, {IN_CREATE})
        self.assertEqual(vmm.listener.stat().st_uid, 1234)

    @unittest.skipIf(os.getuid(), 'only root makes files for others')
    def test_directory_that_its_owner_cannot_write(self):
        """The agent has no more rights there than he."""
        folder = self.machines / 'vm1'
        vmm = self.vmm()
        os.chown(folder, 1234, 2345)
        folder.chmod(0o555)
        self.begin()
        self.assert_logged_once(f'cannot listen at {vmm.listener}: Permission denied')
        folder.chmod(0o755)
        until(vmm.is_served)

    def test_links_to_files_of_others(self):
        """Whichever directory is read first."""
        worker = self.begin()
        vmm = self.served('vm5')
        inode = vmm.listener.stat().st_ino
        for i in (*range(5), *range(6, 10)):
            (self.machines / f'vm{i}').mkdir()
            os.link(vmm.listener, self.machines / f'vm{i}/vm.sock_{PORT}')
        for i in (*range(5), *range(6, 10)):
            self.vmm(f'vm{i}')
        self.assert_logged(*(f'machine vm{i}: cannot listen' for i in range(10) if i != 5))
        self.assertNotIn('machine vm5 is gone', self.agent.log.read_text())
        self.assertEqual(vmm.listener.stat().st_ino, inode)

    def test_troubles_that_come_and_go(self):
        """Who causes them at will does not fill the log."""
        begun = time.monotonic()
        self.begin()
        for i in range(20):
            (self.machines / f'vm{i}').mkdir()
        for _ in range(5):
            for i in range(20):
                (self.machines / f'vm{i}/vm.sock').write_text('')
            time.sleep(0.1)
            for i in range(20):
                (self.machines / f'vm{i}/vm.sock').unlink()
            time.sleep(0.1)
        seconds = int(time.monotonic() - begun) + 2
        self.assertLessEqual(self.agent.log.read_text().count('no socket of a VMM'), seconds * LINES_A_SECOND)

    def test_no_descriptors_to_look_with(self):
        """Who is not seen for want of them is not gone."""
        worker = self.begin()
        vmm = self.served()
        inode = vmm.listener.stat().st_ino
        before = resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE)
        until(lambda: self.has_run_out(before[1]))
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, before)
        self.served('vm2')
        self.assertNotIn('machine vm1 is gone', self.agent.log.read_text())
        self.assertEqual(vmm.listener.stat().st_ino, inode)
        self.assert_client(worker, vmm, 'vm1')

    def has_run_out(self, most):
        """Of descriptors. It may just have had some that it does not keep."""
        taken = {int(name) for name in os.listdir(f'/proc/{self.agent.process.pid}/fd')}
        free = min(set(range(len(taken) + 1)) - taken)
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, (free, most))
        self.touch()
        time.sleep(MOMENT)
        return 'Too many open files' in self.agent.log.read_text()

    def test_too_many(self):
        vmms = [self.vmm(f'{i}') for i in range(MOST + 3)]
        self.begin()
        self.assert_logged_once(f'there are more than {MOST} machines')
        self.assertEqual(sum(vmm.is_served() for vmm in vmms), MOST)
        for vmm in [vmm for vmm in vmms if vmm.is_served()][:3]:
            shutil.rmtree(vmm.path.parent)
            vmms.remove(vmm)
        until(lambda: all(vmm.is_served() for vmm in vmms))

    def test_directory_that_never_rests(self):
        worker = self.begin()
        vmm = self.served()
        before = self.processor_time()
        end = time.monotonic() + 1
        while time.monotonic() < end:
            self.touch()
        self.assertLess(self.processor_time() - before, 0.5)
        self.assert_client(worker, vmm, 'vm1')

    def test_agent_that_stands_still_while_it_looks(self):
        """Who comes then does not wait for ten times as long."""
        worker = self.begin()
        for i in range(100):
            (self.machines / f'vm{i}').mkdir()
        until(self.is_frozen_while_it_looks)
        time.sleep(0.15 * PATIENCE)
        self.agent.signal(signal.SIGCONT)
        self.assert_client(worker, self.served('last'), 'last')

    def is_frozen_while_it_looks(self):
        """Then it has the directory of a machine open."""
        self.touch()
        freeze(self.agent.process.pid)
        if any('/vms/vm' in what for what in descriptors_of(self.agent.process.pid)):
            return True
        self.agent.signal(signal.SIGCONT)
        return False

    def test_nothing_is_done_while_nothing_changes(self):
        self.begin()
        self.served()
        time.sleep(MOMENT)
        before = self.processor_time()
        time.sleep(1)
        self.assertLess(self.processor_time() - before, 0.1)


if __name__ == '__main__':
    sys.exit(tap.main())
