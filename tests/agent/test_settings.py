# SPDX-License-Identifier: Apache-2.0
"""The command line and the TOML file: test_settings.py AGENT [PART OF A NAME]"""
import signal
import socket
import sys
import unittest

import tap
from harness import Agent

PROGRAM = sys.argv[1]
GIB = 1 << 30
DEFAULTS = {
    'listen': ['tcp://127.0.0.1:65500'], 'plugins': 'noop', 'allow_exec': False,
    'allow_kernels': False, 'hosts': [], 'connections': 256, 'sessions': 64, 'resources': 256,
    'resource_bytes': 4 * GIB, 'held_bytes': GIB, 'calls': 32, 'message_bytes': GIB,
    'connection_bytes': 2 * GIB, 'hello_ms': 10000, 'stall_ms': 30000, 'drain_ms': 10000,
    'reset_ms': 1000, 'spin_us': 50, 'front_ends': 16,
}
LIMITS = {'connections': 4096, 'sessions': 65536, 'resources': 65536, 'resource_bytes': 2**63 - 1,
          'held_bytes': 2**63 - 1, 'calls': 1024, 'message_bytes': 2 * GIB,
          'connection_bytes': 2**63 - 1}
TIMEOUTS = dict.fromkeys(['hello_ms', 'stall_ms', 'drain_ms', 'reset_ms'], 24 * 60 * 60 * 1000)
DEVICE = {'spin_us': 10000, 'front_ends': 256}
NUMBERS = ([('limits', name, most) for name, most in LIMITS.items()] +
           [('timeouts', name, most) for name, most in TIMEOUTS.items()] +
           [('device', name, most) for name, most in DEVICE.items()])
TOML = 'agent.toml'


class SettingsTest(unittest.TestCase):
    def setUp(self):
        self.agent = Agent(PROGRAM)
        self.addCleanup(self.agent.stop)

    def write(self, contents):
        raw = contents if isinstance(contents, bytes) else contents.encode()
        (self.agent.folder / TOML).write_bytes(raw)

    def settings(self, *options, contents='', **start):
        """As the worker gets them."""
        self.write(contents)
        self.agent.start('--config', TOML, *options, **start)
        settings = self.agent.worker().settings()
        self.agent.signal(signal.SIGKILL)
        self.agent.wait()
        return settings

    def assert_refused(self, *parts, options=(), contents=None):
        if contents is not None:
            self.write(contents)
            options = ('--plugins', 'noop', '--config', TOML, *options)
        status, out, said = self.agent.run(*options)
        self.assertEqual((status, out), (1, ''), said)
        for part in parts:
            self.assertIn(part, said)


class TestCommandLine(SettingsTest):
    def test_defaults(self):
        self.assertEqual(self.settings(), {**DEFAULTS, 'listen': [self.agent.address]})

    def test_default_address(self):
        with socket.socket() as first:
            # If it is taken already, that does as well.
            first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if first.connect_ex(('127.0.0.1', 65500)):
                first.close()
                first = socket.create_server(('127.0.0.1', 65500))
            self.assert_refused('cannot listen at tcp://127.0.0.1:65500: another process does',
                                options=['--plugins', 'noop'])
            first.close()

    def test_plugins_of_the_environment(self):
        environment = {'VACCEL_PLUGINS': 'other'}
        settings = self.settings(plugins=None, environment=environment)
        self.assertEqual(settings['plugins'], 'other')
        settings = self.settings(plugins='blas', environment=environment)
        self.assertEqual(settings['plugins'], 'blas')

    def test_no_plugins(self):
        self.assert_refused('there is no plugin', '--plugins blas:opencv')
        self.assert_refused('there is no plugin', options=['--plugins', ''])

    def test_every_option(self):
        settings = self.settings('--listen', 'tcp://127.0.0.1:0', '--allow-exec', '--allow-kernels')
        self.assertEqual(settings, {
            **DEFAULTS, 'listen': [self.agent.address, 'tcp://127.0.0.1:0'], 'allow_exec': True,
            'allow_kernels': True})

    def test_help(self):
        status, out, said = self.agent.run('--help')
        self.assertEqual((status, said), (0, ''))
        for word in ('--listen', '--plugins', '--config', '--allow-exec', '--allow-kernels',
                     '--version', 'Example', 'VACCEL_RPC_ADDRESS'):
            self.assertIn(word, out)

    def test_version(self):
        status, out, said = self.agent.run('--version')
        self.assertEqual((status, said), (0, ''))
        self.assertRegex(out, r'^vaccel-agent \d+\.\d+\.\d+\n$')

    def test_bad_options(self):
        for option in ('--no-such', '-x', '--listen', '--config', '--plugins', '--allow-exec=yes'):
            with self.subTest(option):
                self.assert_refused(option.lstrip('-').split('=')[0], 'see --help', options=[option])
        self.assert_refused('rubbish is no option', options=['rubbish'])

    def test_bad_addresses(self):
        for address in ('', 'rubbish', 'tcp://localhost:65500', 'tcp://127.0.0.1', 'unix://relative',
                        'tcp://127.0.0.1:65536', 'vsock://1', 'http://127.0.0.1:80',
                        'unix:///' + 'x' * 300, 'vhost-user://relative', 'vhost-user:///x?id=64',
                        'vhost-user:///x?id=2', 'hybrid-vsock:///x', 'hybrid-vsock:///x/*?port=1',
                        'hybrid-vsock:///' + 'x/' * 120 + 'y?port=1',
                        'vhost-vsock:///x?cid=2'):
            with self.subTest(address):
                self.assert_refused('vaccel-agent: ', options=['--plugins', 'noop', '--listen', address])

    def test_too_many_addresses(self):
        self.assert_refused('16 addresses',
                            options=['--plugins', 'noop'] + 17 * ['--listen', 'tcp://127.0.0.1:0'])

    def test_plugins_that_do_not_fit(self):
        self.assert_refused('4096 bytes, and may have 4095', options=['--plugins', 'x' * 4096])


class TestFile(SettingsTest):
    def test_every_key(self):
        numbers = {name: number for number, (_, name, _) in enumerate(NUMBERS, 1)}
        lines = [f'{name} = {number}' for name, number in numbers.items()]
        settings = self.settings(plugins=None, listen=False, contents='\n'.join([
            f'listen = ["{self.agent.address}", "tcp://127.0.0.1:0"]', 'plugins = "blas"',
            'allow_exec = true', 'allow_kernels = true',
            'hosts = ["models.example.org", "10.0.0.1"]',
            '[limits]', *lines[:len(LIMITS)], '[timeouts]', *lines[len(LIMITS):-len(DEVICE)],
            '[device]', *lines[-len(DEVICE):]]))
        self.assertEqual(settings, {
            'listen': [self.agent.address, 'tcp://127.0.0.1:0'], 'plugins': 'blas',
            'allow_exec': True, 'allow_kernels': True,
            'hosts': ['models.example.org', '10.0.0.1'], **numbers})

    def test_plugins(self):
        for value, expected in (('"blas"', 'blas'), ('["blas"]', 'blas'),
                                ('["blas", "opencv"]', 'blas:opencv'), ('"a:b"', 'a:b')):
            with self.subTest(value):
                settings = self.settings(plugins=None, contents=f'plugins = {value}')
                self.assertEqual(settings['plugins'], expected)

    def test_command_line_counts_more(self):
        settings = self.settings('--allow-exec', plugins='blas',
                                 contents='listen = ["tcp://127.0.0.1:1"]\nplugins = "other"\n'
                                          'allow_exec = false\nallow_kernels = true')
        self.assertEqual(settings, {**DEFAULTS, 'listen': [self.agent.address], 'plugins': 'blas',
                                    'allow_exec': True, 'allow_kernels': True})

    def test_largest_numbers(self):
        for table, name, most in NUMBERS:
            with self.subTest(name):
                settings = self.settings(contents=f'[{table}]\n{name} = {most}')
                self.assertEqual(settings[name], most)

    def test_numbers_out_of_range(self):
        for table, name, most in NUMBERS:
            above = [most + 1] if most < GIB else []
            least = 0 if name == 'spin_us' else 1
            for value in [least - 1, -1, '1.0', '"1"', 'true', '[1]', '{}', '1979-05-27', *above]:
                with self.subTest(name, value=value):
                    self.assert_refused(f'{TOML}, line 3: [{table}] {name} is ',
                                        f': write a whole number from {least} to ',
                                        contents=f'\n[{table}]\n{name} = {value}\n')

    def test_no_spinning(self):
        self.assertEqual(self.settings(contents='[device]\nspin_us = 0')['spin_us'], 0)

    def test_numbers_that_do_not_fit(self):
        self.assert_refused(f'{TOML}, line 1: ', contents=f'limits.calls = {2 ** 64}')

    def test_wrong_types(self):
        for name, values in {'listen': ['1', '"tcp://127.0.0.1:1"', '[1]', '[[]]', '[""]'],
                             'plugins': ['1', '[1]', '""', '[""]'],
                             'allow_exec': ['1', '"true"', '[true]'],
                             'allow_kernels': ['0', '"no"'],
                             'hosts': ['"models.example.org"', '[1]', '[""]'],
                             'limits': ['1', '[]'], 'timeouts': ['1', '"x"'],
                             'device': ['1', '"x"']}.items():
            for value in values:
                with self.subTest(name, value=value):
                    self.assert_refused(f'{TOML}, line 2: {name} is ', ': write ',
                                        contents=f'\n{name} = {value}\n')

    def test_unknown_keys(self):
        self.assert_refused(f'{TOML}, line 2: port is not known', 'listen, plugins',
                            contents='\nport = 1\n')
        self.assert_refused(f'{TOML}, line 2: [limits] call is not known', 'connections, sessions',
                            contents='[limits]\ncall = 1\n')
        self.assert_refused(f'{TOML}, line 2: [timeouts] calls is not known', 'hello_ms, stall_ms',
                            contents='[timeouts]\ncalls = 1\n')
        self.assert_refused(f'{TOML}, line 2: [device] spin is not known', 'but spin_us',
                            contents='[device]\nspin = 1\n')

    def test_bad_addresses(self):
        self.assert_refused(f'{TOML}, line 2: listen: the address "tcp://127.0.0.1:x" is wrong',
                            contents='listen = ["tcp://127.0.0.1:1",\n"tcp://127.0.0.1:x"]')
        self.assert_refused('16 addresses', contents=f'listen = {["tcp://127.0.0.1:0"] * 17}')

    def test_no_addresses(self):
        self.assert_refused('no address to listen at', contents='listen = []')

    def test_bad_hosts(self):
        self.assert_refused(f'{TOML}, line 1: hosts: "http://example.org" is no host',
                            contents='hosts = ["http://example.org"]')
        self.assert_refused('there may be 32 hosts', contents=f'hosts = {["example.org"] * 33}')
        self.assert_refused('257 bytes, and may have 255', contents=f'hosts = ["{"x" * 257}"]')

    def test_zero_bytes(self):
        for key in ('plugins', 'listen', 'hosts'):
            self.assert_refused(f'{TOML}, line 1: {key}: a text has a zero byte',
                                contents=f'{key} = ["a\\u0000b"]')

    def test_limits_that_contradict_each_other(self):
        self.assert_refused('connection_bytes is 5, too little', 'message_bytes allows it 6',
                            contents='[limits]\nmessage_bytes = 6\nconnection_bytes = 5')

    def test_no_toml(self):
        self.assert_refused(f'{TOML}, line 2: ', 'write TOML there', contents='\nlisten "x"\n')
        self.assert_refused(f'{TOML}, line 2: ', contents='plugins = "a"\nplugins = "b"\n')
        self.assert_refused(f'{TOML}, line 1: ', contents=b'plugins = "\xff"\n')

    def test_no_file(self):
        self.assert_refused('cannot read missing.toml: No such file',
                            options=['--config', 'missing.toml'])
        self.assert_refused('cannot read .: Is a directory', options=['--config', '.'])


if __name__ == '__main__':
    sys.exit(tap.main())
