# SPDX-License-Identifier: Apache-2.0
"""run.py with an example that calls through an agent, which must serve others after that.

remote.py socket|device AGENT PLUGIN AGENT-OPTIONS LIBRARY KIND NAME=VALUE... PROGRAM [ARGUMENT...]

With KIND "deaths" the program is killed instead, at each call that concerns sockets.
"""
import signal
import sys

import run
import state
from harness import until
from real import RealAgent, RealDevice


class Deaths:
    """As run.Check, of a program that is killed at each of its calls."""

    def __init__(self, program):
        self.program = program
        self.runs = 0
        self.usual = program.run(0)

    def attempt(self, at, way):
        ended = self.program.run(at, way)
        self.runs += ended.fault.failed
        assert ended.code == (-signal.SIGKILL if ended.fault.failed else self.usual.code), ended
        return ended.fault

    def all(self):
        state.each_fault(self.attempt)
        print(f'{self.runs} deaths')
        return self.runs > 0


def check(agent, library, kind, rest):
    """Nothing may be left in the worker of those that failed."""
    program = run.program_of(library, kind, rest, f'VACCEL_RPC_ADDRESS={agent.address}')
    all_right = Deaths(program) if kind == 'deaths' else run.Check(program)
    before = agent.look_at_rest()
    passed = all_right.all()
    ended = program.run(0)
    if ended.code != all_right.usual.code:
        print(f'afterwards another one is not served: {ended.code}\n{ended.out}{ended.err}')
        passed = False
    try:
        until(lambda: agent.has_no_more(before))
    except TimeoutError:
        print(f'the agent has something left\nbefore {before}\nnow    {agent.look()}')
        passed = False
    return passed


def main():
    kind, program, plugin, options, *rest = sys.argv[1:]
    made = {'socket': RealAgent, 'device': RealDevice}[kind]
    agent = made(program).serve(plugin, *options.split())
    try:
        passed = check(agent, *rest[:2], rest[2:])
        code = agent.end()
        left = agent.left_behind()
    finally:
        agent.stop()
    if code or left:
        print(f'the agent ended with {code} and left {left}')
    return 0 if passed and not code and not left else 1


if __name__ == '__main__':
    sys.exit(main())
