# SPDX-License-Identifier: Apache-2.0
"""A network that tells its input's channels apart: each output is the mean of one channel.

Nothing is trained. It shows whether pictures reach a network with their channels in the order, and with
the means and scales, that its description says.
"""
import pathlib
import sys

from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from training import export  # noqa: E402

SIDE = 8

if __name__ == '__main__':
    export(nn.Sequential(nn.AvgPool2d(SIDE), nn.Flatten()), (1, 3, SIDE, SIDE),
           HERE / 'means.onnx', 'picture', 'means')
