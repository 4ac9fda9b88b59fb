# SPDX-License-Identifier: Apache-2.0
"""Scenes: handwritten digits pasted on dark, noisy ground, with everything true about them."""

from typing import NamedTuple

import numpy
from PIL import Image

SIDE = 64
SCALES = (2, 3, 4)
STROKE_LEVEL = 100
GROUND_DEPTH = 8.0
DEPTH_AT_SCALE_ONE = 6.0
LABELS = [str(digit) for digit in range(10)]
SURFACES = ['ground'] + LABELS
KEY_POINTS = ['top', 'bottom', 'left', 'right']


class Digit(NamedTuple):
    label: int
    scale: int
    stroke: numpy.ndarray  # which pixels of the scene it inks

    def box(self):
        """Left, top, width and height of the inked pixels."""
        rows, columns = numpy.nonzero(self.stroke)
        left, top = columns.min(), rows.min()
        return float(left), float(top), float(columns.max() + 1 - left), float(rows.max() + 1 - top)

    def depth(self):
        """All digits have one size in the world, so the larger is the nearer."""
        return DEPTH_AT_SCALE_ONE / self.scale

    def key_points(self):
        """Centres of the outermost row or column of ink, in the order of KEY_POINTS."""
        rows, columns = numpy.nonzero(self.stroke)
        return [(float(columns[extreme].mean() + 0.5), float(rows[extreme].mean() + 0.5))
                for extreme in (rows == rows.min(), rows == rows.max(),
                                columns == columns.min(), columns == columns.max())]


class Scene(NamedTuple):
    picture: numpy.ndarray
    digits: list

    def surfaces(self):
        """Index into SURFACES for each pixel."""
        found = numpy.zeros(self.picture.shape, numpy.uint8)
        for digit in self.digits:
            found[digit.stroke] = digit.label + 1
        return found

    def depth(self):
        found = numpy.full(self.picture.shape, GROUND_DEPTH, numpy.float32)
        for digit in self.digits:
            found[digit.stroke] = digit.depth()
        return found


def free_place(random, taken, side):
    """A corner where a square of this side overlaps nothing, or None."""
    height, width = taken.shape
    for _ in range(20):
        left = int(random.integers(0, width - side + 1))
        top = int(random.integers(0, height - side + 1))
        if not taken[top:top + side, left:left + side].any():
            return left, top
    return None


def compose(random, scans, labels, count, width=SIDE, height=SIDE, scales=SCALES):
    """A scene of up to `count` digits: fewer when there is no room for all."""
    ground = random.normal(24, 9, (height, width))
    ink = numpy.zeros((height, width))
    taken = numpy.zeros((height, width), bool)
    digits = []
    for _ in range(count):
        scale = int(random.choice(scales))
        chosen = int(random.integers(len(scans)))
        side = scans.shape[1] * scale
        place = free_place(random, taken, side)
        if place is None:
            continue
        window = numpy.s_[place[1]:place[1] + side, place[0]:place[0] + side]
        scan = Image.fromarray(scans[chosen])
        enlarged = numpy.asarray(scan.resize((side, side), Image.BILINEAR))
        taken[window] = True
        ink[window] = enlarged * random.uniform(0.75, 1.0)
        stroke = numpy.zeros((height, width), bool)
        stroke[window] = enlarged >= STROKE_LEVEL
        digits.append(Digit(int(labels[chosen]), scale, stroke))
    picture = numpy.maximum(ground, ink).clip(0, 255).astype(numpy.uint8)
    return Scene(picture, digits)
