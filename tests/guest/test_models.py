# SPDX-License-Identifier: Apache-2.0
"""Examples in a stock Linux guest, over vsock, with models that frameworks run on its host: as natively.

test_models.py BUILD [PATTERN]

The guest is booted once, by one agent with all the frameworks' plugins that were built.
"""
import math
import os
import pathlib
import re
import shlex
import sys
import unittest

import debian
import qemu
import tap
from remote import TIME, run
from served import ServedVsock

BUILD = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = ROOT / 'models' / 'digits'
LIMIT = 240  # seconds; it takes about ten
MEGABYTES = 512
RPC = BUILD / 'plugins' / 'rpc' / 'libvaccel-rpc.so'
# Who serves one format comes before openvino, which serves most of them; and that before opencv, which has
# another TBB.
PLUGINS = ['tf', 'tflite', 'torch', 'openvino', 'opencv']
FIRST_SCAN = BUILD / 'tests' / 'examples' / 'first_scan.f32'
SCAN = f'1x1x8x8@{FIRST_SCAN}'
# Title: the plugins that it is for, an example, its arguments.
COMMANDS = {
    'torchscript': (['torch'], 'model', 'digits.pt', SCAN),
    'onnx': (['openvino'], 'model', 'digits.onnx', SCAN),
    'openvino_ir': (['openvino'], 'model', 'digits.xml,digits.bin', SCAN),
    'saved_model': (['tf'], 'model', 'digits.saved-model', SCAN),
    'frozen_graph': (['tf'], 'model', 'digits.pb', SCAN),
    'tflite': (['tflite'], 'model', 'digits.tflite', SCAN),
    'torch_inference': (['torch'], 'torch_inference', 'digits.pt', '1x1x8x8'),
    'classify': (['openvino', 'opencv'], 'classify', 'held-out'),
}
said = {}  # by title: exit status and output in the guest


def plugin(name):
    return BUILD / 'plugins' / name / f'libvaccel-{name}.so'


def is_built(name):
    return plugin(name).exists()


def joined(names):
    return ':'.join(str(plugin(name)) for name in names)


def command(title):
    _, example, *arguments = COMMANDS[title]
    return [str(BUILD / 'examples' / example), *arguments]


def script(titles):
    """For a shell in the guest; what comes of each command is marked. Not on a terminal some say less."""
    lines = [f'cd {shlex.quote(str(DIGITS))}']
    for title in titles:
        lines += [f'{shlex.join(command(title))} >/said 2>&1', 'status=$?', f'echo begin {title}', 'cat /said',
                  f'echo status {title} $status']
    return '\n'.join(lines) + '\n'


def make_initrd(folder, kernel, titles):
    """With the commands' script, the models, and what the commands load."""
    commands = folder / 'commands'
    commands.write_text(script(titles))
    programs = ['/bin/sh', '/bin/cat', RPC, *{command(title)[0] for title in titles}]
    models = [path for path in DIGITS.rglob('*') if path.is_file()]
    files = [commands, FIRST_SCAN, *models, *programs, *debian.libraries_of(*programs)]
    return debian.make_initrd(folder, kernel, BUILD / 'tests' / 'guest' / 'linux_run', debian.VSOCK, files)


def boot(agent, titles):
    """What the guest's console said when it has ended."""
    kernel = debian.unpack(agent.folder)
    initrd = make_initrd(agent.folder, kernel, titles)
    words = (f'{debian.WORDS} loglevel=1 VACCEL_PLUGINS={RPC} VACCEL_RPC_ADDRESS={agent.reached_at}'
             f' -- /bin/sh {agent.folder}/commands')
    return qemu.run([*qemu.shared_memory('q35', MEGABYTES), *qemu.COMMON, *qemu.vsock(agent.device),
                     '-kernel', kernel.image, '-initrd', initrd, '-append', words], LIMIT).output


def run_in_guest(titles):
    """Of each command its exit status and what it printed."""
    agent = ServedVsock(BUILD / 'agent' / 'vaccel-agent')
    try:
        console = boot(agent.begin(joined(filter(is_built, PLUGINS))), titles).replace('\r', '')
        ended = agent.end()
        if ended != 0:
            sys.exit(f'the agent ended with {ended}')
    finally:
        agent.stop()
    print('\n'.join(f'# {line}' for line in console.splitlines()))
    return {title: (int(status), TIME.sub(' TIME', output)) for title, output, status in
            re.findall(r'^begin (\w+)\n(.*?)^status \1 (\d+)$', console, re.MULTILINE | re.DOTALL)}


def alike(word, other):
    """TensorFlow's last digits depend on what other models it ran before."""
    try:
        return math.isclose(float(word), float(other), rel_tol=1e-5)
    except ValueError:
        return word == other


class TestModels(unittest.TestCase):
    def compare(self, title):
        needed = COMMANDS[title][0]
        for name in needed:
            if not is_built(name):
                self.skipTest(f'the plugin {name} was not built')
        code, output, errors = run(command(title), {'VACCEL_PLUGINS': joined(needed)})
        self.assertEqual(code, 0, output + errors)
        status, in_guest = said.get(title, (None, ''))
        words, others = in_guest.split(), output.split()
        if status != 0 or len(words) != len(others) or not all(map(alike, words, others)):
            self.assertEqual((status, in_guest), (code, output))

    def test_torchscript(self):
        self.compare('torchscript')

    def test_onnx(self):
        self.compare('onnx')

    def test_openvino_ir(self):
        self.compare('openvino_ir')

    def test_saved_model(self):
        self.compare('saved_model')

    def test_frozen_graph(self):
        self.compare('frozen_graph')

    def test_tflite(self):
        self.compare('tflite')

    def test_torch_inference(self):
        self.compare('torch_inference')

    def test_classify(self):
        self.compare('classify')


def main():
    qemu.need('cpio')
    titles = [title for title, (needed, *_) in COMMANDS.items() if all(map(is_built, needed))]
    if not titles:
        print('no framework\'s plugin was built')
        return 77
    os.environ['VACCEL_VISION_MODELS'] = str(ROOT / 'tests' / 'examples' / 'vision')
    os.chdir(DIGITS)
    said.update(run_in_guest(titles))
    return tap.main()


if __name__ == '__main__':
    sys.exit(main())
