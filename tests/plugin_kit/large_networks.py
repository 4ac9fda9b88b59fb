# SPDX-License-Identifier: Apache-2.0
"""The large networks of models/ give what their framework itself gave for them: large_networks.py FORMAT PROGRAM

PROGRAM is run_model; the environment says which plugin runs the networks.
"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'models'))
SKIPPED = 77
TOLERANCE = 1e-4

try:
    import numpy
except ModuleNotFoundError:
    print('this Python has no numpy: install python3-numpy')
    sys.exit(SKIPPED)

import frameworks  # noqa: E402
import large  # noqa: E402
from networks import NETWORKS  # noqa: E402

SEEN = ['resnet50', 'transformer']


def outputs_of(program, model, network):
    """These have one input and one output, whose names are not the same in each format."""
    values, = large.inputs_of(network).values()
    output, = NETWORKS[network].outputs
    kind = {'float32': 'f32', 'int64': 'i64'}[values.dtype.name]
    done = subprocess.run([program, model, kind, 'x'.join(map(str, values.shape))],
                          input=values.tobytes(), stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f'{network} does not run: code {done.returncode}')
    return output, numpy.frombuffer(done.stdout, '<f4')


def main():
    format, program = sys.argv[1:]
    if not frameworks.is_there(format):
        print(f'no framework is there that makes the format {format}')
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        large.write(pathlib.Path(folder), SEEN, [format])
        for network in SEEN:
            output, values = outputs_of(program, frameworks.path_of(folder, network, format), network)
            recorded = numpy.fromfile(f'{folder}/{network}-{output}.f32', '<f4')
            if values.shape != recorded.shape:
                sys.exit(f'{network}: {values.size} values instead of {recorded.size}')
            apart = abs(values - recorded).max()
            print(f'{network}: {output} differs by {apart:.1e}')
            if not apart <= TOLERANCE:
                sys.exit(f'at most {TOLERANCE} is allowed')
    return 0


if __name__ == '__main__':
    sys.exit(main())
