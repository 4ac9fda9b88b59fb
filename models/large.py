#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes networks of the usual shapes and sizes, with seeded weights.

    large.py FOLDER [--networks NETWORK...] [--formats FORMAT...]

They are too large to be kept here, and are made where a test or a benchmark wants them. Beside each
network stand an input, a batch of one, and the outputs that the first of the formats gave for it.
"""
import argparse
import pathlib
import sys

import numpy

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import frameworks  # noqa: E402
from networks import NETWORKS, SEED, WORDS  # noqa: E402

LARGE = ['resnet50', 'transformer', 'table']
FORMATS = ['torchscript', 'onnx', 'saved-model', 'tflite']


def inputs_of(network):
    generator = numpy.random.default_rng(SEED)
    return {name: generator.random((1, *shape), dtype=numpy.float32) if kind == 'float32'
            else generator.integers(0, WORDS, (1, *shape), numpy.int64)
            for name, (kind, shape) in NETWORKS[network].inputs.items()}


def record(folder, network, tensors):
    """Little-endian, a file for each tensor; its ending is its element type."""
    for name, values in tensors.items():
        ending = {'float32': 'f32', 'int64': 'i64'}[values.dtype.name]
        values.tofile(folder / f'{network}-{name}.{ending}')


def write(folder, networks, formats):
    for format in formats:
        tasks = frameworks.Tasks(format)
        for network in networks:
            tasks.write(network, folder)
            if format == formats[0]:
                tasks.run(network, folder, inputs_of(network))
        for network, outputs in zip(networks, tasks.carry_out()):
            record(folder, network, {**inputs_of(network), **outputs})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--networks', nargs='+', choices=LARGE, default=LARGE)
    parser.add_argument('--formats', nargs='+', choices=list(frameworks.FORMATS), default=FORMATS)
    parser.add_argument('folder', type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    write(options.folder, options.networks, options.formats)


if __name__ == '__main__':
    main()
