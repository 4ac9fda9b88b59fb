# SPDX-License-Identifier: Apache-2.0
"""Calls that are not done yet when the machine resets, goes, waits no longer, or when who serves it dies."""
import contextlib
import os
import random
import signal
import struct
import time

import after
import client
import conversation
import front
import victim
import wire
from agent import children_of
from callers import freeze
from device_good import MINMAX, UNTIL_LET_GO, place_arguments
from front import Gone
from memory import PAGE
from real import process_exists

SEED = 17
COUNT = 1000
MARK = struct.pack('<d', -1)
USED = b'\x5a' * (8 * COUNT)  # what the guest does with the memory next
CONFIGURATION = '[timeouts]\nreset_ms = {short}\n'
PATIENT = '[timeouts]\nreset_ms = 60000\n'


def start_call(guest, session, milliseconds, place, deadline_ms=0):
    """Of a plugin that works in place: it writes a mark, and all of it at the end."""
    read, write = place_arguments(list(range(COUNT)), milliseconds, 3)
    guest.memory.fill(place, 8 * COUNT, 0)
    return guest.start_call(session, read, write, op=MINMAX, places={4: place}, deadline_ms=deadline_ms)


def has_begun(guest, place):
    return guest.memory.read(place, 8) == MARK


def begin_call(guest, session, milliseconds, place):
    """The same, once the mark is there."""
    call = start_call(guest, session, milliseconds, place)
    client.wait_until(lambda: has_begun(guest, place), guest.patience,
                      'the plugin does not begin, or not in place')
    return call


def begin_call_with_deadline(guest, session, place, deadline_ms):
    """Where all is slow it may have passed before the plugin began: then another one."""
    while True:
        call = start_call(guest, session, UNTIL_LET_GO, place, deadline_ms)
        client.wait_until(lambda: has_begun(guest, place) or guest.collect(0), guest.patience,
                          'the plugin does not begin, or not in place')
        if has_begun(guest, place):
            return call
        assert 'before it could be begun' in guest.answer(call).sentence


def let_go(guest, place):
    guest.memory.write(place + len(MARK), MARK)


def stays(guest, place, seconds=0.3):
    """From now on the page is the guest's again: nobody writes to it, also not a plugin that is let go by that."""
    guest.memory.write(place, USED)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.05)
        assert guest.memory.read(place, len(USED)) == USED, 'a page that was given back is written'


def page(guest):
    return guest.memory.keep(8 * COUNT, PAGE)


def came_back(guest, call):
    """Once: with a goodbye or an answer that says why. True if the connection lives."""
    try:
        answer = guest.answer(call)
        assert answer.status, 'a call ended well for which nobody waits any more'
        return True
    except client.Closed as end:
        assert end.goodbye, 'nothing was written'
        return False


def test_a_reset_waits_for_a_short_call(agent):
    """It ends by itself, and then the reset is complete."""
    with agent.another(configuration=PATIENT) as patient, patient.guest() as guest:
        session, place = guest.begin(), page(guest)
        worker = patient.pid_of_worker(guest)
        begin_call(guest, session, 100 * agent.slowness, place)
        base = guest.front.stop()
        assert base == guest.ring.next_avail, base
        stays(guest, place)
        assert process_exists(worker), 'it was killed'
        after.restart(guest)


def test_a_reset_ends_a_long_call(agent):
    with agent.guest() as guest:
        session, place = guest.begin(), page(guest)
        for _ in range(4):
            begin_call(guest, session, UNTIL_LET_GO, place)
            base = guest.front.stop()
            assert base == guest.ring.next_avail, base
            stays(guest, place)
            after.restart(guest)
            session = guest.begin()


def test_nothing_comes_back_after_a_reset(agent):
    """Neither used entries nor interrupts."""
    with agent.guest() as guest:
        session, place = guest.begin(), page(guest)
        begin_call(guest, session, 100 * agent.slowness, place)
        guest.front.stop()
        guest.ring.take_used()
        guest.front.was_called()
        time.sleep(0.3 * agent.slowness)
        assert guest.ring.take_used() == [] and not guest.front.was_called()
        after.restart(guest)


def test_a_deadline(agent):
    """Nobody waits any more, but the page comes back only when nobody writes to it."""
    with agent.guest() as guest:
        session, place = guest.begin(), page(guest)
        call = begin_call_with_deadline(guest, session, place, 50)
        came_back(guest, call)
        stays(guest, place)
        after.works(guest)


def test_a_deadline_that_is_nearly_kept(agent):
    """The call ends soon after it: that counts, and the worker lives. Where all is slow it may not be so soon."""
    def is_nearly_kept():
        with agent.guest() as guest:
            session, place = guest.begin(), page(guest)
            call = start_call(guest, session, 130, place, 100)
            try:
                assert guest.answer(call).status in (0, wire.EREMOTEIO)
                stays(guest, place)
                return guest.call(session).status == 0
            except client.Closed:
                return False

    client.wait_until(is_nearly_kept, agent.patience, 'the worker does not live')


def outlives_standing_still(agent):
    """Whether a worker did, which has frozen with a call; it may have been too late for that."""
    with agent.guest() as guest:
        session, place, worker = guest.begin(), page(guest), agent.pid_of_worker(guest)
        begun = time.monotonic()
        call = begin_call_with_deadline(guest, session, place, 100)
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            freeze(worker)
        is_in_time = time.monotonic() < begun + 0.3
        time.sleep(0.6)
        let_go(guest, place)
        try:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGCONT)
            assert guest.answer(call).status in (0, wire.EREMOTEIO)
            return guest.call(session).status == 0
        except client.Closed:
            assert not is_in_time, 'the worker does not live'
            return False


def test_a_deadline_that_passes_while_the_worker_stands_still(agent):
    """The call has as long as ever to end from when the worker goes on."""
    for _ in range(5):
        client.wait_until(lambda: outlives_standing_still(agent), agent.patience, 'it always comes too late')


def test_a_cancel(agent):
    with agent.guest() as guest:
        session, place = guest.begin(), page(guest)
        call = begin_call(guest, session, UNTIL_LET_GO, place)
        guest.cancel(call)
        came_back(guest, call)
        stays(guest, place)
        after.works(guest)


def test_a_hello_during_calls(agent):
    """What runs is ended, each chain comes back before the welcome."""
    with agent.guest() as guest:
        session, place = guest.begin(), page(guest)
        call = begin_call(guest, session, UNTIL_LET_GO, place)
        hello = guest.post(guest.chain(wire.HELLO, 900, wire.hello_body()))
        came_back(guest, call)
        stays(guest, place)
        try:
            assert guest.message_of(guest.wait(hello)).header['status'] == 0
        except client.Closed:
            guest.hello()
        assert guest.call(guest.begin()).status == 0


def dead_worker(agent, guest):
    """Kill it, and wait until the next one is there."""
    pid = agent.pid_of_worker(guest)
    os.kill(pid, signal.SIGKILL)
    client.wait_until(lambda: not process_exists(pid), agent.patience, 'it does not die')


def test_a_worker_that_dies(agent):
    """Each call comes back once, with a goodbye; a hello begins anew on the same queue."""
    with agent.guest() as guest:
        for _ in range(5):
            session = guest.begin()
            places = [page(guest) for _ in range(3)]
            calls = [begin_call(guest, session, UNTIL_LET_GO, place) for place in places]
            calls += [guest.start_call(session, name=b'mirror.wait') for _ in range(3)]
            dead_worker(agent, guest)
            for call in calls:
                assert not came_back(guest, call)
            assert not guest.flying and guest.collect(0.1) == []
            for place in places:
                stays(guest, place)
            guest.hello()
        assert guest.call(guest.begin()).status == 0


def test_a_worker_that_dies_at_rest(agent):
    with agent.guest() as guest:
        for _ in range(5):
            session = guest.begin()
            dead_worker(agent, guest)
            call = guest.start_call(session)
            assert not came_back(guest, call)
            guest.hello()
        assert guest.call(guest.begin()).status == 0


def test_a_worker_that_dies_at_any_moment(agent):
    """Between many short calls: each comes back, none twice."""
    numbers = random.Random(SEED)
    with agent.guest() as guest:
        for _ in range(25):
            session, pid = guest.begin(), agent.pid_of_worker(guest)
            end = time.monotonic() + numbers.random() * 0.03
            waiting = {}
            while True:
                guest.rest()
                for _ in range(min(numbers.randrange(1, 8), len(guest.ring.free) // 8)):
                    call = guest.start_call(session, *conversation.mirrored(b'there and back'),
                                            name=b'mirror.copy')
                    waiting[call] = guest.chains[call]
                if time.monotonic() > end:
                    break
                for chain in guest.collect(0.005):
                    waiting.pop(chain.id), guest.chains.pop(chain.id)
            os.kill(pid, signal.SIGKILL)
            while waiting:
                back = guest.collect(guest.patience)
                assert back, f'{len(waiting)} calls do not come back'
                for chain in back:
                    waiting.pop(chain.id), guest.chains.pop(chain.id)
            client.wait_until(lambda: not process_exists(pid), agent.patience, 'it does not die')
            assert guest.collect(0.02) == []
            guest.hello()


def test_a_worker_that_dies_while_the_next_one_begins(agent):
    with agent.guest() as guest:
        calls = [guest.start_call(guest.begin(), name=b'mirror.wait')]
        for _ in range(6):
            agent.kill_worker(guest)
            time.sleep(0.02)
        for call in calls:
            assert not came_back(guest, call)
        guest.hello()
        assert guest.call(guest.begin()).status == 0


def test_a_worker_that_dies_during_a_reset(agent):
    with agent.guest() as guest:
        for _ in range(3):
            session, place = guest.begin(), page(guest)
            begin_call(guest, session, UNTIL_LET_GO, place)
            guest.front.enable(0)
            guest.front.send(front.GET_VRING_BASE, front.STATE.pack(0, 0))
            agent.kill_worker(guest)
            base = front.STATE.unpack(guest.front.receive(front.GET_VRING_BASE))[1]
            assert base == guest.ring.next_avail
            stays(guest, place)
            guest.ring.begin()
            guest.flying.clear(), guest.chains.clear()
            guest.front.start()
            guest.hello()


def test_resets_again_and_again(agent):
    """As firmware, boot loader and system do it, a hundred times."""
    with agent.guest() as guest:
        for i in range(100):
            if i % 4 == 0:
                guest.start_call(guest.begin())
            assert guest.front.stop() <= 0xffff
            guest.ring.begin()
            guest.flying.clear(), guest.chains.clear()
            guest.memory.free_all()
            guest.front.start()
            guest.hello()
        assert guest.call(guest.begin()).status == 0


def test_going_on_where_it_stopped(agent):
    """A VMM that is paused: the ring keeps its indices."""
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(5):
            for _ in range(7):
                guest.call(session)
            base = guest.front.stop()
            assert base == guest.ring.next_avail
            waiting = guest.post(guest.chain(wire.HELLO, 1, wire.hello_body()))
            time.sleep(0.02)
            assert waiting.written is None and not guest.collect(0.02)
            guest.front.start(base)
            assert guest.message_of(guest.wait(waiting)).header['status'] == 0
            session = guest.begin()


def test_a_queue_that_is_disabled(agent):
    """It rests, with everything as it was, and goes on."""
    with agent.guest() as guest:
        session = guest.begin()
        for _ in range(20):
            guest.front.enable(0)
            guest.front.ask(front.GET_FEATURES)
            guest.front.enable(1)
            try:
                answer = guest.call(session)
                assert answer.status == 0
            except client.Closed:
                guest.hello()
                session = guest.begin()


def test_a_front_end_that_goes_during_calls(agent):
    for _ in range(5):
        with agent.guest() as guest:
            session = guest.begin()
            begin_call(guest, session, UNTIL_LET_GO, page(guest))
            for _ in range(5):
                guest.start_call(session, name=b'mirror.wait')
        agent.is_usable_soon()


def test_a_front_end_that_goes_at_any_moment(agent):
    numbers = random.Random(SEED)
    for _ in range(20):
        with agent.guest() as guest:
            session = guest.begin()
            end = time.monotonic() + numbers.random() * 0.02
            while time.monotonic() < end:
                if len(guest.ring.free) > 8:
                    guest.start_call(session)
                guest.collect(0)


def test_what_a_machine_had_is_gone_with_it(agent):
    """The next one gets a worker that knows of nothing."""
    with agent.guest() as guest:
        session = guest.begin()
        guest.register(guest.new_resource({b'a': b'secret'}, kind=wire.MEMORY), session)
    with agent.guest() as guest:
        answer = guest.call(guest.begin(), [], [wire.arg(wire.INT64, room=8)] * 2,
                            name=b'mirror.count')
        assert struct.unpack('<2q', answer.payload) == (1, 0)


def side_by_side(agent, stack, count):
    """Machines at one address, each with a session."""
    guests = [stack.enter_context(agent.guest()) for _ in range(count)]
    return guests, [guest.begin() for guest in guests]


def test_machines_side_by_side(agent):
    """Each has a worker of its own, to which nothing of another one's means anything."""
    with contextlib.ExitStack() as stack:
        guests, sessions = side_by_side(agent, stack, 4)
        assert len({agent.pid_of_worker(guest) for guest in guests}) == 4
        for guest in guests:
            statuses = [guest.call(session).status for session in sessions]
            assert statuses.count(0) == 1, statuses
        places = [page(guest) for guest in guests]
        calls = [begin_call(guest, session, 50, place)
                 for guest, session, place in zip(guests, sessions, places)]
        for guest, call in zip(guests, calls):
            assert guest.answer(call).status == 0


def test_a_worker_that_dies_beside_others(agent):
    with contextlib.ExitStack() as stack:
        guests, sessions = side_by_side(agent, stack, 3)
        victim_of_its_own = begin_call(guests[0], sessions[0], UNTIL_LET_GO, page(guests[0]))
        other = begin_call(guests[1], sessions[1], 200, page(guests[1]))
        agent.kill_worker(guests[0])
        assert not came_back(guests[0], victim_of_its_own)
        assert guests[1].answer(other).status == 0
        assert guests[2].call(sessions[2]).status == 0
        guests[0].hello()
        assert guests[0].call(guests[0].begin()).status == 0


def test_machines_that_come_at_once(agent):
    """More than there are spares, none of which is ready: each is served in time."""
    fronts = [agent.front() for _ in range(6)]
    try:
        for machine in fronts:
            machine.set_up()
    finally:
        for machine in fronts:
            machine.close()


def test_an_agent_that_is_killed(agent):
    """The front end sees it go only when nobody is left who could write to its memory."""
    with agent.another() as mortal, mortal.guest() as guest:
        session, place = guest.begin(), page(guest)
        call = begin_call(guest, session, UNTIL_LET_GO, place)
        workers = children_of(mortal.process.pid)
        mortal.process.kill()
        mortal.process.wait()
        assert guest.front.is_closed()
        stays(guest, place)
        assert not any(process_exists(worker) for worker in workers), 'its worker lives on'
        assert call in guest.chains


def test_an_agent_that_is_started_again(agent):
    """The VMM connects again and goes on behind the last used entry: what was in flight is not run."""
    with agent.another() as mortal, mortal.guest() as guest:
        session = guest.begin()
        calls = [guest.start_call(session, name=b'mirror.wait') for _ in range(3)]
        time.sleep(0.05)
        mortal.process.kill()
        mortal.process.wait()
        assert guest.front.is_closed()
        mortal.path.unlink(missing_ok=True)
        mortal.run()
        mortal.is_usable_soon()
        machine = guest.front
        machine.socket.close()
        machine.socket = connected(mortal)
        machine.negotiate()
        machine.start(base=guest.ring.used_idx[0])
        for call in calls:
            assert not came_back(guest, call)
        guest.hello()
        assert guest.call(guest.begin()).status == 0


def connected(agent):
    made = []

    def try_it():
        try:
            channel = front.Channel(agent.path, agent.patience)
            channel.ask(front.GET_FEATURES)
            made.append(channel.socket)
            return True
        except (OSError, Gone):
            return False

    client.wait_until(try_it, agent.patience, 'the agent does not come back')
    return made[0]


def test_an_agent_that_ends_during_calls(agent):
    """Each call comes back, or the front end sees that nobody is there any more."""
    with agent.another() as mortal, mortal.guest() as guest:
        session, place = guest.begin(), page(guest)
        begin_call(guest, session, 300 * agent.slowness, place)
        guest.start_call(session)
        mortal.process.send_signal(signal.SIGTERM)
        assert mortal.process.wait(mortal.patience) == 0
        assert guest.front.is_closed()
        stays(guest, place)


if __name__ == '__main__':
    victim.main(__name__, CONFIGURATION)
