# SPDX-License-Identifier: Apache-2.0
"""How good the networks are on scenes of scans that they have not seen."""

import numpy

import reference
import scenery


def detection(outputs, scenes):
    """A box is right when it holds a digit of its label, half of both areas shared."""
    found = right = present = 0
    for output, scene in zip(outputs, scenes):
        boxes = reference.detect(output)
        missing = [(digit.label, reference.Box(digit.label, 1.0, *digit.box()))
                   for digit in scene.digits]
        found, present = found + len(boxes), present + len(missing)
        for box in boxes:
            match = next((entry for entry in missing if entry[0] == box.label
                          and reference.shared_area(entry[1], box) >= 0.5), None)
            if match:
                missing.remove(match)
                right += 1
    return (f'detect: {found} boxes for {present} digits, precision {right / found:.3f}, '
            f'recall {right / present:.3f}')


def segmentation(outputs, scenes):
    truth = numpy.stack([scene.surfaces() for scene in scenes])
    found = numpy.stack([reference.segment(output) for output in outputs])
    shares = []
    for index in range(len(scenery.SURFACES)):
        here, there = found == index, truth == index
        shares.append((here & there).sum() / (here | there).sum())
    ink = truth > 0
    return (f'segment: {(found == truth).mean():.3f} of all pixels right, '
            f'{(found == truth)[ink].mean():.3f} of the inked ones '
            f'({(truth == 0).mean():.3f} and 0 when all is called ground), '
            f'mean intersection over union {numpy.mean(shares):.3f}')


def pose(outputs, scenes):
    misses, distances, guesses = 0, [], []
    for output, scene in zip(outputs, scenes):
        points = scene.digits[0].key_points()
        found = {index: (x, y) for index, _, x, y
                 in reference.pose(output, scenery.SIDE, scenery.SIDE)}
        misses += len(points) - len(found)
        distances += [numpy.hypot(found[index][0] - points[index][0],
                                  found[index][1] - points[index][1]) for index in found]
        guesses += [numpy.hypot(x - scenery.SIDE / 2, y - scenery.SIDE / 2) for x, y in points]
    return (f'pose: {misses} of {len(guesses)} key points missed; found ones '
            f'{numpy.mean(distances):.2f} pixels off on average, {numpy.median(distances):.2f} in '
            f'the median (the picture\'s centre: {numpy.mean(guesses):.2f})')


def depth(outputs, scenes):
    truth = numpy.stack([scene.depth() for scene in scenes])
    found = numpy.stack([output[0, 0] for output in outputs])
    ink = truth < scenery.GROUND_DEPTH
    guess = numpy.median(truth[ink])
    wrong = abs(found - truth)
    return (f'depth: off by {wrong.mean():.3f} over all pixels, {wrong[ink].mean():.3f} on ink, '
            f'where the median is {numpy.median(wrong[ink]):.3f} (the median depth of ink, '
            f'{guess:.1f}, everywhere on ink: {abs(guess - truth)[ink].mean():.3f}, '
            f'median {numpy.median(abs(guess - truth)[ink]):.3f})')
