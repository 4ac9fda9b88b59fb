# SPDX-License-Identifier: Apache-2.0
"""Several front ends at one address of the broker's: test_devices.py AGENT [PART OF A NAME]"""
import pathlib
import resource
import signal
import sys

import tap
from device import DeviceTest, file_of
import front as vhost
from harness import PATIENCE, process_exists, until
from real import descriptors_of

DRAIN, STOP = 5, 7


class DevicesTest(DeviceTest):
    def begin(self, front_ends=4, **more):
        return super().begin(front_ends=front_ends, **more)

    def take(self, worker, **more):
        """A front end for a worker that waits, and the next one that does."""
        return self.running(worker, **more), self.agent.ready_worker()

    def workers(self, count):
        """Started together, in the order in which they were; they have their settings."""
        found = [self.agent.worker() for _ in range(count)]
        for worker in found:
            worker.settings()
        return sorted(found, key=lambda worker: worker.generation)

    def assert_no_worker_is_started(self):
        self.agent.director.settimeout(0.3)
        self.assertRaises(TimeoutError, self.agent.director.accept)
        self.agent.director.settimeout(PATIENCE)

    def ledgers(self):
        """Memory that the broker shares with workers of devices: how often, and how many files."""
        maps = pathlib.Path(f'/proc/{self.agent.process.pid}/maps').read_text()
        name = 'memfd:vaccel-agent-device'
        return maps.count(name), sum(name in what for what in descriptors_of(self.agent.process.pid))

    def is_unanswered(self, channel):
        channel.socket.settimeout(0.3)
        channel.send(vhost.GET_FEATURES)
        self.assertRaises(TimeoutError, channel.receive, vhost.GET_FEATURES)
        channel.socket.settimeout(PATIENCE)

    def leave(self, front, worker):
        """With a worker that stops as it should, and is ended."""
        front.close()
        self.assertEqual(worker.tell('receive')[0], STOP)
        worker.tell_last('stopped', 0)
        until(lambda: not process_exists(worker.pid))


class TestEachHasItsOwn(DevicesTest):
    def test_worker(self):
        first = self.begin()
        one, second = self.take(first)
        two, third = self.take(second)
        self.assertEqual([w.generation for w in (first, second, third)], [1, 2, 3])
        self.assertTrue(first.tell('waits') and third.tell('waits'))
        one.enable(0)
        self.assertFalse(self.state_of(first)['is_running'])
        self.assertTrue(second.tell('waits') and third.tell('waits'))
        self.assertEqual(len({one.get_config(60), two.get_config(60)}), 1)
        self.assert_silent()

    def test_memory(self):
        first = self.begin()
        one = self.front().set_up()
        files = self.state_of(first)['files']
        two = self.front().set_up()
        second, _ = self.workers(2)
        others = self.state_of(second)['files']
        events = [one.kick_fd, one.call_fd, two.kick_fd, two.call_fd]
        self.assertEqual([file for file in files if file in others and file not in map(file_of, events)], [])
        self.assertEqual([len(files), len(others)], [4, 4])
        self.assertNotEqual(one.memory.regions[0].fd, two.memory.regions[0].fd)

    def test_ledger(self):
        first = self.begin()
        _, second = self.take(first)
        first.tell('take_chain', 3)
        self.assertEqual(second.tell('noted'), {})

    def test_name_in_the_log(self):
        first = self.begin()
        _, second = self.take(first)
        self.running(second)
        first.tell_last('die', signal.SIGKILL)
        self.assert_logged(f'{self.named(first)} died of signal 9')

    def test_spare_without_one(self):
        first = self.begin()
        _, second = self.take(first)
        second.tell_last('die', signal.SIGKILL)
        self.assert_logged(f'worker {second.pid} of {self.address} died of signal 9')
        self.running(self.agent.ready_worker())

    def test_death(self):
        """That of one worker is nothing to the others."""
        first = self.begin()
        one, second = self.take(first)
        two, third = self.take(second)
        second.tell('take_chain', 3)
        first.tell_last('die', signal.SIGSEGV)
        following = self.agent.ready_worker()
        self.assertEqual(following.generation, 4)
        self.assertTrue(self.state_of(following)['is_running'])
        self.assertTrue(second.tell('waits') and third.tell('waits'))
        for front in (one, two):
            self.assertEqual(len(front.ask(vhost.GET_FEATURES)), 8)
        self.assertEqual(len(second.tell('noted')), 2)


class TestLimit(DevicesTest):
    def test_refused(self):
        first = self.begin(front_ends=2)
        one, second = self.take(first)
        two = self.running(second)
        self.assert_no_worker_is_started()
        for _ in range(3):
            self.assertTrue(self.channel().is_closed())
        self.assert_logged(f'{self.address}: {self.peer}: this front end is disconnected, as there are 2 '
                           'here, and the setting front_ends allows no more')
        self.leave(one, first)
        self.take_last(two)

    def take_last(self, other):
        self.running(self.agent.ready_worker())
        self.assertTrue(self.channel().is_closed())
        self.assertEqual(len(other.ask(vhost.GET_FEATURES)), 8)

    def test_who_comes_while_another_leaves_waits(self):
        first = self.begin(front_ends=2)
        one, second = self.take(first)
        self.running(second)
        one.close()
        self.assertEqual(first.tell('receive')[0], STOP)
        following = self.front()
        self.is_unanswered(following)
        first.tell_last('stopped', 0)
        self.assertEqual(len(following.receive(vhost.GET_FEATURES)), 8)

    def test_many(self):
        worker = self.begin(front_ends=24)
        fronts = []
        for _ in range(23):
            front, worker = self.take(worker)
            fronts.append(front)
        fronts.append(self.running(worker))
        self.assertTrue(self.channel().is_closed())
        for front in fronts:
            self.assertEqual(len(front.ask(vhost.GET_FEATURES)), 8)
        self.assertEqual(self.ledgers(), (24, 24))


class TestFrontEndGoes(DevicesTest):
    def test_its_device_goes(self):
        worker = self.begin()
        before = self.descriptors()
        for _ in range(4):
            front, spare = self.take(worker)
            self.leave(front, worker)
            until(lambda: self.ledgers() == (1, 1) and self.descriptors() == before)
            worker = spare
        self.assert_no_worker_is_started()
        self.assert_silent()

    def test_all_at_once(self):
        worker = self.begin(reset_ms=100)
        before = self.descriptors()
        fronts, workers = [], [worker]
        for _ in range(3):
            front, worker = self.take(worker)
            fronts.append(front)
            workers.append(worker)
        for front in fronts:
            front.close()
        until(lambda: self.ledgers() == (1, 1))
        until(lambda: self.descriptors() == before)
        self.assertEqual([process_exists(w.pid) for w in workers], [False, False, False, True])
        self.running(workers[3])
        self.assert_silent()

    def test_its_device_is_the_next_spare(self):
        """There is none, as there may be no more."""
        first = self.begin(front_ends=2)
        one, second = self.take(first)
        self.running(second)
        self.leave(one, first)
        self.running(self.agent.ready_worker())
        self.assertEqual(self.ledgers(), (2, 2))

    def test_who_did_nothing_leaves_a_worker_that_is_as_good_as_new(self):
        """Of two the one that is ready stays."""
        first = self.begin()
        for _ in range(5):
            with self.channel() as channel:
                channel.ask(vhost.GET_FEATURES)
                following = self.agent.worker()
            following.lines.read()
            until(lambda: not process_exists(following.pid))
            self.assertTrue(process_exists(first.pid))
        until(lambda: self.ledgers() == (1, 1))
        self.running(first)
        self.assert_silent()

    def test_who_only_connects(self):
        """Again and again, faster than workers begin."""
        first = self.begin()
        self.agent.director.listen(1000)
        for _ in range(200):
            self.channel().close()
        until(lambda: self.ledgers() == (1, 1))
        self.assertTrue(process_exists(first.pid))
        self.running(first)
        self.assert_silent()


class TestNotReady(DevicesTest):
    def test_the_first_one_of_all(self):
        """Who comes then is answered, and served when it is ready; who comes next waits for that."""
        self.start(front_ends=4)
        first = self.agent.worker()
        first.settings()
        self.front().set_up()
        self.assertTrue(self.state_of(first)['is_running'])
        two = self.front()
        self.is_unanswered(two)
        first.tell('ready')
        second, _ = self.workers(2)
        self.assertEqual(len(two.receive(vhost.GET_FEATURES)), 8)
        two.set_up()
        self.assertTrue(self.state_of(second)['is_running'])

    def test_others(self):
        """They begin side by side."""
        self.begin(front_ends=4)
        for _ in range(2):
            self.front().set_up()
            worker, = self.workers(1)
        self.assertTrue(worker.tell('waits'))
        self.front().set_up()
        self.assertTrue(self.state_of(worker)['is_running'])

    def test_one_that_never_is(self):
        first = self.begin()
        one = self.running(first)
        self.agent.worker().tell_last('exit', 1)
        self.assert_logged('the next worker is started in 1 s')
        self.assertEqual(len(one.ask(vhost.GET_FEATURES)), 8)
        two = self.front().set_up()
        three = self.front()
        self.is_unanswered(three)
        following, _, _ = self.workers(3)
        self.assertTrue(self.state_of(following)['is_running'])
        self.assertEqual(len(three.receive(vhost.GET_FEATURES)), 8)
        self.assertEqual(len(two.ask(vhost.GET_FEATURES)), 8)

    def test_one_that_a_front_end_keeps_from_being(self):
        """Others need not wait for it."""
        first = self.begin()
        one, second = self.take(first)
        first.tell_last('die', signal.SIGKILL)
        for _ in range(2):
            self.agent.worker().tell_last('die', signal.SIGKILL)
        self.assert_logged('the next worker is started in 2 s')
        self.running(second)
        third = self.agent.ready_worker()
        self.assertEqual(third.generation, 5)
        self.assertTrue(third.tell('waits'))
        self.assertEqual(len(one.ask(vhost.GET_FEATURES)), 8)

    def test_the_first_one_never_is(self):
        self.start(front_ends=4)
        self.agent.worker().tell_last('exit', 1)
        self.assertEqual(self.agent.wait(), 1)
        self.assert_logged('the first worker was not ready')


class TestAgent(DevicesTest):
    def test_ready_when_each_address_has_one(self):
        self.start('--listen', f'vhost-user://{self.path}1', front_ends=4)
        workers = [self.agent.worker(), self.agent.worker()]
        workers[0].become_ready()
        self.agent.notified.settimeout(0.3)
        self.assertRaises(TimeoutError, self.agent.notified.recv, 100)
        self.agent.notified.settimeout(PATIENCE)
        workers[1].become_ready()
        self.assertEqual(self.agent.notified.recv(100), b'READY=1')

    def test_stop(self):
        first = self.begin()
        one, second = self.take(first)
        self.agent.signal(signal.SIGTERM)
        for worker in (first, second):
            self.assertEqual(worker.tell('receive')[0], DRAIN)
        second.tell_last('exit', 0)
        self.assertEqual(len(self.ledgers()), 2)
        self.assertIsNone(self.agent.process.poll())
        first.tell_last('exit', 0)
        self.assertEqual(self.agent.wait(), 0)
        self.assertTrue(one.is_closed())
        self.assertEqual(list(self.agent.runtime.iterdir()), [])
        self.assert_silent()

    def test_stop_at_once(self):
        first = self.begin()
        _, second = self.take(first)
        first.tell('take_chain', 0)
        for _ in range(2):
            self.agent.signal(signal.SIGTERM)
            self.assert_logged('told to stop')
        self.assertEqual(self.agent.wait(), 0)
        self.assertFalse(process_exists(first.pid) or process_exists(second.pid))

    def test_its_death(self):
        first = self.begin()
        one, second = self.take(first)
        self.agent.signal(signal.SIGKILL)
        self.agent.wait()
        for worker in (first, second):
            self.assertIsNone(worker.tell('receive'))
        self.assertTrue(one.socket)

    def test_no_descriptor_for_another_one(self):
        first = self.begin()
        used = self.descriptors()
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, (used + 1, 4096))
        channel = self.channel()
        self.assertEqual(len(channel.ask(vhost.GET_FEATURES)), 8)
        self.assert_logged('cannot share memory with the worker: Too many open files')
        self.assertTrue(first.tell('waits'))
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, (used + 40, 4096))
        self.running(self.agent.ready_worker())


if __name__ == '__main__':
    sys.exit(tap.main())
