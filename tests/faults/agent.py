# SPDX-License-Identifier: Apache-2.0
"""An agent of which a call fails while it serves an example; each time one more succeeds before that.

agent.py worker|start|broker socket|device AGENT PLUGIN RPC LIBRARY KIND PROGRAM [ARGUMENT...]

worker  the calls of a worker that serves: it must go on, and lose no memory
start   those of a worker that starts, each time in a new agent: it must serve, or the agent end with 1
broker  those of the broker from its start to its end: it must serve, or end with 1

The example must end with success or with 1 and a line that says why; another one must be served after it. In
the end nothing may be left of the agent. With the kind "deaths" the process dies at the call instead.
"""
import collections
import os
import re
import subprocess
import sys

import state
from harness import until
from real import RealAgent, RealDevice

LONGEST = 15  # seconds for an example
KEEPALIVE = 10000  # milliseconds; an agent whose worker could not begin says nothing for a second or two
# So long, in ms, a client tries again where an agent died. One that lives may need a second for the next worker.
CONNECT_TIMEOUT_OF_DEAD = 500
TIMES = 4  # that memory must be lost before it counts
FAILED = 1
HANGS = 'no sign of life'  # of the agent, says the client
NONE = state.Fault(0, 0, 'none', 0, 'nowhere')


class Client:
    def __init__(self, rpc, command):
        self.command = [os.path.abspath(command[0]), *command[1:]]
        self.environment = {'VACCEL_PLUGINS': rpc, 'VACCEL_RPC_KEEPALIVE': str(KEEPALIVE)}
        self.impatience = {}  # of one that may fail

    def run(self, agent, may_fail=False):
        """Returns its code and what it said."""
        environment = {**os.environ, **self.environment, **(self.impatience if may_fail else {}),
                       'VACCEL_RPC_ADDRESS': agent.address}
        try:
            done = subprocess.run(self.command, env=environment, text=True, cwd=agent.folder,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=LONGEST)
        except subprocess.TimeoutExpired as expired:
            return None, f'still running after {LONGEST} s: {expired.stderr}'
        return done.returncode, done.stderr

    def complaint(self, agent, may_fail):
        """None: all was right."""
        code, said = self.run(agent, may_fail)
        if HANGS in said:
            return said
        if code == 0 or (may_fail and code == FAILED and said):
            return None
        return f'the {"first" if may_fail else "next"} example ended with {code}: {said}'


class Faults:
    """Counts them, and how often something was wrong."""

    itself = False  # and what it loads
    configuration = ''

    def __init__(self, told):
        kind, self.program, plugin, rpc, self.library, self.kind, *command = told
        self.make_agent = {'socket': RealAgent, 'device': RealDevice}[kind]
        self.plugin = os.path.abspath(plugin)
        self.client = Client(os.path.abspath(rpc), command)
        if self.kind == 'deaths':
            self.client.impatience = {'VACCEL_RPC_CONNECT_TIMEOUT': str(CONNECT_TIMEOUT_OF_DEAD)}
        self.faults = self.wrong = 0
        self.told = 0  # characters of the log

    def start(self, program, at=0, way=0):
        """An agent, of which the call number @at of that program is to fail."""
        agent = self.make_agent(self.program)
        shared = state.State(agent.folder / 'state', self.library, self.kind, program,
                             self.itself)
        shared.let_fail(at, way)
        environment = {**shared.environment, 'VACCEL_PLUGINS': ''}
        (agent.folder / 'agent.toml').write_text(self.configuration)
        agent.serve(self.plugin, '--config', 'agent.toml', environment=environment)
        return agent, shared

    def news(self, agent):
        """What the agent logged since the last fault."""
        return agent.read_log()[self.told:]

    def judge(self, at, fault, agent, complaints):
        self.faults += bool(fault.failed)
        complaints = [c for c in complaints if c]
        self.wrong += bool(complaints)
        for complaint in complaints:
            print(f'{state.describe(at, fault)}: {complaint}')
        if complaints:
            print(self.news(agent))
        self.told = len(agent.read_log())

    def done(self):
        print(f'{self.faults} faults, {self.wrong} times wrong')
        return 0 if self.faults and not self.wrong else 1


def at_its_end(agent, codes=(0,)):
    """Complaints about an agent that ended, or is told to."""
    if agent.process.poll() is None:
        agent.end()
    code = agent.process.returncode
    if code not in codes:
        yield f'the agent ended with {code}'
    elif code and not agent.read_log():
        yield 'the agent failed and says nothing'
    left = agent.left_behind()
    if left:
        yield 'the agent left ' + ' '.join(left)


def lost(shared, before):
    more = shared.blocks() - before
    return 'the memory allocated here is lost: ' + ' '.join(more) if more else None


class Worker(Faults):
    """One agent for all faults."""

    def __init__(self, told):
        super().__init__(told)
        self.agent, self.shared = self.start('vaccel-worker')
        code, said = self.client.run(self.agent)
        assert code == 0, said
        self.pid = self.agent.worker_pid()
        self.remember()

    def remember(self):
        self.before = self.agent.look_at_rest()
        self.blocks = self.shared.blocks()

    def rest(self):
        """A complaint if the worker does not get as it was before."""
        if 'cannot remove' in self.news(self.agent):
            self.remember()
        try:
            until(lambda: self.agent.has_no_more(self.before))
        except TimeoutError:
            complaint = f'before {self.before}\nnow    {self.agent.look()}'
            self.remember()
            return complaint
        return None

    def lost_again(self, at, way):
        """A complaint if the fault loses memory each time. What a new thread is given stays for others."""
        place = None
        for _ in range(TIMES if self.kind != 'deaths' else 0):
            place = lost(self.shared, self.blocks)
            if not place:
                return None
            self.remember()
            self.shared.let_fail(at, way)
            self.client.run(self.agent)
            self.shared.let_fail(0, 0)
            self.rest()
        return place

    def attempt(self, at, way):
        self.shared.let_fail(at, way)
        first = self.client.complaint(self.agent, True)
        fault = self.shared.fault()
        self.shared.let_fail(0, 0)
        complaints = [first, self.client.complaint(self.agent, False), self.rest(),
                      self.lost_again(at, way)]
        if self.kind != 'deaths' and self.agent.worker_pid() != self.pid:
            complaints.append('it is another worker')
        self.judge(at, fault, self.agent, complaints)
        return fault

    def all(self):
        try:
            state.each_fault(self.attempt)
            self.judge(0, self.shared.fault(), self.agent, at_its_end(self.agent))
        finally:
            self.agent.stop()
        return self.done()


class DeviceWorker(Worker):
    """Each client has one of its own."""

    def remember(self):
        super().remember()
        self.pid = self.agent.worker_pid()

    def lost_again(self, at, way):
        return None

    def has_died(self):
        """Without a reason that it tells."""
        end = re.search(rf'worker {self.pid} .*(died|ended).*', self.news(self.agent))
        return end and 'no descriptors for the memory' not in self.news(self.agent) and end.group()

    def attempt(self, at, way):
        until(lambda: f'worker {self.agent.worker_pid()} is ready' in self.agent.read_log())
        self.pid = self.agent.worker_pid()
        self.shared.let_fail(at, way, self.pid)
        first = self.client.complaint(self.agent, True)
        fault = self.shared.fault()
        self.shared.let_fail(0, 0)
        complaints = [first, self.client.complaint(self.agent, False), self.rest()]
        if self.kind != 'deaths' and self.has_died():
            complaints.append(self.has_died())
        self.judge(at, fault, self.agent, complaints)
        return fault


class Fresh(Faults):
    """An agent for each fault."""

    victim = None
    in_one_way = False

    def attempt(self, at, way):
        agent, shared = self.start(self.victim, at, way)
        try:
            complaints = list(self.complaints(agent, shared))
            fault = shared.fault()
            self.told = 0
            self.judge(at, fault, agent, complaints)
        finally:
            agent.log.unlink()  # it was told what matters
            agent.stop()
        return fault

    def without_fault(self):
        agent, _ = self.start(self.victim)
        try:
            self.judge(0, NONE, agent, [self.client.complaint(agent, False), *at_its_end(agent)])
        finally:
            agent.stop()

    def all(self):
        self.without_fault()
        (state.each_call if self.in_one_way else state.each_fault)(self.attempt)
        return self.done()


class Start(Fresh):
    """Until it serves."""

    victim = 'vaccel-worker'

    def complaints(self, agent, shared):
        if agent.process.poll() is None:
            shared.let_fail(0, 0) if not shared.fault().failed else None
            yield self.client.complaint(agent, False)
            yield from at_its_end(agent)
        else:
            yield from at_its_end(agent, (FAILED,))


class Broker(Fresh):
    """From its start to its end."""

    victim = 'vaccel-agent'
    has_one_worker = True

    def complaints(self, agent, shared):
        if agent.process.poll() is None:
            yield self.client.complaint(agent, True)
        if agent.process.poll() is None:
            may_fail = self.kind == 'deaths' or not shared.fault().failed
            yield self.client.complaint(agent, may_fail)
        if agent.process.poll() is None:
            agent.end()
        if self.kind == 'deaths' and shared.fault().failed:
            yield from self.after_death(agent)
        else:
            yield from at_its_end(agent, (0, FAILED))
            yield lost(shared, collections.Counter())

    def after_death(self, agent):
        """A worker that was begun ends, and then removes its files; another agent can take over."""
        left = agent.left_behind()
        gone = self.has_one_worker and 'the broker is gone' in agent.read_log()
        if any(not os.path.isdir(path) and path != str(agent.path) for path in left) or (
                gone and left not in ([], [str(agent.path)])):
            yield 'the agent left ' + ' '.join(left)
        agent.serve(self.plugin)
        yield self.client.complaint(agent, False)
        if agent.end():
            yield f'the agent after it ended with {agent.process.returncode}'


class DeviceBroker(Broker):
    """Which has a lot to talk about with a front end. Another of its workers may not have begun yet."""

    in_one_way = True
    has_one_worker = False


OF_SOCKETS = {'worker': Worker, 'start': Start, 'broker': Broker}
OF_DEVICES = {'worker': DeviceWorker, 'start': Start, 'broker': DeviceBroker}


def main():
    victims = OF_DEVICES if sys.argv[2] == 'device' else OF_SOCKETS
    return victims[sys.argv[1]](sys.argv[2:]).all()


if __name__ == '__main__':
    sys.exit(main())
