# SPDX-License-Identifier: Apache-2.0
"""A machine stays while calls of the worker that serves it fail; each time one more succeeds before that.

machine.py serves|recovers AGENT PLUGINS LIBRARY KIND

serves    the worker's calls while it takes requests: it goes on, and loses no memory
recovers  those of the worker that comes after one that died with requests, until all came back

Each chain comes back once: with its answer, or with a reason. After that the machine is served, over the same
queue; if it was disconnected, as the next worker could not use its memory, over a new one. With the kind
"deaths" the process dies at the call instead.
"""
import os
import select
import signal
import sys
import time

import client
import conversation
import state
import wire
from agent import Faults, TIMES, at_its_end, lost
from guest import MORE, Missing, guest as made_guest
from harness import until
from real import RealDevice, children_of

MINMAX = 22
COUNT = 500  # of numbers
PATIENCE = 10  # seconds
CALLS = 3  # in flight when a worker dies


def number32(value):
    return wire.arg(wire.INT32, value.to_bytes(4, 'little'))


def numbers(guest, session):
    """They are used in place."""
    read = [wire.Arg(20, wire.SENT, 8 * COUNT, bytes(8 * COUNT)), number32(COUNT), number32(0),
            number32(1)]
    write = [wire.Arg(20, wire.RETURNED, 8 * COUNT), wire.Arg(19, wire.RETURNED, 8),
             wire.Arg(19, wire.RETURNED, 8)]
    return guest.call(session, read, write, op=MINMAX)


def in_several_chains(guest, session):
    """The payload comes in two, and what the last one has no room for is asked for."""
    read, write = conversation.mirrored(b'there and back')
    body = wire.call_body(session, read=read, write=write, name=b'mirror.copy')
    id, guest.next_id = guest.next_id, guest.next_id + 1
    chains = [guest.chain(wire.CALL, id, body, [guest.put(b'there ')], answer_size=0,
                          head={'flags': MORE}),
              guest.chain(wire.PART, id, b'', [guest.put(b'and back')], [guest.room(4)],
                          answer_size=1024)]
    for chain in chains:
        guest.wait(guest.post(chain))
    message = guest.message_of(chain)
    answer = guest.told_by(wire.CALL, message, b'')
    if answer.told['nr_returned']:
        guest.wait(guest.post(guest.chain(wire.PART, id, rooms=[guest.room(10)])))
    return answer


def held(guest, session):
    answer = guest.call(session, *conversation.classified(), op=conversation.VISION_CLASSIFY)
    if answer.status:
        return answer
    return guest.fetch(session, int.from_bytes(answer.payload[-8:], 'little'), 100)


def resources(guest, session):
    for kind in (wire.MEMORY, wire.FILES):
        made = guest.new_resource({b'a': b'contents'}, kind)
        guest.register(made, session)
        answer = guest.sync(session, made, 8) if kind == wire.MEMORY else answer
        guest.ask(wire.RESOURCE_UNREGISTER, wire.use.pack(resource=made, session=session))
        guest.ask(wire.RESOURCE_END, wire.id_of.pack(id=made))
    return answer


def converse(guest):
    """Requests of each kind. Raises Refused at the first one that fails."""
    guest.hello()
    session = guest.begin()
    for step in (numbers, in_several_chains, held, resources):
        answer = step(guest, session)
        if answer.status:
            raise client.Refused(answer)
    guest.ask(wire.PING)
    guest.end(session)


class Machine(Faults):
    """One agent and one machine for all faults, and no worker that waits for another."""

    configuration = '[device]\nfront_ends = 1\n'

    def __init__(self, told):
        self.program, self.plugin, self.library, self.kind = told
        self.make_agent = RealDevice
        self.faults = self.wrong = self.told = 0
        self.agent, self.shared = self.start('vaccel-worker')
        self.guest = self.pid = None

    def begin(self):
        self.guest = made_guest(self.agent.path, greet=False, patience=PATIENCE)
        converse(self.guest)
        self.pid = self.agent.worker_pid()

    def complaint(self, may_fail):
        """None: each chain came back, and said why if it had to."""
        try:
            converse(self.guest)
        except client.Refused as refused:
            if not may_fail or not refused.answer.sentence:
                return f'a request failed: {refused}'
        except client.Closed as closed:
            if not may_fail or not closed.goodbye or not client.sentence_of(closed.goodbye):
                return f'the connection is over: {closed}'
        except Missing as missing:
            return str(missing)
        return 'a chain did not come back' if self.guest.flying else None

    def end(self):
        """A VMM that goes, and what is then left."""
        self.guest.close()
        self.judge(0, self.shared.fault(), self.agent, at_its_end(self.agent))
        return self.done()

    def all(self):
        try:
            self.begin()
            state.each_fault(self.attempt)
            return self.end()
        finally:
            self.agent.stop()


class Serves(Machine):
    before = blocks = None

    def begin(self):
        super().begin()
        self.before = self.look()
        self.blocks = self.shared.blocks()

    def look(self):
        """What failed may have left something that the next hello takes away. Threads are kept."""
        converse(self.guest)
        descriptors, _, *others = self.agent.look()
        return descriptors, *others

    def lost_again(self, at, way):
        """As of memory that is kept for the next request there is only so much."""
        place = None
        for _ in range(TIMES if self.kind == 'memory' else 0):
            place = lost(self.shared, self.blocks)
            if not place:
                return None
            self.blocks = self.shared.blocks()
            self.shared.let_fail(at, way, self.pid)
            self.complaint(True)
            self.shared.let_fail(0, 0)
            converse(self.guest)
        return place

    def attempt(self, at, way):
        self.shared.let_fail(at, way, self.pid)
        complaints = [self.complaint(True)]
        fault = self.shared.fault()
        self.shared.let_fail(0, 0)
        complaints += [self.complaint(False), self.lost_again(at, way)]
        if self.kind == 'deaths':
            until(lambda: self.agent.worker_pid() != self.pid or not fault.failed)
            self.pid = self.agent.worker_pid()
        else:
            complaints += self.changes()
        self.judge(at, fault, self.agent, complaints)
        return fault

    def changes(self):
        if children_of(self.agent.process.pid) != [self.pid]:
            yield 'it is another worker'
            return
        now = self.look()
        if now != self.before and 'cannot remove' not in self.news(self.agent):
            yield f'before {self.before}\nnow    {now}'
        self.before = now


class Recovers(Machine):
    itself = True  # what goes wrong before a worker is ready has the next one wait for a second

    def begin_calls(self):
        self.guest.hello()
        session = self.guest.begin()
        return [self.guest.chains[self.guest.start_call(session, name=b'mirror.wait')]
                for _ in range(CALLS)]

    def is_disconnected(self):
        return bool(select.select([self.guest.front.socket], [], [], 0)[0])

    def take_back(self, chain):
        """With a goodbye that says why. It may also be lost with the connection."""
        end = time.monotonic() + PATIENCE
        while chain.written is None and not self.is_disconnected():
            if time.monotonic() > end:
                return 'a chain does not come back'
            self.guest.collect(0.02)
        try:
            return None if chain.written is None else f'answered: {self.guest.message_of(chain)}'
        except client.Closed as closed:
            said = closed.goodbye and client.sentence_of(closed.goodbye)
            return None if said else 'a chain came back without a reason'

    def connect_again(self):
        self.guest.close()
        self.begin()
        if 'the front end is disconnected' not in self.news(self.agent):
            return 'it was disconnected, and the agent does not say why'
        return None

    def is_ready(self):
        worker = self.agent.worker_pid()
        return worker != self.pid and f'worker {worker} is ready' in self.agent.read_log()

    def attempt(self, at, way):
        chains = self.begin_calls()
        self.pid = self.agent.worker_pid()
        self.shared.let_fail(at, way, -self.pid)
        os.kill(self.pid, signal.SIGKILL)
        complaints = [self.take_back(chain) for chain in chains]
        self.guest.chains.clear()
        until(self.is_ready)
        fault = self.shared.fault()
        if self.is_disconnected():
            complaints.append(self.connect_again())
        self.shared.let_fail(0, 0)
        complaints.append(self.complaint(False))
        self.judge(at, fault, self.agent, complaints)
        return fault


def main():
    made = {'serves': Serves, 'recovers': Recovers}[sys.argv[1]]
    return made(sys.argv[2:]).all()


if __name__ == '__main__':
    sys.exit(main())
