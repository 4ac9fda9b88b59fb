# SPDX-License-Identifier: Apache-2.0
"""From a network's raw output to the result, in numpy alone: what other implementations must give.

A scene serves as a reference only where the result is firm: where differences far larger than those
between two correct implementations would not change which boxes, surfaces or key points it holds.
"""

from typing import NamedTuple

import numpy

THRESHOLD = 0.5
OVERLAP = 0.45
POSE_THRESHOLD = 0.3
NOISE = 1e-3
TRIALS = 20


class Box(NamedTuple):
    label: int
    score: float
    left: float
    top: float
    width: float
    height: float


def shared_area(one, other):
    """Intersection over union."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    both = max(width, 0) * max(height, 0)
    return both / (one.width * one.height + other.width * other.height - both)


def suppress(boxes, overlap=OVERLAP, across_labels=False):
    """Best first; a box goes when a better one with its label covers it."""
    kept = []
    for box in sorted(boxes, key=lambda box: -box.score):
        rivals = [other for other in kept if across_labels or other.label == box.label]
        if all(shared_area(box, other) <= overlap for other in rivals):
            kept.append(box)
    return kept


def boxes_of_cells(cells, scores, threshold=THRESHOLD):
    """One candidate for each cell whose best class reaches the threshold."""
    best = scores.argmax(1)
    found = []
    for (x, y, width, height), label, row in zip(cells, best, scores):
        if row[label] >= threshold:
            found.append(Box(int(label), float(row[label]), float(x - width / 2),
                             float(y - height / 2), float(width), float(height)))
    return found


def boxes_of_yolov8(output, threshold=THRESHOLD):
    """[1, 4 + classes, cells]"""
    cells = output[0].T
    return boxes_of_cells(cells[:, :4], cells[:, 4:], threshold)


def boxes_of_yolov5(output, threshold=THRESHOLD):
    """[1, cells, 5 + classes]"""
    cells = output[0]
    return boxes_of_cells(cells[:, :4], cells[:, 4:5] * cells[:, 5:], threshold)


def detect(output):
    return suppress(boxes_of_yolov8(output))


def segment(output):
    """[1, classes, height, width] to the best class of each pixel."""
    return output[0].argmax(0).astype(numpy.uint8)


def pose(output, width, height):
    """[1, points, rows, columns] to (index, score, x, y) for each point that is seen."""
    found = []
    for index, heat in enumerate(output[0]):
        row, column = numpy.unravel_index(heat.argmax(), heat.shape)
        if heat[row, column] >= POSE_THRESHOLD:
            found.append((index, float(heat[row, column]),
                          (column + 0.5) / heat.shape[1] * width,
                          (row + 0.5) / heat.shape[0] * height))
    return found


def same_boxes(some, others):
    """The same in the same order, to a tenth of a pixel."""
    return len(some) == len(others) and all(
        one.label == other.label and numpy.allclose(one[2:], other[2:], atol=0.1)
        for one, other in zip(some, others))


def detection_is_firm(output, side):
    """Under noise, near thresholds, and whether labels share a suppression or not."""
    expected = detect(output)
    if any(min(box.left, box.top) < 0 or
           max(box.left + box.width, box.top + box.height) > side for box in expected):
        return False
    noise = numpy.random.default_rng(0)
    for trial in range(TRIALS):
        shaken = output + noise.uniform(-NOISE, NOISE, output.shape)
        threshold, overlap = THRESHOLD + (trial % 3 - 1) * 0.01, OVERLAP + (trial % 5 - 2) * 0.01
        found = suppress(boxes_of_yolov8(shaken, threshold), overlap, across_labels=trial % 2 == 1)
        if not same_boxes(found, expected):
            return False
    return True


def segmentation_is_firm(output):
    """Every pixel's best class leads."""
    ranked = numpy.sort(output[0], axis=0)
    return float((ranked[-1] - ranked[-2]).min()) > NOISE


def pose_is_firm(output):
    """Every map's best cell leads, and none is near the threshold."""
    ranked = numpy.sort(output[0].reshape(output.shape[1], -1), axis=1)
    leads = (ranked[:, -1] - ranked[:, -2] > NOISE) | (ranked[:, -1] < POSE_THRESHOLD)
    return bool(leads.all() and (abs(ranked[:, -1] - POSE_THRESHOLD) > 0.01).all())
