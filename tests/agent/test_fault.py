# SPDX-License-Identifier: Apache-2.0
"""A plugin that can do nothing more in its process: the worker ends, and the next one serves.

test_fault.py AGENT CALLER RPC MIRROR [PART-OF-NAME]
"""
import pathlib
import sys
import unittest

import tap
from callers import Caller
from harness import until
from real import RealAgent, RealDevice

AGENT, CALLER, RPC, MIRROR = (pathlib.Path(path).resolve() for path in sys.argv[1:5])
del sys.argv[2:5]
EBACKEND = 71
ROUNDS = 5


class Case:
    """A caller breaks the plugin; others come after it, or are there."""

    def setUp(self):
        self.agent = self.kind(AGENT)
        self.addCleanup(self.agent.stop)
        self.agent.serve(str(MIRROR))

    def caller(self):
        caller = Caller(CALLER, RPC, self.agent.address)
        self.addCleanup(caller.kill)
        return caller

    def break_plugin(self, caller):
        self.assertEqual(caller.do('fault'), EBACKEND)
        self.assertIn('mirror fails: a broken context', caller.said())

    def test_who_comes_next_is_served(self):
        """Also at once: not by the worker that is about to end."""
        for _ in range(ROUNDS):
            caller, after = self.caller(), self.caller()
            caller.must('begin', 'call')
            self.break_plugin(caller)
            after.must('begin', 'call', 'end')

    def test_who_broke_it_goes_on_with_a_new_session(self):
        caller = self.caller()
        for _ in range(ROUNDS):
            caller.must('begin', 'call')
            self.break_plugin(caller)
            self.assertNotEqual(caller.do('call'), 0)
            caller.do('end')
        caller.must('begin', 'call', 'end')

    def test_why_is_logged(self):
        worker = self.agent.worker_pid()
        caller = self.caller()
        caller.must('begin')
        self.break_plugin(caller)
        for sentence in ('plugin mirror: a broken context: it can do nothing more in this worker',
                         f'worker {worker}', 'ended, as a plugin in it can do nothing more'):
            until(lambda: sentence in self.agent.read_log())


class Sockets(Case, unittest.TestCase):
    kind = RealAgent

    def test_others_of_the_worker_are_told(self):
        caller, waiting, idle = self.caller(), self.caller(), self.caller()
        for each in (caller, waiting, idle):
            each.must('begin')
        waiting.tell('wait')
        caller.must('see 1')
        self.break_plugin(caller)
        self.assertEqual(waiting.answer(), EBACKEND)
        self.assertIn('ended, as a plugin in it can do nothing more', waiting.said())
        self.assertNotEqual(idle.do('call'), 0)
        for each in (waiting, idle):
            each.do('end')
            each.must('begin', 'call', 'end')

    def test_the_end_afterwards(self):
        caller = self.caller()
        caller.must('begin')
        self.break_plugin(caller)
        until(self.agent.is_ready)
        self.assertEqual(self.agent.end(), 0)
        self.assertEqual(self.agent.left_behind(), [])


class Devices(Case, unittest.TestCase):
    kind = RealDevice


if __name__ == '__main__':
    sys.exit(tap.main())
