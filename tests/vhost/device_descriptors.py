# SPDX-License-Identifier: Apache-2.0
"""Descriptors with which a stranger, or a worker that was taken over, would hold up the broker or end it."""
import contextlib
import os
import time

import front
import victim
from agent import threads_of
from harness import lingering

LINGER_S = 20  # times slowness
MANY = 100


@contextlib.contextmanager
def serving(agent):
    """With a connection that lingers, which must be closed with the last line."""
    with lingering(LINGER_S * agent.slowness) as connection:
        yield connection
        begun = time.monotonic()
        with agent.guest():  # gets the worker that the stranger had, and the next one that was begun since
            agent.is_usable_soon()
        took = time.monotonic() - begun
        assert took < LINGER_S * agent.slowness / 2, f'the agent served nobody for {took:.1f} s'


def hold_up(agent, count, *messages):
    """
    Say that, the last message with @count descriptors of a connection that lingers. The agent sees it when
    the connection is closed here: else this process might be the last.
    """
    with serving(agent) as connection, agent.front() as machine, agent.stopped():
        for message in messages[:-1]:
            machine.send(*message)
        machine.send(*messages[-1], [connection.fileno()] * count)
        connection.close()


def test_with_a_request_that_takes_none(agent):
    hold_up(agent, 1, (front.SET_FEATURES, front.U64.pack(0)))


def test_in_place_of_memory(agent):
    hold_up(agent, 1, (front.SET_MEM_TABLE, front.STATE.pack(1, 0) + front.REGION.pack(0, 4096, 0, 0)))


def test_in_place_of_an_event(agent):
    hold_up(agent, 1, (front.SET_VRING_CALL, front.U64.pack(0)))


def test_more_than_a_message_may_have(agent):
    hold_up(agent, 100, (front.SET_FEATURES, front.U64.pack(0)))


def test_behind_what_is_read(agent):
    """The socket is closed with it unread."""
    hold_up(agent, 1, (front.SET_FEATURES, b''), (front.SET_OWNER, b''))


def test_many_behind_what_is_read(agent):
    """There are not as many threads as they are, and no socket stays open that could be closed."""
    with contextlib.ExitStack() as stack:
        with agent.stopped():
            for _ in range(MANY):
                connection = stack.enter_context(lingering(LINGER_S * agent.slowness))
                machine = stack.enter_context(agent.front())
                machine.send(front.SET_FEATURES, b'')
                machine.send(front.SET_OWNER, fds=[connection.fileno()])
                connection.close()
        agent.is_the_same()
        assert threads_of(agent.process.pid) < MANY, 'each has a thread of the broker'


def test_its_own_end_of_the_connection(agent):
    """With a message that is not all there. Nobody would see that the front end is gone."""
    with agent.front() as machine:
        machine.send_raw(b'\1', [machine.socket.fileno()])
    agent.is_the_same()


def test_a_ledger_cannot_shrink(agent):
    """The broker reads it, and would die."""
    with agent.guest() as guest:
        ledger = os.open(f'/proc/{agent.pid_of_worker(guest)}/fd/4', os.O_RDWR)
        try:
            for size in (0, 1 << 20):
                with contextlib.suppress(PermissionError):
                    os.ftruncate(ledger, size)
                    raise AssertionError(f'it can be made {size} bytes long')
        finally:
            os.close(ledger)


if __name__ == '__main__':
    victim.main(__name__)
