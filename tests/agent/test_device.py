# SPDX-License-Identifier: Apache-2.0
"""The broker between a front end of vhost-user and a fake worker: test_device.py AGENT [PART OF A NAME]"""
import os
import resource
import signal
import struct
import sys
import time

import tap
from callers import freeze
from device import DEVICE, DeviceTest, file_of, parse_state
import front as vhost
from front import Channel, Gone, STATE, U64
from harness import PATIENCE, process_exists, until
from memory import Memory, Region

SOCKET, DRAIN, STOP = 3, 5, 7
A_TURN = 64  # messages that the broker hears of a worker before it looks at signals
OVERDUE = 3
MAGIC = 0x4c434156
OFFERED = vhost.F_VERSION_1 | vhost.F_INDIRECT | vhost.F_EVENT_IDX | vhost.F_PROTOCOL_FEATURES
READ_ONLY = 1 << 5


class TestIdentity(DeviceTest):
    def test_carrier(self):
        self.begin()
        front = self.front()
        front.negotiate()
        self.assertEqual(front.offered, OFFERED | READ_ONLY)
        self.assertEqual(front.protocol_features,
                         vhost.PROTOCOL_MQ | vhost.PROTOCOL_REPLY_ACK | vhost.PROTOCOL_CONFIG)
        self.assertEqual(front.ask_u64(vhost.GET_QUEUE_NUM), 1)
        config = front.get_config(256)
        self.assertEqual(config[:8], bytes(8))  # the capacity
        self.assertEqual(struct.unpack_from('<I', config, 20)[0], 512)
        self.assertEqual(struct.unpack_from('<H', config, 34)[0], 1)  # queues
        self.assertEqual(config[36:56], struct.pack('<IHH12s', MAGIC, 1, 0, b'vm0'))
        self.assertEqual(config[56:], bytes(200))

    def test_own_device(self):
        self.begin(behind='?id=63')
        front = self.front()
        front.negotiate()
        self.assertEqual(front.offered, OFFERED)
        self.assertEqual(front.get_config(256), struct.pack('<IHH12s', MAGIC, 1, 0, b'vm0') + bytes(236))

    def test_configuration_of_the_size_that_is_asked_for(self):
        self.begin()
        front = self.front()
        whole = front.get_config(256)
        for offset, size in ((0, 0), (0, 36), (0, 57), (0, 60), (36, 20), (40, 1), (255, 1), (0x100, 60)):
            with self.subTest(offset=offset, size=size):
                expected = whole[offset & 0xff:][:size]
                self.assertEqual(front.get_config(size, offset), expected)
        for offset in (250, 0x1f0, 0x200, 0xffffffff):
            self.assertEqual(len(front.get_config(60, offset)), 60)
        self.assertEqual(front.get_config(60, 250), whole[250:] + bytes(54))

    def test_long_names_are_cut(self):
        self.path = self.agent.folder / 'a-virtual-machine.x.sock'
        self.begin()
        self.assertEqual(self.front().get_config(20, 36)[8:], b'a-virtual-ma')

    def test_it_cannot_be_written(self):
        self.begin()
        front = self.front()
        front.negotiate()
        before = front.get_config(60)
        body = vhost.CONFIG.pack(32, 4, 0) + b'\xff' * 4
        self.assertEqual(front.acknowledged(vhost.SET_CONFIG, body), 1)
        self.assertEqual(front.get_config(60), before)
        self.assert_silent()


class TestSetUp(DeviceTest):
    def test_worker_is_told_all(self):
        worker = self.begin()
        front = self.front(queue_size=128).set_up()
        memory = front.memory.regions[0]
        state = self.state_of(worker)
        desc, avail, used = (front.memory.front_of(place) for place in front.places)
        self.assertEqual(state, {
            'features': front.features | vhost.F_PROTOCOL_FEATURES, 'queue_size': 128,
            'regions': [(memory.guest, memory.size, memory.front, memory.offset)],
            'desc': desc, 'avail': avail, 'used': used, 'base': 0, 'is_running': True,
            'has_kick': True, 'has_call': True, 'has_front': True,
            'files': [file_of(memory.fd), file_of(front.kick_fd), file_of(front.call_fd),
                      state['files'][3]]})
        self.assertEqual(len(state['files']), 4)
        self.assert_silent()

    def test_worker_is_told_before_it_is_ready(self):
        self.start()
        worker = self.agent.worker()
        worker.settings()
        self.front().set_up()
        self.assertTrue(self.state_of(worker)['is_running'])

    def test_nothing_is_told_before_the_ring_is_enabled(self):
        worker = self.begin()
        front = self.front()
        front.negotiate()
        front.place_ring()
        front.set_features()
        front.set_memory()
        front.set_ring()
        front.set_eventfds()
        self.assertTrue(worker.tell('waits'))
        front.enable()
        self.assertTrue(self.state_of(worker)['is_running'])
        front.enable(0)
        self.assertFalse(self.state_of(worker)['is_running'])

    def test_a_ring_is_enabled_if_no_protocol_features_are_wanted(self):
        worker = self.begin()
        front = self.front()
        front.place_ring()
        front.send(vhost.SET_FEATURES, U64.pack(vhost.F_VERSION_1))
        front.set_memory()
        front.set_ring()
        front.set_eventfds()
        self.assertTrue(self.state_of(worker)['is_running'])

    def test_without_eventfds(self):
        worker = self.begin()
        front = self.front()
        front.negotiate()
        front.place_ring()
        front.set_features()
        front.set_memory()
        front.set_ring()
        front.send(vhost.SET_VRING_CALL, U64.pack(vhost.NO_FD))
        front.send(vhost.SET_VRING_KICK, U64.pack(vhost.NO_FD))
        front.enable()
        state = self.state_of(worker)
        self.assertEqual((state['is_running'], state['has_kick'], state['has_call'], len(state['files'])),
                         (True, False, False, 2))

    def test_every_region(self):
        worker = self.begin()
        memory = Memory(regions=[Region(0x40000000 + (i << 20), 1 << 20, offset=4096 * i)
                                 for i in range(8)])
        self.addCleanup(memory.close)
        self.front(memory=memory).set_up()
        state = self.state_of(worker)
        self.assertEqual(state['regions'], [(r.guest, r.size, r.front, r.offset) for r in memory.regions])
        self.assertEqual(state['files'][:8], [file_of(r.fd) for r in memory.regions])
        self.assertEqual(len(state['files']), 11)

    def test_memory_that_changes_while_the_ring_runs(self):
        worker = self.begin()
        front = self.running(worker)
        before = self.descriptors()
        more = Region(0x80000000, 1 << 20)
        self.addCleanup(more.close)
        for _ in range(3):
            self.assertEqual(front.set_memory([*front.memory.regions, more]), 0)
            self.assertEqual(len(self.state_of(worker)['regions']), 2)
            until(lambda: self.descriptors() == before + 1)
            self.assertEqual(front.set_memory(), 0)
            self.assertEqual(len(self.state_of(worker)['regions']), 1)
            until(lambda: self.descriptors() == before)

    def test_interrupts_that_are_masked(self):
        worker = self.begin()
        front = self.running(worker)
        masked = os.eventfd(0)
        self.addCleanup(os.close, masked)
        for fd in (masked, front.call_fd):
            front.send(vhost.SET_VRING_CALL, U64.pack(0), [fd])
            self.assertEqual(self.state_of(worker)['files'][2], file_of(fd))

    def test_acknowledgements(self):
        self.begin()
        front = self.front()
        front.negotiate()
        self.assertEqual(front.acknowledged(vhost.SET_OWNER), 0)
        self.assertEqual(front.acknowledged(vhost.SET_VRING_ENABLE, STATE.pack(5, 1)), 0)
        self.assertEqual(front.acknowledged(38), 1)
        front.send(vhost.SET_VRING_ERR, U64.pack(0), [front.call_fd])
        self.assertEqual(front.acknowledged(vhost.RESET_OWNER), 0)
        self.assert_silent()

    def test_none_is_sent_before_it_was_agreed(self):
        self.begin()
        front = self.front()
        front.send(vhost.SET_OWNER, flags=vhost.VERSION | vhost.NEED_REPLY)
        self.assertEqual(front.ask_u64(vhost.GET_FEATURES), OFFERED | READ_ONLY)

    def test_byte_by_byte(self):
        self.begin()
        front = self.front()
        for byte in vhost.HEADER.pack(vhost.GET_FEATURES, 1, 0):
            front.send_raw(bytes([byte]))
            time.sleep(0.01)
        self.assertEqual(U64.unpack(front.receive(vhost.GET_FEATURES))[0], OFFERED | READ_ONLY)

    def test_one_too_many_is_refused(self):
        worker = self.begin()
        front = self.running(worker)
        self.assertTrue(self.channel().is_closed())
        self.assert_logged(f'{self.address}: {self.peer}: this front end is disconnected, as there are 1 '
                           'here, and the setting front_ends allows no more')
        self.assertEqual(front.ask_u64(vhost.GET_FEATURES), OFFERED | READ_ONLY)

    def test_a_ring_that_nobody_can_use(self):
        worker = self.begin()
        self.running(worker)
        hint = 'has a running queue but no request came: does the VM\'s memory have share=on?'
        until(lambda: hint in self.agent.log.read_text())
        self.assertEqual(self.agent.log.read_text().count(hint), 1)


class TestStop(DeviceTest):
    def test_the_index_is_the_workers(self):
        worker = self.begin()
        front = self.running(worker)
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        self.assertEqual(worker.tell('receive')[0], STOP)
        front.send(vhost.GET_FEATURES)
        front.socket.settimeout(0.2)
        self.assertRaises(TimeoutError, front.receive, vhost.GET_VRING_BASE)
        front.socket.settimeout(PATIENCE)
        worker.tell('stopped', 0xfffe)
        self.assertEqual(STATE.unpack(front.receive(vhost.GET_VRING_BASE)), (0, 0xfffe))
        self.assertEqual(len(front.receive(vhost.GET_FEATURES)), 8)

    def stop(self, front, worker, index):
        front.enable(0)
        self.assertFalse(self.state_of(worker)['is_running'])
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        self.assertEqual(worker.tell('receive')[0], STOP)
        worker.tell('stopped', index)
        self.assertEqual(STATE.unpack(front.receive(vhost.GET_VRING_BASE)), (0, index))

    def test_set_up_again(self):
        """As the firmware does before the guest."""
        worker = self.begin()
        front = self.running(worker)
        for _ in range(3):
            worker.tell('note', {'is_begun': 1, 'skew': 7, 'published': 3})
            self.stop(front, worker, 10)
            self.assertEqual(worker.tell('noted'), {})
            front.start(base=10)
            state = self.state_of(worker)
            self.assertEqual((state['base'], state['is_running']), (10, True))
        self.assert_silent()

    def test_a_ring_that_was_never_started(self):
        worker = self.begin()
        front = self.front()
        self.assertEqual(front.get_base(), 0)
        front.send(vhost.SET_VRING_BASE, STATE.pack(0, 5))
        self.assertEqual(front.get_base(), 5)
        self.assertTrue(worker.tell('waits'))

    def test_calls_that_do_not_end(self):
        worker = self.begin(reset_ms=100)
        front = self.running(worker)
        worker.tell('note', {'is_begun': 1, 'published': 4})
        worker.tell('take_chain', 9)
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        following = self.agent.worker()
        self.assertFalse(process_exists(worker.pid))
        following.settings()
        self.assertEqual(following.tell('noted')[str(4 + 2 * 9)], 1)
        kind, raw, files = following.tell('receive')
        self.assertEqual((kind, len(files)), (DEVICE, 4))
        self.assertTrue(parse_state(raw)['is_running'])
        self.assertEqual(following.tell('receive')[0], STOP)
        following.tell('take_chain', 9, 0)
        following.tell('stopped', 5)
        self.assertEqual(STATE.unpack(front.receive(vhost.GET_VRING_BASE)), (0, 5))
        self.assertEqual(following.tell('noted'), {})
        self.assert_logged(f'{self.address}: {self.peer}: the VM stops its device, and calls did not end '
                           f'within 100 ms (setting reset_ms): worker {worker.pid} is killed')
        self.assertNotIn('<error>', self.agent.log.read_text())

    def test_calls_that_do_not_end_in_a_ring_that_is_disabled(self):
        worker = self.begin(reset_ms=100)
        front = self.running(worker)
        worker.tell('take_chain', 9)
        front.enable(0)
        self.assertFalse(self.state_of(worker)['is_running'])
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        following = self.agent.worker()
        following.settings()
        self.assertTrue(parse_state(following.tell('receive')[1])['is_running'])
        self.assertEqual(following.tell('receive')[0], STOP)
        following.tell('stopped', 5)
        self.assertEqual(STATE.unpack(front.receive(vhost.GET_VRING_BASE)), (0, 5))

    def test_a_worker_that_does_not_stop_and_has_nothing(self):
        worker = self.begin(reset_ms=100)
        front = self.running(worker)
        worker.tell('note', {'is_begun': 1, 'published': 0xffff, 'skew': 3})
        self.assertEqual(front.get_base(), 2)
        following = self.agent.ready_worker()
        self.assertEqual(following.tell('noted'), {})
        front.start(base=2)
        self.assertEqual(self.state_of(following)['base'], 2)

    def test_a_worker_that_dies_meanwhile(self):
        worker = self.begin()
        front = self.running(worker)
        worker.tell('note', {'is_begun': 1, 'published': 4})
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        self.assertEqual(worker.tell('receive')[0], STOP)
        worker.tell_last('die', signal.SIGKILL)
        self.assertEqual(STATE.unpack(front.receive(vhost.GET_VRING_BASE)), (0, 4))
        self.agent.ready_worker()

    def test_a_worker_that_dies_with_a_call_meanwhile(self):
        worker = self.begin()
        front = self.running(worker)
        worker.tell('note', {'is_begun': 1})
        worker.tell('take_chain', 0)
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        self.assertEqual(worker.tell('receive')[0], STOP)
        worker.tell_last('die', signal.SIGKILL)
        following = self.agent.worker()
        following.settings()
        self.assertEqual([following.tell('receive')[0] for _ in range(2)], [DEVICE, STOP])
        following.tell('stopped', 1)
        self.assertEqual(STATE.unpack(front.receive(vhost.GET_VRING_BASE)), (0, 1))


class TestWorkerDies(DeviceTest):
    def test_the_next_one_goes_on(self):
        worker = self.begin()
        front = self.running(worker)
        worker.tell('note', {'is_begun': 1, 'published': 4})
        worker.tell('take_chain', 3)
        worker.tell('take_chain', 1023)
        worker.tell_last('die', signal.SIGSEGV)
        following = self.agent.worker()
        self.assertEqual(len(following.tell('noted')), 6)
        following.settings()
        self.assertEqual((worker.generation, following.generation), (1, 2))
        state = self.state_of(following)
        self.assertTrue(state['is_running'])
        self.assertEqual(state['files'][:3], [file_of(front.memory.regions[0].fd), file_of(front.kick_fd),
                                              file_of(front.call_fd)])
        self.assert_logged(f'{self.named(worker)} died of signal 11 (Segmentation fault); '
                           'requests that it had: 2')
        following.tell('ready')
        self.assertEqual(front.ask_u64(vhost.GET_FEATURES), OFFERED | READ_ONLY)

    def test_a_call_that_had_to_be_ended(self):
        worker = self.begin()
        self.running(worker)
        worker.tell_last('exit', OVERDUE)
        self.assert_logged(f'{self.named(worker)} ended with a call that could not be '
                           'ended otherwise; requests that it had: 0')
        self.assertTrue(self.state_of(self.agent.ready_worker())['is_running'])

    def test_one_that_is_never_ready(self):
        worker = self.begin()
        front = self.running(worker)
        worker.tell_last('die', signal.SIGKILL)
        self.agent.worker().tell_last('exit', 1)
        self.assert_logged('the next worker is started in 1 s')
        front.enable(0)
        front.enable(1)
        self.assertTrue(self.state_of(self.agent.ready_worker())['is_running'])

    def die(self, *numbers):
        """The next workers, of those signals, once each has been told of the ring."""
        for number in numbers:
            worker = self.agent.worker()
            worker.settings()
            self.assertTrue(self.state_of(worker)['is_running'])
            worker.tell_last('die', number)

    def test_memory_that_none_can_touch(self):
        worker = self.begin()
        front = self.running(worker)
        worker.tell_last('die', signal.SIGBUS)
        self.die(signal.SIGBUS, signal.SIGBUS)
        self.assertTrue(front.is_closed())
        self.assert_logged(f'{self.address}: {self.peer}: is disconnected, as workers died one after the other '
                           'when they touched its memory')
        self.running(self.agent.ready_worker())
        self.assertNotIn('started in 2 s', self.agent.log.read_text())

    def test_memory_that_some_can_touch(self):
        worker = self.begin()
        front = self.running(worker)
        worker.tell_last('die', signal.SIGBUS)
        self.die(signal.SIGBUS, signal.SIGKILL, signal.SIGBUS)
        worker = self.agent.ready_worker()
        self.assertTrue(self.state_of(worker)['is_running'])
        worker.tell('take_chain', 3)
        worker.tell_last('die', signal.SIGBUS)
        self.die(signal.SIGBUS)
        self.assertEqual(front.ask_u64(vhost.GET_FEATURES), OFFERED | READ_ONLY)

    def test_the_first_one(self):
        self.start()
        self.agent.worker().tell_last('exit', 1)
        self.assertEqual(self.agent.wait(), 1)
        self.assert_logged('the first worker was not ready')
        self.assertFalse(self.path.exists())

    def test_without_a_front_end(self):
        worker = self.begin()
        worker.tell_last('die', signal.SIGKILL)
        following = self.agent.ready_worker()
        self.running(following)


class TestFrontEndGoes(DeviceTest):
    def test_the_worker_is_replaced(self):
        worker = self.begin()
        before = self.descriptors()
        front = self.running(worker)
        worker.tell('note', {'is_begun': 1})
        worker.tell('take_chain', 3)
        front.close()
        self.assertEqual(worker.tell('receive')[0], STOP)
        worker.tell_last('stopped', 0)
        following = self.agent.ready_worker()
        self.assertFalse(process_exists(worker.pid))
        self.assertEqual(following.tell('noted'), {})
        until(lambda: self.descriptors() == before)
        self.running(following)
        self.assert_silent()

    def test_a_worker_that_does_not_stop(self):
        worker = self.begin(reset_ms=100)
        self.running(worker).close()
        following = self.agent.ready_worker()
        self.assertFalse(process_exists(worker.pid))
        self.running(following)
        self.assert_silent()

    def test_in_the_middle_of_a_message(self):
        worker = self.begin(stall_ms=200)
        channel = self.channel()
        channel.ask(vhost.GET_FEATURES)
        channel.send_raw(vhost.HEADER.pack(vhost.SET_FEATURES, vhost.VERSION, 8))
        self.assertTrue(channel.is_closed())
        self.assert_logged(f'{self.address}: {self.peer}: has begun a message and says nothing more')
        self.running(worker)

    def test_the_next_front_end_waits_for_that(self):
        worker = self.begin()
        self.running(worker).close()
        self.assertEqual(worker.tell('receive')[0], STOP)
        following = self.front()
        following.socket.settimeout(0.2)
        following.send(vhost.GET_FEATURES)
        self.assertRaises(TimeoutError, following.receive, vhost.GET_FEATURES)
        following.socket.settimeout(PATIENCE)
        worker.tell_last('stopped', 0)
        self.assertEqual(len(following.receive(vhost.GET_FEATURES)), 8)

    def test_before_the_ring_was_running(self):
        worker = self.begin()
        for _ in range(20):
            front = self.front()
            front.negotiate()
            front.set_memory()
            front.close()
        self.assertTrue(self.state_of_next(worker)['is_running'])

    def state_of_next(self, worker):
        until(lambda: self.is_free())
        self.front().set_up()
        return self.state_of(worker)

    def is_free(self):
        with Channel(self.path, PATIENCE) as channel:
            try:
                return channel.ask_u64(vhost.GET_FEATURES)
            except Gone:
                return False

    def test_while_it_waits_for_the_ring_to_stop(self):
        worker = self.begin()
        front = self.running(worker)
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        self.assertEqual(worker.tell('receive')[0], STOP)
        front.close()
        worker.tell_last('stopped', 0)
        self.running(self.agent.ready_worker())
        self.assertFalse(process_exists(worker.pid))

    def test_after_the_ring_was_stopped(self):
        worker = self.begin()
        front = self.running(worker)
        front.send(vhost.GET_VRING_BASE, STATE.pack(0, 0))
        self.assertEqual(worker.tell('receive')[0], STOP)
        worker.tell('stopped', 0)
        front.receive(vhost.GET_VRING_BASE)
        front.close()
        self.running(self.agent.ready_worker())
        self.assertFalse(process_exists(worker.pid))
        self.assert_silent()

    def test_before_the_worker_is_ready(self):
        self.start(reset_ms=100)
        worker = self.agent.worker()
        worker.settings()
        front = self.front().set_up()
        self.state_of(worker)
        front.close()
        self.running(self.agent.ready_worker())


class TestAgent(DeviceTest):
    def test_sockets_have_a_worker_of_their_own(self):
        self.start(listen=True)
        workers = [self.agent.worker(), self.agent.worker()]
        for worker in workers:
            worker.settings()
        clients, device = sorted(workers, key=lambda worker: worker.generation)
        self.assertEqual((clients.generation, clients.device), (0, ''))
        self.assertEqual((device.generation, device.device), (1, self.address))
        clients.tell('ready')
        self.agent.notified.settimeout(0.2)
        self.assertRaises(TimeoutError, self.agent.notified.recv, 100)
        self.agent.notified.settimeout(PATIENCE)
        device.tell('ready')
        self.assertEqual(self.agent.notified.recv(100), b'READY=1')
        self.assert_logged(f'worker {device.pid} is ready, with plugins noop, for {self.address}',
                           f'listening at {self.address}', f'listening at {self.agent.address}')
        connection = self.agent.connect()
        self.addCleanup(connection.close)
        self.assertEqual(clients.tell('receive')[0], SOCKET)
        self.running(device)
        device.tell_last('die', signal.SIGKILL)
        self.agent.ready_worker()
        connection.settimeout(0.2)
        self.assertRaises(TimeoutError, connection.recv, 1)

    def test_each_device_has_one(self):
        self.start('--listen', f'vhost-user://{self.path}1')
        workers = [self.agent.worker(), self.agent.worker()]
        for worker in workers:
            worker.become_ready()
        self.front().set_up()
        until(lambda: not all(worker.tell('waits') for worker in workers))
        self.assertTrue(any(worker.tell('waits') for worker in workers))

    def test_stop(self):
        worker = self.begin()
        front = self.running(worker)
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(worker.tell('receive')[0], DRAIN)
        self.assertFalse(self.path.exists())
        worker.tell_last('exit', 0)
        self.assertEqual(self.agent.wait(), 0)
        self.assertTrue(front.is_closed())
        self.assertEqual(list(self.agent.runtime.iterdir()), [])
        self.assert_silent()

    def test_stop_with_a_worker_that_was_not_heard_yet(self):
        """It became ready since the broker last heard it, and may have served since."""
        self.start()
        worker = self.agent.worker()
        worker.settings()
        freeze(self.agent.process.pid)
        for _ in range(A_TURN):
            worker.tell('stopped', 0)
        worker.tell('ready')
        self.agent.signal(signal.SIGTERM)
        self.agent.signal(signal.SIGCONT)
        self.assertEqual(worker.tell('receive')[0], DRAIN)
        worker.tell_last('exit', 0)
        self.assertEqual(self.agent.wait(), 0)
        self.assertRegex(self.agent.log.read_text(), f'(?s)told to stop.*worker {worker.pid} is ready')
        self.assert_silent()

    def test_stop_at_once(self):
        worker = self.begin()
        self.running(worker)
        worker.tell('take_chain', 0)
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(worker.tell('receive')[0], DRAIN)
        self.agent.signal(signal.SIGTERM)
        self.assertEqual(self.agent.wait(), 0)
        self.assert_logged(f'{self.named(worker)} died of signal 9 (Killed) before all '
                           'calls had ended')

    def test_no_descriptor_left(self):
        self.begin()
        used = self.descriptors()
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, (used, 4096))
        front = self.front()
        self.assert_logged('cannot accept a connection: Too many open files; waiting 500 ms')
        resource.prlimit(self.agent.process.pid, resource.RLIMIT_NOFILE, (used + 20, 4096))
        front.set_up()


if __name__ == '__main__':
    sys.exit(tap.main())
