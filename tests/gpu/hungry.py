# SPDX-License-Identifier: Apache-2.0
"""Writes a TorchScript module that takes as much of its device's memory as it is told to: hungry.py FILE"""
import sys

import torch


class Hungry(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.place = torch.nn.Parameter(torch.zeros(1))

    def forward(self, pieces: int, size: int):
        kept = [torch.ones([1], device=self.place.device)]
        for _ in range(pieces):
            kept.append(torch.ones([size], dtype=torch.uint8, device=self.place.device))
        return kept[0]


if __name__ == '__main__':
    torch.jit.script(Hungry()).save(sys.argv[1])
