#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the scene networks and writes the scenes, their truth and the reference results."""

import csv
import json
import pathlib
import sys
import zlib

import numpy
import torch
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import figures  # noqa: E402
import networks  # noqa: E402
import reference  # noqa: E402
import scenery  # noqa: E402
import training  # noqa: E402

CROWDED_SCENES = 5000
LONELY_SCENES = 3000
JUDGED_SCENES = 300
DIGITS_IN_SCENES = [0] + [1] * 7 + [2, 2, 2, 3, 3, 3, 4, 4]
OTHER_SIZES = [('other-96x80.png', 96, 80, (3, 4)), ('other-128x128.jpg', 128, 128, (5, 6, 7))]
DEPTH_STEP = 8


def compose_many(random, scans, labels, count, digits):
    low, high = digits
    return [scenery.compose(random, scans, labels, int(random.integers(low, high + 1)))
            for _ in range(count)]


def stack(arrays):
    return torch.from_numpy(numpy.stack(arrays))


def teach(name, network, loss_of, epochs, scenes, targets):
    print(name, flush=True)
    inputs = networks.to_input([scene.picture for scene in scenes])
    training.train(network, loss_of, inputs, targets, epochs, batch=32, peak_rate=6e-3)


def train_detector(scenes):
    detector = networks.Detector()
    targets = zip(*[networks.detection_targets(scene) for scene in scenes])
    teach('detect', detector, networks.detection_loss, 10, scenes,
          [stack(arrays) for arrays in targets])
    return detector


def train_decoder(name, network, loss_of, epochs, scenes, truth_of, detector):
    """Begins with the trunk of the detector, which knows digits already."""
    network.decoder.trunk.load_state_dict(detector.trunk.state_dict())
    teach(name, network, loss_of, epochs, scenes, [stack([truth_of(scene) for scene in scenes])])
    return network


def train_all(random, scans, labels):
    """The networks by name; key points are for scenes of one digit or none."""
    crowded = compose_many(random, scans, labels, CROWDED_SCENES, (1, 4))
    lonely = [scenery.compose(random, scans, labels, int(random.random() < 0.9))
              for _ in range(LONELY_SCENES)]
    detector = train_detector(crowded)
    segment = train_decoder('segment', networks.Painter(len(scenery.SURFACES)),
                            networks.segmentation_loss, 5, crowded,
                            lambda scene: scene.surfaces().astype(numpy.int64), detector)
    pose = train_decoder('pose', networks.Pointer(), networks.pose_loss, 4, lonely,
                         networks.heat_maps, detector)
    depth = train_decoder('depth', networks.Painter(1, scenery.GROUND_DEPTH), networks.depth_loss,
                          4, crowded, scenery.Scene.depth, detector)
    return {'detect': networks.YoloV8(detector).eval(),
            'detect-yolov5': networks.YoloV5(detector).eval(),
            'segment': segment, 'pose': pose, 'depth': depth}


def run(network, picture):
    with torch.no_grad():
        return network(networks.to_input([picture])).numpy()


def is_firm(trained, scene):
    """Whether the scene can serve as a reference for every network that it is shown to."""
    picture = scene.picture
    return (reference.detection_is_firm(run(trained['detect'], picture), scenery.SIDE)
            and reference.segmentation_is_firm(run(trained['segment'], picture))
            and (len(scene.digits) > 1 or reference.pose_is_firm(run(trained['pose'], picture))))


def choose_scenes(random, trained, scans, labels):
    """Chosen for firm results, not for right ones."""
    chosen, passed_over = [], 0
    for wanted in DIGITS_IN_SCENES:
        scene = scenery.compose(random, scans, labels, wanted)
        while len(scene.digits) != wanted or not is_firm(trained, scene):
            passed_over += 1
            scene = scenery.compose(random, scans, labels, wanted)
        chosen.append(scene)
    print(f'scenes: {len(chosen)} chosen, {passed_over} passed over')
    return chosen


def digit_truth(digit):
    points = {name: [round(value, 2) for value in point]
              for name, point in zip(scenery.KEY_POINTS, digit.key_points())}
    return {'label': scenery.LABELS[digit.label], 'box': digit.box(), 'depth': digit.depth(),
            'key_points': points}


def write_scenes(random, scenes, scans, labels):
    """Pictures and truth; the scenes of other sizes have boxes for truth and nothing else."""
    for folder in ('scenes', 'truth', 'masks'):
        (HERE / folder).mkdir(exist_ok=True)
    truth = []
    for number, scene in enumerate(scenes):
        name = f'{number:02}.png'
        Image.fromarray(scene.picture).save(HERE / 'scenes' / name, optimize=True)
        Image.fromarray(scene.surfaces()).save(HERE / 'truth' / name, optimize=True)
        truth.append({'scene': name, 'surfaces': f'truth/{name}',
                      'ground_depth': scenery.GROUND_DEPTH,
                      'digits': [digit_truth(digit) for digit in scene.digits]})
    for name, width, height, scales in OTHER_SIZES:
        scene = scenery.compose(random, scans, labels, 2, width, height, scales)
        Image.fromarray(scene.picture).save(HERE / 'scenes' / name, quality=95)
        truth.append({'scene': name, 'digits': [
            {'label': scenery.LABELS[digit.label], 'box': digit.box()} for digit in scene.digits]})
    rows = ',\n'.join(json.dumps(entry) for entry in truth)
    (HERE / 'truth.json').write_text(f'[\n{rows}\n]\n')


def write_rows(name, heading, rows):
    with open(HERE / name, 'w', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(heading)
        writer.writerows(rows)


def detection_rows(name, output):
    for box in reference.detect(output):
        yield [name, scenery.LABELS[box.label]] + [f'{value:.4f}' for value in box[1:]]


def segmentation_row(name, output):
    """The map goes into a picture; the sum is over its bytes, row by row."""
    surfaces = reference.segment(output)
    Image.fromarray(surfaces).save(HERE / 'masks' / name, optimize=True)
    checksum = zlib.crc32(surfaces.tobytes())
    return [name, f'masks/{name}', f'{checksum:08x}', int((surfaces > 0).sum())]


def pose_rows(name, output):
    for index, score, x, y in reference.pose(output, scenery.SIDE, scenery.SIDE):
        yield [name, scenery.KEY_POINTS[index], f'{score:.4f}', f'{x:.4f}', f'{y:.4f}']


def depth_rows(name, output):
    for y in range(DEPTH_STEP // 2, scenery.SIDE, DEPTH_STEP):
        for x in range(DEPTH_STEP // 2, scenery.SIDE, DEPTH_STEP):
            yield [name, x, y, f'{output[0, 0, y, x]:.4f}']


def write_references(trained, scenes):
    """From the pictures as they are shipped."""
    boxes, surfaces, points, depths = [], [], [], []
    for number, scene in enumerate(scenes):
        name = f'{number:02}.png'
        picture = numpy.asarray(Image.open(HERE / 'scenes' / name))
        boxes += detection_rows(name, run(trained['detect'], picture))
        surfaces.append(segmentation_row(name, run(trained['segment'], picture)))
        depths += depth_rows(name, run(trained['depth'], picture))
        if len(scene.digits) <= 1:
            points += pose_rows(name, run(trained['pose'], picture))
    write_rows('reference-detect.csv', ['scene', 'label', 'score', 'x', 'y', 'w', 'h'], boxes)
    write_rows('reference-segment.csv', ['scene', 'mask', 'crc32', 'inked'], surfaces)
    write_rows('reference-pose.csv', ['scene', 'name', 'score', 'x', 'y'], points)
    write_rows('reference-depth.csv', ['scene', 'x', 'y', 'value'], depths)


def judge(random, trained, scans, labels):
    """Prints how good the networks are on scenes that are not shipped."""
    crowded = compose_many(random, scans, labels, JUDGED_SCENES, (0, 4))
    lonely = compose_many(random, scans, labels, JUDGED_SCENES, (1, 1))
    for name, figure, scenes in (('detect', figures.detection, crowded),
                                 ('segment', figures.segmentation, crowded),
                                 ('pose', figures.pose, lonely), ('depth', figures.depth, crowded)):
        print(figure([run(trained[name], scene.picture) for scene in scenes], scenes))


def main():
    training.make_deterministic()
    random = numpy.random.default_rng(training.SEED)
    scans, labels, held_out, held_out_labels = training.load_scans()
    trained = train_all(random, scans, labels)
    for name, network in trained.items():
        training.export(network, (1, 1, scenery.SIDE, scenery.SIDE), HERE / f'{name}.onnx',
                        'picture', 'found')
    scenes = choose_scenes(random, trained, held_out, held_out_labels)
    write_scenes(random, scenes, held_out, held_out_labels)
    write_references(trained, scenes)
    for name, lines in (('digits.txt', scenery.LABELS), ('surfaces.txt', scenery.SURFACES),
                        ('key-points.txt', scenery.KEY_POINTS)):
        (HERE / name).write_text(''.join(f'{line}\n' for line in lines))
    judge(random, trained, held_out, held_out_labels)


if __name__ == '__main__':
    main()
