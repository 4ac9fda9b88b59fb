#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the recurrent network in its formats, and inputs with the outputs that PyTorch has for them."""
import pathlib
import sys

import numpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import frameworks  # noqa: E402
from networks import NETWORKS, SEED  # noqa: E402

FORMATS = ['torchscript', 'onnx', 'saved-model', 'frozen-graph', 'tflite']
BATCHES = [1, 3]


def inputs_of(batch):
    generator = numpy.random.default_rng(SEED + batch)
    return {name: generator.random((batch, *shape), dtype=numpy.float32) * 2 - 1
            for name, (_, shape) in NETWORKS['lstm'].inputs.items()}


def record(batch, tensors):
    """As little-endian 32-bit floats, a file for each tensor."""
    folder = HERE / f'batch-{batch}'
    folder.mkdir(exist_ok=True)
    for name, values in tensors.items():
        values.astype('<f4').tofile(folder / f'{name}.f32')


def main():
    for format in FORMATS:
        tasks = frameworks.Tasks(format)
        tasks.write('lstm', HERE)
        if format == 'torchscript':
            for batch in BATCHES:
                tasks.run('lstm', HERE, inputs_of(batch))
            recorded = tasks.carry_out()
        else:
            tasks.carry_out()
    for batch, outputs in zip(BATCHES, recorded):
        record(batch, {**inputs_of(batch), **outputs})


if __name__ == '__main__':
    main()
