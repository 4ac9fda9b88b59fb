# SPDX-License-Identifier: Apache-2.0
"""A virtual machine that is watched and disturbed while it runs."""
import re
import selectors
import socket
import subprocess
import time

import qemu

PATIENCE = 30  # seconds for a line that takes seconds at most


class Machine:
    """One that starts anew when it is reset."""

    def __init__(self, image, words, options, monitor):
        common = [option for option in qemu.COMMON if option != '-no-reboot']
        self.monitor = str(monitor)
        self.output = ''
        self.read = 0
        self.process = subprocess.Popen(
            [qemu.QEMU, *common, *options, '-kernel', image, '-append', words, '-monitor',
             f'unix:{self.monitor},server=on,wait=off'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)

    def expect(self, pattern, patience=PATIENCE):
        """The next whole line like that; what is before it is passed over."""
        end = time.monotonic() + patience
        line = re.compile(f'^{pattern}\\r?\\n', re.MULTILINE)
        while not (found := line.search(self.output, self.read)):
            left = end - time.monotonic()
            if left <= 0 or not self.take(left):
                raise AssertionError(f'no "{pattern}" came in {patience} s; it printed:\n{self.output}')
        self.read = found.end()
        return found

    def take(self, patience):
        """False: it ended."""
        if not self.selector.select(patience):
            return True
        data = self.process.stdout.read1(65536)
        self.output += data.decode(errors='replace')
        return bool(data)

    def tell(self, command):
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(PATIENCE)
            monitor.connect(self.monitor)
            answer = b''
            for line in ('', command):
                if line:
                    monitor.sendall(line.encode() + b'\n')
                answer = b''
                while not answer.endswith(b'(qemu) '):
                    answer += monitor.recv(4096)
            return answer.decode(errors='replace')

    def wait(self, patience=PATIENCE):
        while self.take(patience):
            pass
        return qemu.Run(self.output, self.process.wait(patience))

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.selector.close()
        self.process.stdout.close()
