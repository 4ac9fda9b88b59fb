# SPDX-License-Identifier: Apache-2.0
"""Starting the broker, and connections with it, beside a fake worker: test_broker.py AGENT [PART OF A NAME]"""
import os
import pathlib
import re
import resource
import signal
import socket
import stat
import sys
import time

import tap
from broker_case import BrokerTest, PROGRAM
from harness import Agent, PATIENCE, SO_PASSRIGHTS, read_goodbye, receive_all, until

READY = 2
SOCKET = 3
EUSERS = 87
LINES_A_SECOND = 10


class TestStart(BrokerTest):
    def test_settings_arrive(self):
        self.agent.start('--allow-exec', plugins='blas:opencv')
        settings = self.agent.worker().settings()
        self.assertEqual(settings['plugins'], 'blas:opencv')
        self.assertEqual(settings['listen'], [self.agent.address])
        self.assertTrue(settings['allow_exec'])
        self.assertFalse(settings['allow_kernels'])

    def test_worker_gets_no_more_than_it_needs(self):
        self.agent.start(environment={'VACCEL_PLUGINS': 'other'}, pass_fds=[self.spare()])
        worker = self.agent.worker()
        self.assertEqual([fd for fd in worker.about['descriptors'] if fd < 5], [0, 1, 2, 3, 4])
        self.assertLessEqual(len(worker.about['descriptors']), 6)  # it lists its own folder
        self.assertEqual(worker.about['stdin'], '/dev/null')
        self.assertEqual(worker.about['blocked'], [])
        self.assertEqual(worker.about['group'], worker.pid)
        self.assertNotIn('VACCEL_PLUGINS', worker.about['environment'])
        self.assertNotIn('NOTIFY_SOCKET', worker.about['environment'])

    def spare(self):
        fd = os.open('/dev/null', os.O_RDONLY)
        self.addCleanup(os.close, fd)
        return fd

    def test_started_without_standard_descriptors(self):
        def close_all():
            os.closerange(0, 3)
        self.agent.start(preexec_fn=close_all)
        worker = self.agent.worker()
        worker.become_ready()
        self.assertEqual(worker.tell('receive') if self.connect() else None,
                         [SOCKET, 0, f'unix uid {os.getuid()} pid {os.getpid()}'])

    def test_run_directory_is_private(self):
        self.agent.start()
        worker = self.agent.worker()
        directory = worker.run_directory
        self.assertEqual(directory.parent, self.agent.runtime)
        self.assertEqual(worker.about['environment']['TMPDIR'], str(directory))
        self.assertEqual(stat.S_IMODE(directory.stat().st_mode), 0o700)

    def test_run_directory_elsewhere(self):
        self.agent.start(environment={'XDG_RUNTIME_DIR': '/no/such/directory'})
        worker = self.agent.worker()
        self.assertIn(worker.run_directory.parent,
                      [pathlib.Path('/tmp'), pathlib.Path(f'/run/user/{os.getuid()}')])
        worker.become_ready()
        self.agent.signal(signal.SIGTERM)
        worker.close()
        self.assertEqual(self.agent.wait(), 0)
        self.assertFalse(worker.run_directory.exists())

    def test_service_manager_is_told_when_the_worker_is_ready(self):
        self.agent.start()
        worker = self.agent.worker()
        self.agent.notified.settimeout(0.2)
        self.assertRaises(TimeoutError, self.agent.notified.recv, 100)
        self.agent.notified.settimeout(PATIENCE)
        worker.become_ready()
        self.assertEqual(self.agent.notified.recv(100), b'READY=1')
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.notified.recv(100), b'STOPPING=1')

    def test_service_manager_is_not_told_of_a_worker_that_is_ready_too_late(self):
        self.agent.start()
        worker = self.agent.worker()
        self.agent.signal(signal.SIGSTOP)
        worker.become_ready()
        self.agent.signal(signal.SIGTERM)
        self.agent.signal(signal.SIGCONT)
        self.assertEqual(self.agent.notified.recv(100), b'STOPPING=1')
        worker.close()
        self.assertEqual(self.agent.wait(), 0)
        self.agent.notified.settimeout(0)
        self.assertRaises(BlockingIOError, self.agent.notified.recv, 100)

    def test_service_manager_at_an_abstract_address(self):
        name = f'agent-test-{os.getpid()}'
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind('\0' + name)
            listening.settimeout(PATIENCE)
            self.begin(environment={'NOTIFY_SOCKET': '@' + name})
            self.assertEqual(listening.recv(100), b'READY=1')

    def test_service_manager_that_is_not_there(self):
        for path in ('/no/such/socket', '/' + 'x' * 200):
            self.begin(environment={'NOTIFY_SOCKET': path})
            self.assert_logged('<warn>', path)
            self.agent.signal(signal.SIGKILL)
            self.agent.wait()

    def test_addresses_are_logged(self):
        self.begin('--listen', 'tcp://127.0.0.1:0')
        self.assert_logged('listening at tcp://127.0.0.1:', f'listening at {self.agent.address}')
        self.assertNotIn(':0\n', self.agent.log.read_text())
        self.assertRegex(self.agent.log.read_text(),
                         r'(?m)^\d{4}\.\d\d\.\d\d-\d\d:\d\d:\d\d\.\d\d - <info> agent: listening at ')

    def test_socket_file_is_private(self):
        self.begin()
        self.assertEqual(stat.S_IMODE(self.agent.path.stat().st_mode), 0o600)

    def test_address_in_use(self):
        worker = self.begin()
        status, _, said = self.agent.run('--plugins', 'noop', '--listen', 'tcp://127.0.0.1:0',
                                         '--listen', self.agent.address)
        self.assertEqual(status, 1)
        self.assertIn(f'cannot listen at {self.agent.address}: another process does', said)
        self.connect()
        self.assertEqual(worker.tell('receive')[0], SOCKET)

    def test_stale_socket_file(self):
        with socket.socket(socket.AF_UNIX) as past:
            past.bind(str(self.agent.path))
        self.begin()
        self.connect()

    def test_no_listener_stays_if_one_fails(self):
        status, _, _ = self.agent.run('--plugins', 'noop', '--listen', self.agent.address,
                                      '--listen', 'unix:///no/such/folder/socket')
        self.assertEqual(status, 1)
        self.assertFalse(self.agent.path.exists())

    def test_worker_that_ends_before_it_is_ready(self):
        self.agent.start()
        self.agent.worker().tell_last('exit', 3)
        self.assertEqual(self.agent.wait(), 1)
        self.assert_logged('ended with status 3', 'the first worker was not ready')
        self.assert_nothing_left()

    def test_worker_that_is_not_there(self):
        installed = re.search(rb'/[^\0]*libexec/vaccel', pathlib.Path(PROGRAM).read_bytes())
        if installed and pathlib.Path(installed.group().decode(), 'vaccel-worker').exists():
            self.skipTest('a worker is installed on this machine')
        agent = Agent(PROGRAM, worker=None)
        self.addCleanup(agent.stop)
        status, _, said = agent.run('--plugins', 'noop', '--listen', agent.address)
        self.assertEqual(status, 1)
        self.assertIn('vaccel-worker: No such file or directory', said)

    def assert_nothing_left(self):
        self.assertEqual(list(self.agent.runtime.iterdir()), [])
        self.assertFalse(self.agent.path.exists())


class TestConnections(BrokerTest):
    def test_unix_socket_is_handed_over(self):
        worker = self.begin()
        connection = self.connect()
        peer = f'unix uid {os.getuid()} pid {os.getpid()}'
        self.assertEqual(worker.tell('receive'), [SOCKET, 0, peer])
        worker.tell('send', 0, 'hello')
        self.assertEqual(connection.recv(100), b'hello')

    def test_tcp_socket_is_handed_over(self):
        for family, host, shown in ((socket.AF_INET, '127.0.0.1', '127.0.0.1'),
                                    (socket.AF_INET6, '::1', '[::1]')):
            with self.subTest(host):
                worker = self.begin('--listen', f'tcp://{shown}:0', listen=False)
                log = self.agent.log.read_text()
                port = int(log.rsplit(f'listening at tcp://{shown}:', 1)[1].split()[0])
                with socket.socket(family) as connection:
                    connection.connect((host, port))
                    own = connection.getsockname()[1]
                    self.assertEqual(worker.tell('receive'), [SOCKET, 0, f'tcp {shown}:{own}'])
                self.agent.signal(signal.SIGKILL)
                self.agent.wait()

    def test_none_is_accepted_before_the_worker_is_ready(self):
        self.agent.start()
        worker = self.agent.worker()
        worker.settings()
        connections = [self.connect() for _ in range(3)]
        worker.tell('ready')
        self.assertEqual([worker.tell('receive')[:2] for _ in connections],
                         [[SOCKET, 0], [SOCKET, 1], [SOCKET, 2]])

    def test_slots_are_used_again(self):
        worker = self.begin()
        first = self.connect()
        self.connect()
        self.assertEqual([worker.tell('receive')[1] for _ in range(2)], [0, 1])
        worker.tell('sending', 0, 1)
        worker.tell('closed', 0)
        self.assertEqual(receive_all(first), b'')
        worker.tell('closed', 7)  # nobody's
        worker.tell('closed', 0xffffffff)
        self.connect()
        self.assertEqual(worker.tell('receive')[1], 0)
        self.assertEqual(worker.tell('is_sending', 0), 0)

    def send_descriptor(self, connection):
        socket.send_fds(connection, [b'x'], [self.agent.notified.fileno()])

    def test_descriptors_are_refused(self):
        """To drop one that lingers would keep a thread of the worker's."""
        worker = self.begin()
        connection = self.connect()
        try:
            connection.getsockopt(socket.SOL_SOCKET, SO_PASSRIGHTS)
        except OSError as error:
            self.skipTest(f'the kernel cannot refuse descriptors: {error}')
        self.assertRaises(PermissionError, self.send_descriptor, connection)
        self.assertEqual(worker.tell('receive')[0], SOCKET)
        self.assertRaises(PermissionError, self.send_descriptor, connection)
        connection.sendall(b'bytes alone')

    def test_closed_connections_leave_no_descriptor(self):
        worker = self.begin()
        before = self.descriptors()
        connections = [self.connect() for _ in range(3)]
        for _ in connections:
            worker.tell('receive')
        self.assertEqual(self.descriptors(), before + len(connections))
        for slot in range(len(connections)):
            worker.tell('closed', slot)
        until(lambda: self.descriptors() == before)
        worker.tell_last('die', signal.SIGKILL)
        self.agent.ready_worker()
        until(lambda: self.descriptors() == before)

    def test_over_the_limit(self):
        worker = self.begin(*self.config('[limits]\nconnections = 2\n'))
        self.connect(), self.connect()
        for _ in range(3):
            status, sentence = read_goodbye(self.connect())
            self.assertEqual(status, EUSERS)
            self.assertIn('2 connections', sentence)
            self.assertIn('connections in the [limits]', sentence)
        self.assertEqual(self.agent.log.read_text().count('refusing connections above 2'), 1)
        self.assertEqual([worker.tell('receive')[1] for _ in range(2)], [0, 1])
        worker.tell('closed', 1)
        self.connect()
        self.assertEqual(worker.tell('receive')[:2], [SOCKET, 1])

    def test_many_lines_are_left_out(self):
        """Of a limit that is reached again and again."""
        worker = self.begin(*self.config('[limits]\nconnections = 1\n'))
        begun = time.monotonic()
        for _ in range(40):
            with self.connect():
                slot = worker.tell('receive')[1]
                read_goodbye(self.connect())
                worker.tell('closed', slot)
        seconds = int(time.monotonic() - begun) + 2
        self.assertLessEqual(self.agent.log.read_text().count('refusing conn'), seconds * LINES_A_SECOND)

    def test_more_than_the_worker_takes_at_once(self):
        worker = self.begin(*self.config('[limits]\nconnections = 4096\n'))
        # The puppet hears nothing while it is told nothing.
        connections = [self.connect() for _ in range(400)]
        slots = [worker.tell('receive')[1] for _ in connections]
        self.assertEqual(slots, list(range(400)))

    def test_no_descriptor_left(self):
        worker = self.begin()
        used = self.descriptors()
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, (used + 1, 4096))
        self.connect(), self.connect()
        self.assertEqual(worker.tell('receive')[1], 0)
        self.assert_logged('cannot accept a connection: Too many open files')
        time.sleep(1)
        self.assertLess(self.processor_time(), 0.5)
        worker.tell('closed', 0)
        self.assertEqual(worker.tell('receive')[1], 0)

    def processor_time(self):
        fields = pathlib.Path(f'/proc/{self.agent.process.pid}/stat').read_text().rsplit(')', 1)[1]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')

    def test_clients_that_are_gone_at_once(self):
        worker = self.begin()
        for _ in range(50):
            self.agent.connect().close()
        for _ in range(50):
            worker.tell('closed', worker.tell('receive')[1])
        self.connect()
        self.assertEqual(worker.tell('receive')[0], SOCKET)


if __name__ == '__main__':
    sys.exit(tap.main())
