# SPDX-License-Identifier: Apache-2.0
"""vhost-user messages that no VMM sends: cut, repeated, out of order, with the wrong descriptors."""
import contextlib
import os
import random
import socket
import time

import after
import client
import front
import victim
import wire
from front import Front, Gone, STATE, U64
from guest import Guest
from memory import Memory, Region

SEED = 3


def set_up_messages(machine):
    """Name, request, body and descriptors of all that a VMM says, in order."""
    memory = machine.memory.regions
    desc, avail, used = (machine.memory.front_of(place) for place in machine.places)
    features = U64.pack(machine.features | front.F_PROTOCOL_FEATURES)
    addresses = front.ADDRESSES.pack(0, 0, desc, used, avail, 0)
    protocol = U64.pack(front.PROTOCOL_CONFIG)
    config = front.CONFIG.pack(0, 60, 0) + bytes(60)
    return [
        (front.GET_FEATURES, b'', ()), (front.GET_PROTOCOL_FEATURES, b'', ()),
        (front.SET_PROTOCOL_FEATURES, protocol, ()), (front.SET_OWNER, b'', ()),
        (front.GET_CONFIG, config, ()), (front.SET_FEATURES, features, ()),
        (front.SET_MEM_TABLE, front.memory_table(memory), [one.fd for one in memory]),
        (front.SET_VRING_NUM, STATE.pack(0, machine.queue_size), ()),
        (front.SET_VRING_BASE, STATE.pack(0, 0), ()), (front.SET_VRING_ADDR, addresses, ()),
        (front.SET_VRING_KICK, U64.pack(0), [machine.kick_fd]),
        (front.SET_VRING_CALL, U64.pack(0), [machine.call_fd]),
        (front.SET_VRING_ENABLE, STATE.pack(0, 1), ()), (front.GET_VRING_BASE, STATE.pack(0, 0), ()),
    ]


def machine_of(agent=None):
    """With memory and a ring; connected only if there is an agent."""
    made = agent.front() if agent else Front(None)
    made.place_ring()
    return made


def say(machine, request, body, fds):
    machine.send(request, body, fds)
    if request in front.ANSWERED:
        machine.receive(request)


def say_all(machine, messages):
    """Up to the one at which it is told to go, if there is one."""
    with contextlib.suppress(Gone):
        for message in messages:
            say(machine, *message)


def test_each_message_truncated_at_each_byte(agent):
    """The front end goes in the middle of it."""
    with machine_of() as parts:
        whole = set_up_messages(parts)
        for number, (request, body, fds) in enumerate(whole):
            data = front.HEADER.pack(request, front.VERSION, len(body)) + body
            for cut in sorted({*range(1, 13), *range(12, len(data), 5), len(data) - 1} - {len(data)}):
                with reconnected(agent) as other:
                    for before in whole[:number]:
                        say(other, *before)
                    other.send_raw(data[:cut], fds)


def reconnected(agent):
    """A channel; the front end before may be held for a moment."""
    made = []

    def connected():
        try:
            channel = front.Channel(agent.path, agent.patience)
            channel.ask(front.GET_FEATURES)
            made.append(channel)
            return True
        except (OSError, Gone):
            return False

    client.wait_until(connected, agent.patience, 'the agent does not answer any more')
    return made[0]


def test_each_message_left_out(agent):
    """The device is served or not; the agent is."""
    with machine_of() as parts:
        for left_out in range(len(set_up_messages(parts))):
            with reconnected(agent) as other:
                messages = set_up_messages(parts)
                del messages[left_out]
                say_all(other, messages)


def test_each_message_twice(agent):
    with machine_of() as parts:
        for twice in range(len(set_up_messages(parts))):
            with reconnected(agent) as other:
                messages = set_up_messages(parts)
                messages.insert(twice, messages[twice])
                say_all(other, messages)


def test_the_messages_in_any_order(agent):
    numbers = random.Random(SEED)
    with machine_of() as parts:
        for _ in range(40):
            with reconnected(agent) as other:
                messages = set_up_messages(parts) * 2
                numbers.shuffle(messages)
                say_all(other, messages)


def closed_by(agent, request, body=b'', fds=(), size=None, flags=front.VERSION):
    """That message ends the connection, and nothing else."""
    with reconnected(agent) as channel:
        channel.send(request, body, fds, flags, size)
        try:
            while channel.socket.recv(4096):
                pass
        except ConnectionResetError:
            pass
        except TimeoutError:
            raise AssertionError(f'request {request} of {len(body)} bytes was taken') from None


def test_sizes_that_no_message_has(agent):
    for size in (1 << 12, 1 << 20, 0x7fffffff, 0xffffffff):
        closed_by(agent, front.SET_FEATURES, bytes(100), size=size)
    for request, right in ((front.SET_FEATURES, 8), (front.SET_VRING_NUM, 8), (front.SET_VRING_ADDR, 40),
                           (front.SET_VRING_KICK, 8), (front.SET_MEM_TABLE, 40)):
        for size in (0, 1, right - 1):
            closed_by(agent, request, bytes(size))


def test_versions_that_nobody_speaks(agent):
    for flags in (0, 2, 3):
        closed_by(agent, front.GET_FEATURES, flags=flags)


def test_requests_that_nobody_knows(agent):
    """They may be refused or ignored."""
    for request in (0, 23, 26, 37, 38, 41, 99, 0xffff, 0xffffffff):
        with reconnected(agent) as channel:
            channel.send(request, bytes(8))
            with contextlib.suppress(Gone):
                channel.ask(front.GET_FEATURES)


def test_rings_that_there_are_not(agent):
    """One has number 0; those of others are refused or ignored."""
    for request, body in ((front.SET_VRING_NUM, STATE.pack(1, 64)), (front.SET_VRING_BASE, STATE.pack(9, 0)),
                          (front.SET_VRING_ENABLE, STATE.pack(0xffffffff, 1)),
                          (front.SET_VRING_ADDR, front.ADDRESSES.pack(7, 0, 0, 0, 0, 0)),
                          (front.SET_VRING_KICK, U64.pack(front.NO_FD | 3)),
                          (front.SET_VRING_CALL, U64.pack(front.NO_FD | 255))):
        with reconnected(agent) as channel:
            channel.send(request, body)
            with contextlib.suppress(Gone):
                channel.ask(front.GET_FEATURES)


def test_enabling_what_was_never_set_up(agent):
    """QEMU does it."""
    with reconnected(agent) as channel:
        for on in (1, 0, 1):
            channel.send(front.SET_VRING_ENABLE, STATE.pack(0, on))
        channel.ask(front.GET_FEATURES)


def test_features_that_were_not_offered(agent):
    with reconnected(agent) as channel:
        for features in ((1 << 64) - 1, 1 << 35, 1 << 1):
            channel.send(front.SET_FEATURES, U64.pack(features))
            try:
                channel.ask(front.GET_FEATURES)
            except Gone:
                return


def test_descriptors_that_do_not_belong(agent):
    """With messages that have none, and more than any has: none is left open in the agent."""
    null = os.open('/dev/null', os.O_RDWR)
    try:
        for request, body in ((front.GET_FEATURES, b''), (front.SET_OWNER, b''),
                              (front.SET_VRING_NUM, STATE.pack(0, 64)),
                              (front.SET_FEATURES, U64.pack(front.F_VERSION_1))):
            for count in (1, 8, 9, 100):
                with reconnected(agent) as channel:
                    channel.send(request, body, [null] * count)
                    with contextlib.suppress(Gone):
                        channel.ask(front.GET_FEATURES)
        for count in (2, 8, 64):
            with reconnected(agent) as channel:
                channel.send(front.SET_VRING_KICK, U64.pack(0), [null] * count)
                with contextlib.suppress(Gone):
                    channel.ask(front.GET_FEATURES)
    finally:
        os.close(null)


def test_descriptors_before_their_message(agent):
    """They come with one byte of it; or each byte has some."""
    null = os.open('/dev/null', os.O_RDWR)
    try:
        message = front.HEADER.pack(front.GET_FEATURES, 1, 0) * 3
        with reconnected(agent) as channel:
            for byte in message:
                channel.send_raw(bytes([byte]), [null] * 3)
    finally:
        os.close(null)


def test_missing_descriptors(agent):
    with machine_of() as parts:
        closed_by(agent, front.SET_MEM_TABLE, front.memory_table(parts.memory.regions))
        for request in (front.SET_VRING_KICK, front.SET_VRING_CALL):
            with reconnected(agent) as channel:
                channel.send(request, U64.pack(0))
                with contextlib.suppress(Gone):
                    channel.ask(front.GET_FEATURES)


def test_fewer_and_more_files_than_regions(agent):
    memory = Memory(regions=[Region(0x40000000, 1 << 20), Region(0x50000000, 1 << 20)])
    try:
        fds = [one.fd for one in memory.regions]
        for given in (fds[:1], fds * 2, fds + fds[:1]):
            closed_by(agent, front.SET_MEM_TABLE, front.memory_table(memory.regions), given)
    finally:
        memory.close()


def test_eventfds_that_are_something_else(agent):
    """Files, pipes, sockets, memory to kick and to call with."""
    reading, writing = os.pipe()
    one, other = socket.socketpair()
    memory = os.memfd_create('no-eventfd')
    null = os.open('/dev/null', os.O_RDWR)
    zero = os.open('/dev/zero', os.O_RDWR)
    try:
        for fd in (reading, writing, one.fileno(), memory, null, zero):
            for which in ('kick_fd', 'call_fd'):
                served_with(agent, which, fd)
    finally:
        for fd in (reading, writing, memory, null, zero):
            os.close(fd)
        one.close(), other.close()


def served_with(agent, which, fd):
    made = machine_of(agent)
    kept = getattr(made, which)
    with made, contextlib.suppress(Gone, AssertionError):
        made.negotiate()
        setattr(made, which, fd)
        try:
            made.start()
        finally:
            setattr(made, which, kept)
        driver = Guest(made, greet=False)
        driver.post(driver.chain(wire.HELLO, 1, wire.hello_body()))
        driver.collect(0.05)


def fill(event):
    """As high as an eventfd can be."""
    while True:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(event)
        try:
            return os.eventfd_write(event, (1 << 64) - 2)
        except BlockingIOError:
            pass


def test_a_call_that_blocks(agent):
    """Nobody reads the eventfd, and it is full: that holds up this machine alone."""
    with agent.guest(features=front.F_VERSION_1) as guest:
        session, event = guest.begin(), guest.front.call_fd
        fill(event)
        os.set_blocking(event, True)
        call = guest.start_call(session)
        time.sleep(0.1)
        os.set_blocking(event, False)
        assert guest.answer(call).status == 0
        fill(event)
        os.set_blocking(event, True)
        guest.start_call(session)
        time.sleep(0.1)


def test_eventfds_that_change(agent):
    """A VMM masks interrupts by another one."""
    with agent.guest() as guest:
        session, machine = guest.begin(), guest.front
        for _ in range(50):
            for which in ('kick_fd', 'call_fd'):
                old = getattr(machine, which)
                setattr(machine, which, os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))
                machine.set_eventfds()
                os.close(old)
            machine.ask(front.GET_FEATURES)
            assert guest.call(session).status == 0


def test_configurations_of_any_size(agent):
    for offset, size in ((0, 0), (0, 257), (0, 0xffffffff), (0xffffffff, 60), (256, 1), (200, 100)):
        with reconnected(agent) as channel:
            channel.send(front.SET_PROTOCOL_FEATURES, U64.pack(front.PROTOCOL_CONFIG))
            channel.send(front.GET_CONFIG, front.CONFIG.pack(offset, size, 0) + bytes(min(size, 300)))
            channel.send(front.GET_FEATURES)
            with contextlib.suppress(Gone):
                channel.take(8)


def test_a_configuration_that_is_written(agent):
    with agent.front() as machine:
        machine.negotiate()
        before = machine.get_config()
        machine.send(front.SET_CONFIG, front.CONFIG.pack(36, 4, 0) + bytes(4))
        assert machine.get_config() == before


def test_acknowledgements(agent):
    """Every message has one that asks for it, also one that is not understood."""
    with agent.front() as machine:
        machine.negotiate()
        if not machine.protocol_features & front.PROTOCOL_REPLY_ACK:
            return
        machine.place_ring()
        features = U64.pack(machine.features | front.F_PROTOCOL_FEATURES)
        assert machine.acknowledged(front.SET_FEATURES, features) == 0
        assert machine.acknowledged(front.SET_VRING_NUM, STATE.pack(0, 64)) == 0
        table = front.memory_table(machine.memory.regions)
        assert machine.acknowledged(front.SET_MEM_TABLE, table, [machine.memory.regions[0].fd]) == 0


def test_a_second_front_end(agent):
    """It has a device of its own, and the first does not notice."""
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(5):
            with agent.guest() as second:
                assert second.call(second.begin()).status == 0
            assert guest.call(session).status == 0


def test_many_front_ends_that_say_nothing(agent):
    for _ in range(100):
        with front.Channel(agent.path, agent.patience):
            pass


def test_a_front_end_that_does_not_read(agent):
    """Its replies fill the socket: it is closed, or waits; it is the only one that does."""
    with reconnected(agent) as channel:
        channel.socket.settimeout(1)
        try:
            for _ in range(200):
                channel.socket.sendall(front.HEADER.pack(front.GET_FEATURES, 1, 0) * 1000)
        except (TimeoutError, ConnectionError):
            pass


def test_random_messages(agent):
    """Any request with any bytes and descriptors."""
    numbers = random.Random(SEED)
    null = os.open('/dev/null', os.O_RDWR)
    memory = os.memfd_create('random')
    os.ftruncate(memory, 1 << 20)
    try:
        for _ in range(150):
            with reconnected(agent) as channel:
                channel.socket.settimeout(agent.patience)
                for _ in range(numbers.randrange(1, 12)):
                    body = numbers.randbytes(numbers.choice((0, 8, 8, 40, 72)))
                    if numbers.random() < 0.7:
                        body = b''.join(numbers.choice((bytes(4), b'\1\0\0\0', body[:4]))
                                        for _ in range(len(body) // 4))
                    channel.send(numbers.randrange(42), body,
                                 [numbers.choice((null, memory))] * numbers.choice((0, 0, 1, 2)),
                                 numbers.choice((1, 1, 1, 9)))
    finally:
        os.close(null), os.close(memory)


def test_the_other_requests_of_a_vmm(agent):
    """What it may say at any time, on a device that is served."""
    with agent.guest() as guest:
        machine, session = guest.front, guest.begin()
        for request, body in ((front.SET_OWNER, b''), (front.SET_CONFIG, front.CONFIG.pack(0, 8, 0)
                                                       + bytes(8)),
                              (front.SET_VRING_ENABLE, STATE.pack(0, 1)),
                              (front.SET_VRING_ERR, U64.pack(front.NO_FD))):
            machine.send(request, body)
            assert machine.ask_u64(front.GET_FEATURES) == machine.offered
            assert guest.call(session).status == 0
        after.works(guest)


if __name__ == '__main__':
    victim.main(__name__)
