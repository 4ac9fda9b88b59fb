# SPDX-License-Identifier: Apache-2.0
"""The example of docs/virtio-accel.md, sent to an agent as it stands there."""
import pathlib
import struct

import guest as driver
import protocol
import victim
from guest import Segment

TEXT = pathlib.Path(__file__).resolve().parents[2] / 'docs' / 'virtio-accel.md'
SESSION_AS_TOLD = struct.pack('<Q', 4294967297)


def messages():
    """Pairs of what the driver sends and what it should get."""
    sent = None
    for who, names, lines in protocol.example_of(TEXT.read_text()):
        data = b''.join(piece for piece, _, _ in lines)
        if who == 'driver':
            sent = names, data
        else:
            yield *sent, data


def exchanged(guest, data, answer_size, step):
    """Send these bytes, in descriptors of @step bytes; returns what was written."""
    sent, room = guest.put(data), guest.room(answer_size)
    pieces = [Segment(sent.address + at, min(step, len(data) - at)) for at in range(0, len(data), step)]
    chain = driver.Chain(0, 0, pieces, room, [])
    guest.wait(guest.post(chain))
    return guest.memory.read(room.address, chain.written)


def converse(guest, step):
    session = SESSION_AS_TOLD
    for names, data, expected in messages():
        answer_size = driver.HEAD.unpack(data)['answer_size']
        answer = exchanged(guest, data.replace(SESSION_AS_TOLD, session), answer_size, step)
        if names[-1] == 'wire_session_begin':
            session = answer[-8:]
        assert answer == expected.replace(SESSION_AS_TOLD, session), (names, answer.hex(' '))


def test_it_answers_as_the_text_says(agent):
    """However the bytes are cut."""
    for step in (1000, 16, 7, 1):
        with agent.guest(greet=False) as guest:
            converse(guest, step)


def test_several_times_over_one_queue(agent):
    """Each hello begins anew."""
    with agent.guest(greet=False) as guest:
        for _ in range(3):
            converse(guest, 64)


if __name__ == '__main__':
    victim.main(__name__)
