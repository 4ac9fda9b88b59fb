# SPDX-License-Identifier: Apache-2.0
"""Writes and runs models of each format, each with the Python that has its framework.

One Python rarely has them all: Debian's has PyTorch, the environment of tools/wheels.sh the others.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
from typing import NamedTuple

import numpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'tools'))
import find_wheel  # noqa: E402


class Format(NamedTuple):
    ending: str
    package: str


FORMATS = {
    'torchscript': Format('.pt', 'torch'),
    'onnx': Format('.onnx', 'onnx'),
    'openvino': Format('.xml', 'openvino'),
    'saved-model': Format('.saved-model', 'tensorflow'),
    'frozen-graph': Format('.pb', 'tensorflow'),
    'tflite': Format('.tflite', 'tensorflow'),
}


def path_of(folder, network, format):
    return pathlib.Path(folder) / (network + FORMATS[format].ending)


def is_there(format):
    return find_wheel.find(FORMATS[format].package)[0] is not None


def call(package, script, *arguments):
    """What it prints is shown only if it fails: some frameworks say much."""
    python, _ = find_wheel.find(package)
    if python is None:
        sys.exit(f'no Python with the package {package} was found: run tools/wheels.sh or apt-get')
    command = [python, script, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f'{" ".join(map(str, command))} failed:\n{done.stdout}')


class Tasks:
    """What is to be written and run in one format, all by one process: frameworks are slow to start."""

    def __init__(self, format):
        self.format = format
        self.tasks = []
        self.scratch = tempfile.TemporaryDirectory()

    def write(self, network, folder, weights=None):
        """With the weights in a file of numpy, or else with the seeded ones."""
        self.tasks.append({'network': network, 'path': str(path_of(folder, network, self.format)),
                           'weights': weights and str(weights)})

    def run(self, network, folder, inputs):
        """`inputs` are arrays by name, in the order that the network takes them in."""
        given, found = (f'{self.scratch.name}/{len(self.tasks)}-{what}.npz' for what in ('inputs', 'outputs'))
        numpy.savez(given, **inputs)
        self.tasks.append({'network': network, 'path': str(path_of(folder, network, self.format)),
                           'inputs': given, 'outputs': found})

    def carry_out(self):
        """The outputs of each run, by name."""
        tasks = pathlib.Path(self.scratch.name) / 'tasks.json'
        tasks.write_text(json.dumps(self.tasks))
        call(FORMATS[self.format].package, HERE / 'in_framework.py', self.format, tasks)
        results = [dict(numpy.load(task['outputs'])) for task in self.tasks if 'outputs' in task]
        self.scratch.cleanup()
        return results
