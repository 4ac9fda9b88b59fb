# SPDX-License-Identifier: Apache-2.0
"""Runs the models of one format with its own framework: check.py FORMAT

The files that are here, and those that the scripts write anew, must give what was recorded.
"""
import csv
import pathlib
import sys
import tempfile
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
TOLERANCE = 1e-5
KNOWN_SCANS = 358

try:
    import numpy
except ModuleNotFoundError:
    print('this Python has no numpy: install python3-numpy')
    sys.exit(SKIPPED)

import frameworks  # noqa: E402
from networks import HIDDEN, NETWORKS, STEPS  # noqa: E402
sys.path += [str(HERE / 'digits'), str(HERE / 'lstm')]
import convert  # noqa: E402
import make  # noqa: E402


def read(path, shape):
    return numpy.fromfile(path, '<f4').reshape(-1, *shape)


class Recorded(NamedTuple):
    network: str
    inputs: dict
    outputs: dict


def recorded_digits():
    folder = HERE / 'digits' / 'held-out'
    return Recorded('digits', {'scan': read(folder / 'scans.f32', (1, 8, 8))},
                    {'scores': read(folder / 'scores.f32', (10,))})


def recorded_lstm(batch):
    folder = HERE / 'lstm' / f'batch-{batch}'
    shapes = {'states': (STEPS, HIDDEN), 'h1': (HIDDEN,), 'c1': (HIDDEN,)}
    return Recorded('lstm', {name: read(folder / f'{name}.f32', shape)
                             for name, (_, shape) in NETWORKS['lstm'].inputs.items()},
                    {name: read(folder / f'{name}.f32', shape) for name, shape in shapes.items()})


def compare(format, recorded, outputs):
    for name, values in recorded.outputs.items():
        what = f'{recorded.network} as {format}: {name} {list(values.shape)}'
        if outputs[name].shape != values.shape:
            sys.exit(f'{what} has the shape {outputs[name].shape}')
        apart = abs(outputs[name] - values).max()
        print(f'{what} differs from what was recorded by {apart:.1e}')
        if not apart <= TOLERANCE:
            sys.exit(f'at most {TOLERANCE} is allowed')


def count_known(scores):
    with open(HERE / 'digits' / 'held-out' / 'labels.csv', newline='') as file:
        truth = numpy.array([int(row['label']) for row in csv.DictReader(file)])
    right = int((scores.argmax(1) == truth).sum())
    print(f'{right} of {len(truth)} scans right, {100 * right / len(truth):.2f} %')
    if right != KNOWN_SCANS:
        sys.exit(f'{KNOWN_SCANS} were expected')


def run_all(format, anew):
    """What is recorded, and what comes of the models here and of those written `anew`, in pairs."""
    tasks, recorded = frameworks.Tasks(format), []

    def run(network_recorded, folder):
        recorded.append(network_recorded)
        tasks.run(network_recorded.network, folder, network_recorded.inputs)

    run(recorded_digits(), HERE / 'digits')
    if format in convert.FORMATS and frameworks.is_there('onnx'):
        weights = anew / 'weights.npz'
        convert.write_weights(weights)
        tasks.write('digits', anew, weights)
        run(recorded_digits(), anew)
    if format in make.FORMATS:
        tasks.write('lstm', anew)
        for batch in make.BATCHES:
            run(recorded_lstm(batch), HERE / 'lstm')
            run(recorded_lstm(batch), anew)
    return zip(recorded, tasks.carry_out())


def main():
    format = sys.argv[1]
    if not frameworks.is_there(format):
        print(f'no Python with the package {frameworks.FORMATS[format].package} was found')
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        for recorded, outputs in run_all(format, pathlib.Path(folder)):
            compare(format, recorded, outputs)
            if recorded.network == 'digits':
                count_known(outputs['scores'])
    return 0


if __name__ == '__main__':
    sys.exit(main())
