# SPDX-License-Identifier: Apache-2.0
"""What there must be after something that a driver must not do."""
import contextlib

import client
import wire


def works(guest):
    """A connection, from the hello on."""
    guest.hello()
    assert guest.call(guest.begin()).status == 0


def goodbye_to(guest, chain):
    """That chain must bring one; returns its sentence."""
    try:
        guest.message_of(guest.wait(chain))
    except client.Closed as end:
        assert end.goodbye, f'nothing was written to a chain of type {chain.type}'
        sentence = client.sentence_of(end.goodbye)
        assert sentence, f'a goodbye without a reason: {end.goodbye}'
        return sentence
    raise AssertionError(f'a chain of type {chain.type} was answered')


def goodbye_to_or_nothing(guest, chain):
    """The same where there may be too little room for it, or for its reason."""
    if guest.wait(chain).written >= wire.HEADER_SIZE:
        with contextlib.suppress(client.Closed):
            guest.message_of(chain)
            raise AssertionError(f'a chain of type {chain.type} was answered')


def is_over(guest):
    """The connection is, but not the queue."""
    goodbye_to(guest, guest.post(guest.chain(wire.PING, 1 << 40)))
    works(guest)


def refused(guest, head):
    """A chain comes back with nothing written, and the connection is over."""
    guest.ring.announce(head)
    assert guest.ring.wait_used(guest.patience) == [(head, 0)]
    is_over(guest)


def restart(guest):
    """The driver resets the device and brings it up; nothing of before comes back."""
    guest.front.stop()
    guest.ring.begin()
    guest.flying.clear()
    guest.chains.clear()
    guest.front.start()
    works(guest)


def back_in_any_way(guest, seconds=0.3):
    """Let go what is in flight, if it does not come back by itself soon."""
    try:
        while guest.flying:
            if not guest.collect(seconds):
                break
    finally:
        restart(guest)
