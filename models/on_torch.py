# SPDX-License-Identifier: Apache-2.0
"""Networks as TorchScript."""
import io
import zipfile

import torch
from torch.nn import functional


class Operations:
    """See networks.py; kernels and matrices lie as PyTorch has them."""

    add = staticmethod(torch.add)
    multiply = staticmethod(torch.mul)
    matmul = staticmethod(torch.matmul)
    relu = staticmethod(torch.relu)
    gelu = staticmethod(functional.gelu)
    dense = staticmethod(functional.linear)
    reshape = staticmethod(torch.reshape)
    transpose = staticmethod(torch.permute)
    mean = staticmethod(torch.mean)

    @staticmethod
    def pictures(values):
        return values

    @staticmethod
    def convolve(values, kernel, bias, stride=1):
        return functional.conv2d(values, kernel, bias, stride, int(kernel.shape[-1]) // 2)

    @staticmethod
    def max_pool(values, size, stride, padding=0):
        return functional.max_pool2d(values, size, stride, padding)

    @staticmethod
    def mean_of_places(values):
        return values.mean((2, 3))

    @staticmethod
    def flatten(values, size):
        return values.reshape(-1, size)

    @staticmethod
    def look_up(table, numbers):
        return functional.embedding(numbers, table)

    @staticmethod
    def softmax(values):
        return functional.softmax(values, -1)

    @staticmethod
    def normalize(values, scale, shift):
        return functional.layer_norm(values, [int(scale.shape[0])], scale, shift)

    @staticmethod
    def lstm(sequence, h0, c0, *weights):
        states, h1, c1 = torch.lstm(sequence, (h0.unsqueeze(0), c0.unsqueeze(0)),
                                    weights, True, 1, 0.0, False, False, True)
        return states, h1.squeeze(0), c1.squeeze(0)


class Module(torch.nn.Module):
    """Holds the weights as parameters, so that they move to a device with the module."""

    def __init__(self, network, weights):
        super().__init__()
        self.network = network.function
        self.names = list(weights)
        for name, values in weights.items():
            self.register_parameter(name, torch.nn.Parameter(torch.from_numpy(values)))

    def forward(self, *inputs):
        return self.network(Operations, {name: getattr(self, name) for name in self.names}, *inputs)


def without_source_lines(saved):
    """The same module without the places in these scripts that its operations come from."""
    stripped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(stripped, 'w') as new:
        for entry in old.infolist():
            if not entry.filename.endswith('.debug_pkl'):
                new.writestr(entry, old.read(entry))
    stripped.seek(0)
    return torch.jit.load(stripped)


def trace(network, weights):
    """Tensors with a batch of two stand for any: a batch of one could be taken for a constant."""
    inputs = tuple(torch.zeros((2, *shape), dtype=getattr(torch, kind))
                   for kind, shape in network.inputs.values())
    with torch.no_grad():
        return torch.jit.trace(Module(network, weights).eval(), inputs, check_trace=False)


def write_torchscript(network, weights, path):
    saved = io.BytesIO()
    torch.jit.save(trace(network, weights), saved)
    without_source_lines(saved.getvalue()).save(str(path))


def run_torchscript(path, inputs, outputs):
    torch.set_num_threads(1)
    with torch.no_grad():
        results = torch.jit.load(str(path))(*map(torch.from_numpy, inputs.values()))
    return [result.numpy() for result in (results if isinstance(results, tuple) else (results,))]
