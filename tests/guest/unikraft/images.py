# SPDX-License-Identifier: Apache-2.0
"""The examples and the conformance suite as images of Unikraft, which guest/unikraft/app made; by hand:

images.py BUILD [PATTERN]

BUILD is the folder of this tree's build, with the images below it. Examples print what they print natively.
What was not made is skipped.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / 'tests' / folder) for folder in ('guest', 'agent')]
import qemu  # noqa: E402
import tap  # noqa: E402
from served import Served  # noqa: E402

BUILD = pathlib.Path(sys.argv[1]).resolve()
DIGITS = ROOT / 'models' / 'digits'
MACHINES = ('q35', 'microvm')
MEMORY = 8  # MiB


def environment(**variables):
    return {**os.environ, **variables}


def plugin(name):
    return str(BUILD / 'plugins' / name / f'libvaccel-{name}.so')


def without_times(output):
    return re.sub(r' +\d+\.\d\d(?=  | ms)', ' T', output)


def vector_add(folder):
    """The plugin of docs/porting.md."""
    text = (ROOT / 'docs' / 'porting.md').read_text()
    for name, contents in re.findall(r'^```c ([\w.]+)\n(.*?)^```$', text, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(contents)
    made = folder / 'libvaccel-vector_add.so'
    subprocess.run(['cc', '-shared', '-fPIC', 'plugin.c', 'vector_add.c', f'-I{ROOT}/include',
                    f'-L{BUILD}/src', '-lvaccel', f'-Wl,-rpath,{BUILD}/src', '-o', made], cwd=folder,
                   check=True)
    return str(made)


class TestImages(unittest.TestCase):
    def setUp(self):
        os.environ['VACCEL_VISION_MODELS'] = str(DIGITS)

    def image(self, name):
        image = BUILD / 'unikraft' / name / f'{name}_qemu-x86_64'
        if not image.exists():
            self.skipTest(f'{image} was not made: see guest/unikraft/app/README.md')
        return str(image)

    def begin(self, plugins):
        for path in plugins.split(':'):
            if not os.path.exists(path):
                self.skipTest(f'{path} was not built')
        agent = Served(BUILD / 'agent' / 'vaccel-agent')
        self.addCleanup(agent.stop)
        return agent.begin(plugins, '--allow-exec')

    def inside(self, name, plugins, *arguments, files=None):
        """What it prints, the same on each machine."""
        agent = self.begin(plugins)
        said = set()
        for machine in MACHINES:
            command = [BUILD / 'tools' / 'vaccel-run', '--accel', 'tcg', '--agent', agent.device,
                       '--machine', machine, '--memory', str(MEMORY)]
            done = subprocess.run([*command, *(['--files', files] if files else []), self.image(name),
                                   *arguments], text=True, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=qemu.LIMIT,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            said.add(without_times(re.sub(r'^\[.*\n', '', done.stdout, flags=re.MULTILINE)))
        self.assertEqual(len(said), 1)
        return said.pop()

    def natively(self, name, plugins, *arguments, folder=None):
        done = subprocess.run([BUILD / 'examples' / name, *arguments], text=True, cwd=folder, check=True,
                              stdout=subprocess.PIPE, env=environment(VACCEL_PLUGINS=plugins))
        return without_times(done.stdout)

    def compare(self, name, plugins, *arguments, files=None):
        self.assertEqual(self.inside(name, plugins, *arguments, files=files),
                         self.natively(name, plugins, *arguments, folder=files))

    def test_noop(self):
        self.compare('noop', plugin('noop'))

    def test_sgemm(self):
        self.compare('sgemm', plugin('blas'), '200', '150', '100')

    def test_vadd(self):
        with tempfile.TemporaryDirectory() as folder:
            self.compare('vadd', vector_add(pathlib.Path(folder)))

    def test_classify(self):
        self.compare('classify', plugin('opencv'), 'held-out', files=DIGITS)

    def test_classify_on_engine(self):
        os.environ['VACCEL_VISION_MODELS'] = str(ROOT / 'tests' / 'examples' / 'vision')
        self.compare('classify', f'{plugin("openvino")}:{plugin("opencv")}', 'held-out', files=DIGITS)

    def test_exec(self):
        self.compare('exec', plugin('exec'), 'libmytestlib.so', 'mytestfunc', '5',
                     files=self.folder_with(BUILD / 'examples' / 'libmytestlib.so'))

    def test_torch_inference(self):
        self.compare('torch_inference', plugin('torch'), 'digits.pt', '1x1x8x8', files=DIGITS)

    def compare_model(self, name, model):
        """With the first of the scans."""
        with tempfile.TemporaryDirectory() as folder:
            files = pathlib.Path(shutil.copytree(DIGITS, folder, dirs_exist_ok=True))
            (files / 'scan').write_bytes((DIGITS / 'held-out' / 'scans.f32').read_bytes()[:256])
            self.compare('model', plugin(name), model, '1x1x8x8@scan', files=files)

    def test_model_torchscript(self):
        self.compare_model('torch', 'digits.pt')

    def test_model_onnx(self):
        self.compare_model('openvino', 'digits.onnx')

    def test_model_openvino_ir(self):
        self.compare_model('openvino', 'digits.xml,digits.bin')

    def test_model_saved_model(self):
        self.compare_model('tf', 'digits.saved-model')

    def test_model_frozen_graph(self):
        self.compare_model('tf', 'digits.pb')

    def test_model_tflite(self):
        self.compare_model('tflite', 'digits.tflite')

    def folder_with(self, file):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / file.name).write_bytes(file.read_bytes())
        return pathlib.Path(folder.name)

    def test_conformance(self):
        plugins = ':'.join(str(BUILD / 'tests' / 'plugins' / f'libvaccel-{name}.so')
                           for name in ('digest', 'mirror'))
        for machine in ('q35', 'microvm-unikraft'):
            with self.subTest(machine):
                command = [sys.executable, ROOT / 'tests' / 'guest' / 'test_conformance.py', 'carrier',
                           machine, BUILD / 'agent' / 'vaccel-agent', self.image('conformance'), plugins]
                done = subprocess.run(command, text=True, stdout=subprocess.PIPE, check=False,
                                      env=environment(PYTHONPATH=':'.join(sys.path[:2])))
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertGreater(len(re.findall('^ok ', done.stdout, re.MULTILINE)), 60)


if __name__ == '__main__':
    qemu.need('cpio')
    sys.exit(tap.main())
