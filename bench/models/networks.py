# SPDX-License-Identifier: Apache-2.0
"""Networks to measure with: large ones, made when they are wanted first, and a small one to try."""
import json
import math
import pathlib
import subprocess
import sys
from typing import NamedTuple

ENDINGS = {'torchscript': '.pt', 'onnx': '.onnx', 'saved-model': '.saved-model', 'tflite': '.tflite'}
SIZES = {'f32': 4, 'i64': 8}


class Network(NamedTuple):
    name: str
    input: str
    type: str
    dims: tuple  # without the batch

    def form(self, batch):
        """As in runner.h."""
        return f'{self.type}:{"x".join(map(str, (batch, *self.dims)))}'

    def input_size(self, batch):
        return SIZES[self.type] * batch * math.prod(self.dims)


RESNET = Network('resnet50', 'picture', 'f32', (3, 224, 224))
TRANSFORMER = Network('transformer', 'words', 'i64', (128,))
TABLE = Network('table', 'rows', 'i64', (4,))  # 100 MB that a run hardly touches
DIGITS = Network('digits', 'scan', 'f32', (1, 8, 8))


def source_of(build):
    about = json.loads((build / 'meson-info/meson-info.json').read_text())
    return pathlib.Path(about['directories']['source'])


def python_of(source):
    """One that has what makes the networks; the one that runs this need not."""
    found = subprocess.run([sys.executable, source / 'tools/find_wheel.py', '--python', 'numpy'],
                           stdout=subprocess.PIPE, text=True)
    return found.stdout.strip() or sys.executable


def made(build, network, format):
    """Its path; of a large one, in the build's folder."""
    models = source_of(build) / 'models'
    if network == DIGITS:
        return models / 'digits' / (network.name + ENDINGS[format])
    path = build / 'bench/models/networks' / (network.name + ENDINGS[format])
    if not path.exists():
        subprocess.run([python_of(models.parent), models / 'large.py', '--networks', network.name, '--formats', format,
                        '--', path.parent], check=True, stdout=sys.stderr)
    return path
