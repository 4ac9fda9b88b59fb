#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the network of digits.onnx in the other formats, and the scores of the held-out scans."""
import csv
import pathlib
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import frameworks  # noqa: E402

FORMATS = ['torchscript', 'saved-model', 'frozen-graph', 'tflite', 'openvino']
INPUT_SCALE = 0.0041666667


def extract(path):
    """The weights as they lie in digits.onnx: matrix and kernels, each with its bias behind it."""
    import onnx
    from onnx import numpy_helper
    arrays = map(numpy_helper.to_array, onnx.load(HERE / 'digits.onnx').graph.initializer)
    numpy.savez(path, **{f'{layer}_{part}': next(arrays)
                         for layer in ('last', 'first', 'second', 'third') for part in ('weight', 'bias')})


def write_weights(path):
    frameworks.call('onnx', HERE / 'convert.py', '--extract', path)


def convert():
    with tempfile.TemporaryDirectory() as scratch:
        weights = pathlib.Path(scratch) / 'weights.npz'
        write_weights(weights)
        for format in FORMATS:
            tasks = frameworks.Tasks(format)
            tasks.write('digits', HERE, weights)
            tasks.carry_out()


def record():
    """As little-endian 32-bit floats, one scan or ten scores after the other, in the order of labels.csv."""
    from PIL import Image
    with open(HERE / 'held-out' / 'labels.csv', newline='') as file:
        names = [row['file'] for row in csv.DictReader(file)]
    pictures = numpy.stack([numpy.asarray(Image.open(HERE / 'held-out' / name)) for name in names])
    scans = pictures[:, None].astype('<f4') * numpy.float32(INPUT_SCALE)
    tasks = frameworks.Tasks('torchscript')
    tasks.run('digits', HERE, {'scan': scans})
    [outputs] = tasks.carry_out()
    scans.tofile(HERE / 'held-out' / 'scans.f32')
    outputs['scores'].astype('<f4').tofile(HERE / 'held-out' / 'scores.f32')


if __name__ == '__main__':
    if sys.argv[1:2] == ['--extract']:
        extract(sys.argv[2])
    else:
        convert()
        record()
