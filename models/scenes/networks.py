# SPDX-License-Identifier: Apache-2.0
"""The four small fully convolutional networks, what each is taught, and how far off it is."""

import numpy
import torch
from torch import nn
from torch.nn import functional

import scenery

MEAN = 32.0
SCALE = 0.0078125
CLASSES = len(scenery.LABELS)
STRIDE = 4
CELLS = scenery.SIDE // STRIDE
MAP_STRIDE = 2
MAP_SIDE = scenery.SIDE // MAP_STRIDE


def to_input(pictures):
    """What the description files ask for: the mean subtracted, then the scale."""
    pixels = numpy.stack(pictures).astype(numpy.float32)
    return torch.from_numpy((pixels - MEAN) * numpy.float32(SCALE)).unsqueeze(1)


def block(inputs, outputs, stride=1, dilation=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=dilation, dilation=dilation),
        nn.BatchNorm2d(outputs), nn.ReLU())


class Trunk(nn.Module):
    """Halves the picture twice and looks far enough around each cell to see a whole digit."""

    def __init__(self):
        super().__init__()
        self.to_half = block(1, 16, stride=2)
        self.to_quarter = nn.Sequential(
            block(16, 32, stride=2), block(32, 32), block(32, 40, dilation=2),
            block(40, 32, dilation=2))

    def forward(self, pictures):
        half = self.to_half(pictures)
        return half, self.to_quarter(half)


class Decoder(nn.Module):
    """The trunk's view brought back to half the picture's size."""

    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.up = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.merge = block(32, 16)

    def forward(self, pictures):
        half, quarter = self.trunk(pictures)
        return self.merge(torch.cat([half, functional.relu(self.up(quarter))], 1))


class Detector(nn.Module):
    """For each cell: is it the middle of a digit, which one, and its box in input pixels."""

    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.head = nn.Conv2d(32, 5 + CLASSES, 1)
        middles = (torch.arange(CELLS, dtype=torch.float32) + 0.5) * STRIDE
        rows, columns = torch.meshgrid(middles, middles, indexing='ij')
        self.register_buffer('middles', torch.stack([columns, rows]).unsqueeze(0))

    def forward(self, pictures):
        found = self.head(self.trunk(pictures)[1])
        centres = found[:, 0:2] * STRIDE + self.middles
        sizes = torch.sigmoid(found[:, 2:4]) * scenery.SIDE
        boxes = torch.cat([centres, sizes], 1)
        return boxes, torch.sigmoid(found[:, 4:5]), torch.sigmoid(found[:, 5:])


class YoloV8(nn.Module):
    """[1, 4 + classes, cells]: the score of a class is the cell's certainty times the class's."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, picture):
        boxes, certainty, classes = self.detector(picture)
        scores = torch.cat([certainty] * CLASSES, 1) * classes
        return torch.cat([boxes, scores], 1).reshape(1, 4 + CLASSES, CELLS * CELLS)


class YoloV5(nn.Module):
    """[1, cells, 5 + classes]: the same detector, certainty and classes kept apart."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, picture):
        found = torch.cat(self.detector(picture), 1)
        return found.reshape(1, 5 + CLASSES, CELLS * CELLS).transpose(1, 2)


class Painter(nn.Module):
    """One value for each channel and pixel: what segmentation and depth need."""

    def __init__(self, channels, ground=0.0):
        super().__init__()
        self.decoder = Decoder()
        self.paint = nn.ConvTranspose2d(16, channels, 2, stride=2)
        nn.init.constant_(self.paint.bias, ground)

    def forward(self, pictures):
        return self.paint(self.decoder(pictures))


class Pointer(nn.Module):
    """One heat map for each key point, at half the picture's size."""

    def __init__(self):
        super().__init__()
        self.decoder = Decoder()
        self.head = nn.Conv2d(16, len(scenery.KEY_POINTS), 1)

    def forward(self, pictures):
        return torch.sigmoid(self.head(self.decoder(pictures)))


def detection_targets(scene):
    """Per cell: 1 in the middle of a digit, 0 away from it, -1 where either answer will do.

    A cell that may answer must know the digit and its box too.
    """
    certainty = numpy.zeros((CELLS, CELLS), numpy.float32)
    classes = numpy.zeros((CELLS, CELLS), numpy.int64)
    boxes = numpy.zeros((4, CELLS, CELLS), numpy.float32)
    middles = (numpy.arange(CELLS) + 0.5) * STRIDE
    for digit in scene.digits:
        left, top, width, height = digit.box()
        centre_x, centre_y = left + width / 2, top + height / 2
        distance = numpy.maximum(abs(middles - centre_y)[:, None], abs(middles - centre_x)[None, :])
        near = (distance < 7) & (certainty < 1)
        certainty[near] = numpy.where(distance[near] < 4, 1, -1)
        classes[near] = digit.label
        boxes[:, near] = numpy.array([[centre_x], [centre_y], [width], [height]])
    return certainty, classes, boxes


def heat_maps(scene):
    """A soft spot at each key point of the only digit; nothing without one."""
    maps = numpy.zeros((len(scenery.KEY_POINTS), MAP_SIDE, MAP_SIDE), numpy.float32)
    middles = (numpy.arange(MAP_SIDE) + 0.5) * MAP_STRIDE
    for digit in scene.digits:
        for heat, (x, y) in zip(maps, digit.key_points()):
            squared = (middles - y)[:, None] ** 2 + (middles - x)[None, :] ** 2
            heat[:] = numpy.exp(-squared / (2 * 2.5 ** 2))
    return maps


def detection_loss(outputs, targets):
    boxes, certainty, classes = outputs
    certain, labels, true_boxes = targets
    decided, near = certain >= 0, certain != 0
    loss = 20 * functional.binary_cross_entropy(certainty[:, 0][decided], certain[decided])
    loss = loss + functional.binary_cross_entropy(
        classes.permute(0, 2, 3, 1)[near],
        functional.one_hot(labels[near], CLASSES).float()) * 5
    return loss + functional.smooth_l1_loss(boxes.permute(0, 2, 3, 1)[near],
                                            true_boxes.permute(0, 2, 3, 1)[near])


def segmentation_loss(outputs, targets):
    """Digits cover a tenth of the picture; the weight keeps the ground from drowning them."""
    weights = torch.tensor([0.3] + [1.0] * CLASSES)
    return functional.cross_entropy(outputs, targets[0], weight=weights)


def pose_loss(outputs, targets):
    weights = 1 + 10 * targets[0]
    return functional.binary_cross_entropy(outputs, targets[0], weight=weights)


def depth_loss(outputs, targets):
    weights = 1 + 4 * (targets[0] < scenery.GROUND_DEPTH)
    return ((outputs[:, 0] - targets[0]).abs() * weights).mean()
