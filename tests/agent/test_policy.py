# SPDX-License-Identifier: Apache-2.0
"""What an agent lets strangers do: code, kernels, files from elsewhere, a look at times.

test_policy.py AGENT EXAMPLES RPC NOOP EXEC KERNELS LIBRARY [PART-OF-NAME]
"""
import http.server
import pathlib
import sys
import threading
import unittest

import tap
from real import RealAgent, below

AGENT, EXAMPLES, RPC, NOOP, EXEC, KERNELS, LIBRARY = (pathlib.Path(path).resolve()
                                                      for path in sys.argv[1:8])
del sys.argv[2:8]
MODEL = b'a model'


class Files(http.server.BaseHTTPRequestHandler):
    """/model, also below /other; /moved leads there; everything else is not found."""

    def do_GET(self):
        if self.path == '/moved':
            self.send_response(302)
            self.send_header('Location', '/model')
            self.end_headers()
        elif self.path.endswith('/model'):
            self.send_response(200)
            self.send_header('Content-Length', str(len(MODEL)))
            self.end_headers()
            self.wfile.write(MODEL)
        else:
            self.send_error(404)

    def log_message(self, *_):
        pass


class Case(unittest.TestCase):
    def setUp(self):
        self.agent = RealAgent(AGENT)
        self.addCleanup(self.agent.stop)

    def serve(self, plugin, *options, settings=''):
        config = self.agent.folder / 'agent.toml'
        config.write_text(settings)
        self.agent.serve(str(plugin), '--config', str(config), *options)

    def skip_without_curl(self, output):
        if 'without libcurl' in output:
            self.skipTest('the agent was built without libcurl')

    def run_example(self, name, *arguments, **environment):
        return self.agent.run_client(RPC, EXAMPLES / name, *arguments, **environment)

    def assert_works(self, name, *arguments):
        done = self.run_example(name, *arguments)
        self.assertEqual(done.returncode, 0, done.stdout)

    def assert_fails(self, sentence, name, *arguments):
        done = self.run_example(name, *arguments)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(sentence, done.stdout)


class Code(Case):
    def test_code_needs_leave(self):
        self.serve(EXEC, '--allow-kernels')
        self.assert_fails('say --allow-exec', 'exec_custom', LIBRARY)
        self.assert_fails('say --allow-exec', 'genop', 'exec', LIBRARY)

    def test_code_runs_with_leave(self):
        self.serve(EXEC, settings='allow_exec = true')
        self.assert_works('exec_custom', LIBRARY)
        self.assert_works('genop', 'exec', LIBRARY)

    def test_a_kernel_needs_leave_of_its_own(self):
        self.serve(KERNELS, '--allow-exec')
        self.assert_fails('say --allow-kernels', 'exec_custom', LIBRARY)

    def test_a_kernel_runs_with_leave(self):
        self.serve(KERNELS, '--allow-kernels')
        self.assert_works('exec_custom', LIBRARY)


class Profile(Case):
    def test_what_operations_took_is_told(self):
        self.serve(NOOP)
        done = self.run_example('noop', VACCEL_LOG_LEVEL='3', VACCEL_PROFILING_ENABLED='1')
        self.assertRegex(done.stdout, r'\[prof\] noop in the agent: total_time: [1-9]\d* nsec '
                                      r'nr_entries: 1\n')
        done = self.run_example('noop', VACCEL_LOG_LEVEL='3')
        self.assertNotIn('in the agent', done.stdout)


class Remote(Case):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Files)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def url(self, path):
        return f'http://127.0.0.1:{self.server.server_port}{path}'

    def test_a_listed_host(self):
        self.serve(NOOP, settings='hosts = ["127.0.0.1"]')
        done = self.run_example('torch_inference', self.url('/model'), '2x3')
        self.skip_without_curl(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assert_fails('404', 'torch_inference', self.url('/missing'))
        self.assert_fails('redirects elsewhere', 'torch_inference', self.url('/moved'))
        self.assertFalse([path for path in below(self.agent.runtime) if 'resource.' in path])

    def test_another_host(self):
        self.serve(NOOP, settings='hosts = ["example.org"]')
        done = self.run_example('torch_inference', self.url('/model'))
        self.skip_without_curl(done.stdout)
        self.assert_fails('fetches nothing from 127.0.0.1', 'torch_inference', self.url('/model'))

    def test_no_host(self):
        self.serve(NOOP)
        self.assert_fails('fetches nothing', 'torch_inference', self.url('/model'))

    def test_a_file_that_is_too_large(self):
        self.serve(NOOP, settings='hosts = ["127.0.0.1"]\n[limits]\nresource_bytes = 4100')
        done = self.run_example('torch_inference', self.url('/model'))
        self.skip_without_curl(done.stdout)
        self.assert_fails('setting resource_bytes', 'torch_inference', self.url('/model'))


if __name__ == '__main__':
    sys.exit(tap.main())
