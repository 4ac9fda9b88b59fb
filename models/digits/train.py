#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the digit classifier; writes the network, the held-out scans and a sample beside this."""

import csv
import pathlib
import sys

import numpy
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import training  # noqa: E402

EPOCHS = 80
INPUT_SCALE = 0.0041666667
SAMPLE_SIDE = 64


class Classifier(nn.Module):
    """8x8 scan to ten scores (logits)."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(),
            nn.Conv2d(24, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 48, 3, padding=1), nn.BatchNorm2d(48), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(48 * 2 * 2, 10))

    def forward(self, scans):
        return self.layers(scans)


def to_input(pictures):
    """What classify.toml asks for: mean 0, then the scale."""
    return torch.from_numpy(pictures.astype(numpy.float32) * INPUT_SCALE).unsqueeze(1)


def jitter(scans):
    """Turns, stretches and shifts each scan a little, as another hand would have written it."""
    count = len(scans)
    turn = (torch.rand(count) - 0.5) * 0.35
    stretch = 1 + (torch.rand(count, 2) - 0.5) * 0.2
    shear = (torch.rand(count) - 0.5) * 0.25
    shift = (torch.rand(count, 2) - 0.5) * 0.3
    transform = torch.stack([
        torch.stack([turn.cos() * stretch[:, 0], shear - turn.sin(), shift[:, 0]], 1),
        torch.stack([turn.sin(), turn.cos() * stretch[:, 1], shift[:, 1]], 1)], 1)
    grid = functional.affine_grid(transform, scans.shape, align_corners=False)
    return functional.grid_sample(scans, grid, align_corners=False)


def write_held_out(pictures, labels):
    folder = HERE / 'held-out'
    folder.mkdir(exist_ok=True)
    with open(folder / 'labels.csv', 'w', newline='') as file:
        rows = csv.writer(file, lineterminator='\n')
        rows.writerow(['file', 'label'])
        for number, (picture, label) in enumerate(zip(pictures, labels)):
            name = f'{number:03}.png'
            Image.fromarray(picture).save(folder / name, optimize=True)
            rows.writerow([name, label])


def read_held_out():
    """From the files as they are shipped, so that the accuracy is theirs."""
    with open(HERE / 'held-out' / 'labels.csv', newline='') as file:
        rows = list(csv.DictReader(file))
    pictures = [numpy.asarray(Image.open(HERE / 'held-out' / row['file'])) for row in rows]
    return numpy.stack(pictures), numpy.array([int(row['label']) for row in rows])


def write_sample(pictures, predicted, labels):
    """An enlarged scan as JPEG: the first seven that the network knows."""
    known = [number for number in range(len(labels)) if predicted[number] == labels[number] == 7]
    sample = Image.fromarray(pictures[known[0]]).resize((SAMPLE_SIDE, SAMPLE_SIDE), Image.BILINEAR)
    sample.save(HERE / 'sample.jpg', quality=95)


def main():
    training.make_deterministic()
    pictures, labels, held_out, held_out_labels = training.load_scans()
    write_held_out(held_out, held_out_labels)

    network = Classifier()
    training.train(network,
                   lambda scores, truth: functional.cross_entropy(scores, truth[0],
                                                                  label_smoothing=0.05),
                   to_input(pictures), [torch.from_numpy(labels)], EPOCHS, vary=jitter)
    training.export(network, (1, 1, 8, 8), HERE / 'digits.onnx', 'scan', 'scores')
    (HERE / 'labels.txt').write_text(''.join(f'{digit}\n' for digit in range(10)))

    shipped, truth = read_held_out()
    with torch.no_grad():
        predicted = network(to_input(shipped)).argmax(1).numpy()
    write_sample(shipped, predicted, truth)
    right = int((predicted == truth).sum())
    print(f'held out: {right} of {len(truth)} right, {100 * right / len(truth):.2f} %')


if __name__ == '__main__':
    main()
