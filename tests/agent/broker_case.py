# SPDX-License-Identifier: Apache-2.0
"""The broker, beside a fake worker."""
import os
import sys
import unittest

from harness import Agent, until

PROGRAM = sys.argv[1]


class BrokerTest(unittest.TestCase):
    def setUp(self):
        self.agent = Agent(PROGRAM)
        self.addCleanup(self.agent.stop)

    def begin(self, *options, **more):
        self.agent.start(*options, **more)
        return self.agent.first_worker()

    def connect(self):
        connection = self.agent.connect()
        self.addCleanup(connection.close)
        return connection

    def config(self, contents):
        path = self.agent.folder / 'agent.toml'
        path.write_text(contents)
        return '--config', str(path)

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.agent.process.pid}/fd'))

    def assert_logged(self, *parts):
        for part in parts:
            until(lambda: part in self.agent.log.read_text())
