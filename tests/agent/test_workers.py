# SPDX-License-Identifier: Apache-2.0
"""How the broker's workers end, and the broker: test_workers.py AGENT [PART OF A NAME]"""
import ctypes
import os
import resource
import signal
import socket
import sys
import time

import tap
from broker_case import BrokerTest
from callers import freeze
from harness import held_up, process_exists, read_goodbye, receive_all, until

SOCKET = 3
DRAIN = 5
MNT_DETACH = 2
EBACKEND = 71
TWO_TURNS = 128  # messages that the broker hears of a worker in two turns
libc = ctypes.CDLL(None, use_errno=True)


class TestWorkerDies(BrokerTest):
    def test_clients_are_told(self):
        worker = self.begin()
        connection = self.connect()
        worker.tell('receive')
        worker.tell_last('die', signal.SIGSEGV)
        status, sentence = read_goodbye(connection)
        self.assertEqual(status, EBACKEND)
        self.assertIn('signal 11 (Segmentation fault)', sentence)
        self.assertIn('begin a new session', sentence)
        self.assert_logged(f'worker {worker.pid} died of signal 11 (Segmentation fault); '
                           'connections that it had: 1')

    def test_nothing_follows_half_a_message(self):
        worker = self.begin()
        connection = self.connect()
        other = self.connect()
        worker.tell('receive'), worker.tell('receive')
        worker.tell('sending', 0, 1)
        worker.tell('send', 0, 'half a ')
        worker.tell_last('die', signal.SIGKILL)
        self.assertEqual(receive_all(connection), b'half a ')
        self.assertIn('signal 9 (Killed)', read_goodbye(other)[1])

    def test_status_is_told(self):
        worker = self.begin()
        connection = self.connect()
        worker.tell('receive')
        worker.tell_last('exit', 5)
        self.assertIn('ended with status 5', read_goodbye(connection)[1])

    def test_connections_that_it_did_not_take_yet(self):
        worker = self.begin()
        before = self.descriptors()
        connection = self.connect()
        until(lambda: self.descriptors() > before)
        worker.tell_last('die', signal.SIGABRT)
        self.assertIn('signal 6 (Aborted)', read_goodbye(connection)[1])

    def test_why_it_leaves_is_told_if_it_does_not_end_in_time(self):
        worker = self.begin()
        connection = self.connect()
        worker.tell('receive')
        worker.tell('fault')
        self.assertIn('a plugin in it can do nothing more', read_goodbye(connection)[1])
        self.agent.ready_worker()

    def test_next_worker_serves_at_once(self):
        worker = self.begin()
        self.connect()
        worker.tell('receive')
        worker.tell('sending', 0, 1)
        worker.tell_last('die', signal.SIGSEGV)
        self.assert_logged(f'worker {worker.pid} died')
        waiting = self.connect()
        following = self.agent.worker()
        following.become_ready()
        self.assertNotEqual(following.pid, worker.pid)
        self.assertEqual(following.tell('receive')[:2], [SOCKET, 0])
        self.assertEqual(following.tell('is_sending', 0), 0)
        following.tell('send', 0, 'served')
        self.assertEqual(waiting.recv(100), b'served')

    def test_every_worker_serves_at_once(self):
        worker = self.begin()
        for _ in range(5):
            worker.tell_last('die', signal.SIGKILL)
            worker = self.agent.worker()
            worker.become_ready()
        self.assertNotIn('is started in', self.agent.log.read_text())

    def test_run_directory_is_removed(self):
        worker = self.begin()
        worker.tell('write', 'vaccel/session.1/file')
        (worker.run_directory / 'link').symlink_to(self.agent.folder)
        worker.tell_last('die', signal.SIGKILL)
        following = self.agent.worker()
        until(lambda: list(self.agent.runtime.iterdir()) == [following.run_directory])
        self.assertTrue(self.agent.program.exists())

    def mount_what_does_not_answer(self, directory):
        """Who looks into it waits until the file that is returned is closed."""
        directory.mkdir()
        try:
            fuse = open('/dev/fuse', 'rb+', buffering=0)
        except OSError as error:
            self.skipTest(f'no file system of its own can be made: {error}')
        self.addCleanup(fuse.close)
        options = f'fd={fuse.fileno()},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}'
        if libc.mount(b'silent', bytes(directory), b'fuse', 0, options.encode()):
            self.skipTest(f'no file system can be mounted: {os.strerror(ctypes.get_errno())}')
        self.addCleanup(libc.umount2, bytes(directory), MNT_DETACH)
        return fuse

    def test_run_directory_that_takes_long_to_remove(self):
        worker = self.begin()
        silent = self.mount_what_does_not_answer(worker.run_directory / 'silent')
        worker.tell_last('die', signal.SIGKILL)
        following = self.agent.ready_worker()
        self.assertEqual(following.tell('receive')[0] if self.connect() else None, SOCKET)
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(following.tell('receive')[0], DRAIN)
        following.tell_last('exit', 0)
        until(lambda: not following.run_directory.exists())
        self.assertIsNone(self.agent.process.poll())
        silent.close()
        self.assertEqual(self.agent.wait(), 0)
        self.assert_logged(f'cannot remove {worker.run_directory}')

    def test_processes_that_it_began_are_ended(self):
        worker = self.begin()
        child = worker.tell('child')
        self.assertTrue(process_exists(child))
        worker.tell_last('die', signal.SIGKILL)
        until(lambda: not process_exists(child))

    def test_pause_grows_while_none_becomes_ready(self):
        worker = self.begin()
        worker.tell_last('die', signal.SIGKILL)
        self.agent.worker().tell_last('exit', 1)
        self.assert_logged('the next worker is started in 1 s')
        self.agent.worker().tell_last('exit', 1)
        self.assert_logged('the next worker is started in 2 s')
        worker = self.agent.ready_worker()
        worker.tell_last('exit', 1)
        self.agent.worker().tell_last('exit', 1)
        until(lambda: self.agent.log.read_text().count('is started in 1 s') == 2)

    def test_worker_that_cannot_be_started(self):
        worker = self.begin()
        broker = self.agent.process.pid
        before = resource.prlimit(broker, resource.RLIMIT_NOFILE)
        resource.prlimit(broker, resource.RLIMIT_NOFILE, (3, before[1]))
        worker.tell_last('die', signal.SIGKILL)
        self.assert_logged('cannot start the worker: Too many open files',
                           'the next worker is started in 1 s')
        resource.prlimit(broker, resource.RLIMIT_NOFILE, before)
        following = self.agent.ready_worker()
        until(lambda: list(self.agent.runtime.iterdir()) == [following.run_directory])

    def test_stop_between_two_workers(self):
        worker = self.begin()
        worker.tell_last('die', signal.SIGKILL)
        self.agent.worker().tell_last('exit', 1)
        self.assert_logged('the next worker is started in')
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0)

    def test_worker_that_hears_no_more_is_ended(self):
        worker = self.begin()
        connection = self.connect()
        worker.tell('receive')
        worker.tell_last('deafen')
        self.assertIn('signal 9', read_goodbye(connection)[1])
        self.agent.ready_worker()

    def test_worker_that_breaks_the_protocol_is_ended(self):
        worker = self.begin()
        worker.tell_last('say', 5)
        self.agent.ready_worker()
        self.assertFalse(process_exists(worker.pid))

    def is_heard_in_time(self, length):
        worker = self.begin()
        self.agent.take_descriptors()
        connection = self.connect()
        slot = worker.tell('receive')[1]
        with held_up(connection):
            freeze(self.agent.process.pid)
            worker.tell('pass_on', slot, length)
            self.agent.signal(signal.SIGCONT)
            self.agent.signal(signal.SIGTERM)
            self.assert_logged('told to stop')
            self.agent.signal(signal.SIGTERM)
            self.assertEqual(self.agent.wait(), 0)

    def test_worker_that_holds_up_who_hears_it(self):
        self.is_heard_in_time(264)

    def test_worker_that_holds_up_who_hears_nothing(self):
        self.is_heard_in_time(0)

    def test_worker_that_holds_up_who_closes_its_socket(self):
        """What comes behind the rubbish is not read."""
        worker = self.begin()
        self.agent.take_descriptors()
        connection = self.connect()
        slot = worker.tell('receive')[1]
        with held_up(connection):
            freeze(self.agent.process.pid)
            worker.tell('say', 1)
            worker.tell('pass_on', slot, 1)
            self.agent.signal(signal.SIGCONT)
            self.agent.ready_worker()


class TestStop(BrokerTest):
    def assert_nothing_left(self, *workers):
        self.assertEqual(list(self.agent.runtime.iterdir()), [])
        self.assertFalse(self.agent.path.exists())
        for worker in workers:
            self.assertFalse(process_exists(worker.pid))

    def stop_by(self, number):
        worker = self.begin()
        connection = self.connect()
        worker.tell('receive')
        worker.tell('write', 'file')
        self.agent.signal(number)
        self.assertEqual(worker.tell('receive')[0], DRAIN)
        self.assertRaises(OSError, self.agent.connect)
        worker.tell('send', 0, 'the last answer')
        self.assertEqual(connection.recv(100), b'the last answer')
        worker.tell('closed', 0)
        worker.tell_last('exit', 0)
        self.assertEqual(self.agent.wait(), 0)
        self.assert_nothing_left(worker)
        self.assertNotIn('<error>', self.agent.log.read_text())
        self.assertNotIn('<warn>', self.agent.log.read_text())

    def test_terminate(self):
        self.stop_by(signal.SIGTERM)

    def test_interrupt(self):
        self.stop_by(signal.SIGINT)

    def test_calls_that_do_not_end(self):
        worker = self.begin(*self.config('[timeouts]\ndrain_ms = 1\n'))
        connection = self.connect()
        worker.tell('receive')
        self.agent.signal(signal.SIGTERM)
        status, sentence = read_goodbye(connection)
        self.assertEqual(status, EBACKEND)
        self.assertIn('stopped before', sentence)
        self.assertEqual(self.agent.wait(), 0)
        self.assert_nothing_left(worker)
        self.assert_logged('before all calls had ended')

    def test_many_connections_end_at_once(self):
        worker = self.begin()
        connections = [self.connect() for _ in range(TWO_TURNS + 10)]
        for _ in connections:
            worker.tell('receive')
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(worker.tell('receive')[0], DRAIN)
        freeze(self.agent.process.pid)
        for slot in range(len(connections)):
            worker.tell('closed', slot)
        worker.tell_last('exit', 0)
        until(lambda: not process_exists(worker.pid))
        self.agent.signal(signal.SIGCONT)
        self.assertEqual(self.agent.wait(), 0)
        self.assertNotIn('<warn>', self.agent.log.read_text())

    def test_second_signal_stops_at_once(self):
        worker = self.begin(*self.config('[timeouts]\ndrain_ms = 86400000\n'))
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(worker.tell('receive')[0], DRAIN)
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0)
        self.assert_nothing_left(worker)

    def test_before_the_worker_is_ready(self):
        self.agent.start()
        worker = self.agent.worker()
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0)
        self.assert_nothing_left(worker)

    def test_connection_that_holds_up_who_closes_it(self):
        self.agent.start()
        worker = self.agent.worker()
        until(self.agent.path.exists)
        self.agent.take_descriptors()
        with held_up(self.connect()):
            self.agent.signal(signal.SIGTERM)
            self.assertEqual(self.agent.wait(), 0)
        self.assert_nothing_left(worker)

    def test_worker_that_dies_while_it_finishes(self):
        worker = self.begin()
        connection = self.connect()
        worker.tell('receive')
        self.agent.signal(signal.SIGTERM)
        worker.tell('receive')
        worker.tell_last('die', signal.SIGSEGV)
        self.assertEqual(read_goodbye(connection)[0], EBACKEND)
        self.assertEqual(self.agent.wait(), 0)
        self.assert_nothing_left(worker)

    def test_worker_that_is_busy_hears_of_it(self):
        worker = self.begin(*self.config('[limits]\nconnections = 4096\n'))
        for _ in range(400):
            self.connect()
        time.sleep(0.2)
        self.agent.signal(signal.SIGTERM)
        self.assert_logged('told to stop')
        while worker.tell('receive')[0] != DRAIN:
            pass
        worker.tell_last('exit', 0)
        self.assertEqual(self.agent.wait(), 0)

    def test_socket_file_of_another_stays(self):
        self.begin()
        self.agent.path.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.agent.path))
            self.agent.signal(signal.SIGTERM)
            self.assert_logged('told to stop')
            self.agent.signal(signal.SIGTERM)
            self.assertEqual(self.agent.wait(), 0)
        self.assertTrue(self.agent.path.exists())

    def test_broker_that_is_killed(self):
        worker = self.begin()
        self.agent.signal(signal.SIGKILL)
        self.agent.wait()
        self.assertIsNone(worker.tell('receive'))


if __name__ == '__main__':
    sys.exit(tap.main())
