# SPDX-License-Identifier: Apache-2.0
"""Networks, written once for all frameworks: `op` has the operations of the one at hand (on_*.py).

Pictures are [batch, channels, height, width], kernels [out, in, height, width], matrices [out, in]. The
batch may have any size. Names of inputs are those of the functions' parameters.
"""
import dataclasses
from collections.abc import Callable

import numpy

SEED = 20261128


@dataclasses.dataclass
class Network:
    function: Callable
    inputs: dict        # name: (element type, shape without the batch)
    outputs: list       # names
    weights: Callable   # gives the weights by name; None if they come from elsewhere
    signatures: dict = dataclasses.field(default_factory=dict)  # more functions of a SavedModel, by name


class Weights(dict):
    """Seeded weights. Uniform ones, which numpy draws alike in all its versions."""

    def __init__(self):
        super().__init__()
        self.generator = numpy.random.default_rng(SEED)

    def draw(self, name, shape, deviation):
        drawn = self.generator.random(shape, dtype=numpy.float32)
        self[name] = (drawn - numpy.float32(0.5)) * numpy.float32(deviation * 12 ** 0.5)

    def layer(self, name, shape, gain=1.0):
        """A kernel or matrix that keeps the size of what passes through it, and its bias."""
        self.draw(f'{name}_weight', shape, gain / numpy.prod(shape[1:]) ** 0.5)
        self.draw(f'{name}_bias', shape[:1], 0.1)


def layer(op, weights, name, values, **how):
    apply = op.convolve if len(weights[f'{name}_weight'].shape) == 4 else op.dense
    return apply(values, weights[f'{name}_weight'], weights[f'{name}_bias'], **how)


# Digits: the layers of digits/train.py, normalisation folded into the kernels.

def digits(op, weights, scan):
    values = op.relu(layer(op, weights, 'first', op.pictures(scan)))
    values = op.max_pool(op.relu(layer(op, weights, 'second', values)), 2, 2)
    values = op.max_pool(op.relu(layer(op, weights, 'third', values)), 2, 2)
    return layer(op, weights, 'last', op.flatten(values, 48 * 2 * 2))


def digits_probabilities(op, weights, scan):
    return op.softmax(digits(op, weights, scan))


# A recurrent network of one layer: states are carried from one run to the next by the caller.

STEPS, FEATURES, HIDDEN = 6, 8, 16


def lstm(op, weights, sequence, h0, c0):
    return op.lstm(sequence, h0, c0, *weights.values())


def lstm_weights():
    weights = Weights()
    weights.draw('from_input', (4 * HIDDEN, FEATURES), 0.5)
    weights.draw('from_hidden', (4 * HIDDEN, HIDDEN), 0.5)
    weights.draw('input_bias', (4 * HIDDEN,), 0.5)
    weights.draw('hidden_bias', (4 * HIDDEN,), 0.5)
    return weights


# The shape of ResNet-50: 16 blocks of three convolutions beside a short cut.

STAGES = [(64, 3), (128, 4), (256, 6), (512, 3)]
EXPANSION = 4


def resnet50(op, weights, picture):
    values = op.relu(layer(op, weights, 'stem', op.pictures(picture), stride=2))
    values = op.max_pool(values, 3, 2, padding=1)
    for stage, (_, blocks) in enumerate(STAGES):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            values = bottleneck(op, weights, f'stage{stage}_block{block}', values, stride)
    return layer(op, weights, 'classes', op.mean_of_places(values))


def bottleneck(op, weights, name, values, stride):
    inner = op.relu(layer(op, weights, f'{name}_reduce', values))
    inner = op.relu(layer(op, weights, f'{name}_look', inner, stride=stride))
    inner = layer(op, weights, f'{name}_expand', inner)
    if f'{name}_shortcut_weight' in weights:
        values = layer(op, weights, f'{name}_shortcut', values, stride=stride)
    return op.relu(op.add(inner, values))


def resnet50_weights():
    weights = Weights()
    weights.layer('stem', (64, 3, 7, 7), 2 ** 0.5)
    channels = 64
    for stage, (width, blocks) in enumerate(STAGES):
        for block in range(blocks):
            name = f'stage{stage}_block{block}'
            weights.layer(f'{name}_reduce', (width, channels, 1, 1), 2 ** 0.5)
            weights.layer(f'{name}_look', (width, width, 3, 3), 2 ** 0.5)
            # Small, as what the blocks add sums up.
            weights.layer(f'{name}_expand', (width * EXPANSION, width, 1, 1), 0.3)
            if not block:
                weights.layer(f'{name}_shortcut', (width * EXPANSION, channels, 1, 1))
            channels = width * EXPANSION
    weights.layer('classes', (1000, channels))
    return weights


# The encoder of a transformer: words in, a vector for each of them out.

WORDS, LENGTH, WIDTH, HEADS, LAYERS = 1000, 128, 384, 8, 6


def transformer(op, weights, words):
    values = op.add(op.look_up(weights['vocabulary'], words), weights['places'])
    for number in range(LAYERS):
        name = f'layer{number}'
        values = op.add(values, attention(op, weights, name, normal(op, weights, f'{name}_before', values)))
        inner = layer(op, weights, f'{name}_widen', normal(op, weights, f'{name}_between', values))
        values = op.add(values, layer(op, weights, f'{name}_narrow', op.gelu(inner)))
    return normal(op, weights, 'end', values)


def normal(op, weights, name, values):
    return op.normalize(values, weights[f'{name}_scale'], weights[f'{name}_shift'])


def attention(op, weights, name, values):
    queries, keys, found = (
        op.transpose(op.reshape(layer(op, weights, f'{name}_{part}', values),
                                (-1, LENGTH, HEADS, WIDTH // HEADS)), (0, 2, 1, 3))
        for part in ('query', 'key', 'value'))
    alike = op.multiply(op.matmul(queries, op.transpose(keys, (0, 1, 3, 2))), (WIDTH // HEADS) ** -0.5)
    mixed = op.transpose(op.matmul(op.softmax(alike), found), (0, 2, 1, 3))
    return layer(op, weights, f'{name}_mix', op.reshape(mixed, (-1, LENGTH, WIDTH)))


def transformer_weights():
    weights = Weights()
    weights.draw('vocabulary', (WORDS, WIDTH), 1)
    weights.draw('places', (LENGTH, WIDTH), 0.5)
    for number in range(LAYERS):
        name = f'layer{number}'
        for part in ('query', 'key', 'value', 'mix'):
            weights.layer(f'{name}_{part}', (WIDTH, WIDTH))
        weights.layer(f'{name}_widen', (4 * WIDTH, WIDTH))
        weights.layer(f'{name}_narrow', (WIDTH, 4 * WIDTH))
    for name in ['end', *(f'layer{n}_{place}' for n in range(LAYERS) for place in ('before', 'between'))]:
        weights[f'{name}_scale'] = numpy.ones(WIDTH, numpy.float32)
        weights.draw(f'{name}_shift', (WIDTH,), 0.1)
    return weights


# 100 MB of weights that a run hardly touches: to measure how long loading takes.

def table(op, weights, rows):
    return op.mean(op.look_up(weights['table'], rows), 1)


def table_weights():
    weights = Weights()
    weights.draw('table', (97_656, 256), 1)
    return weights


NETWORKS = {
    'digits': Network(digits, {'scan': ('float32', (1, 8, 8))}, ['scores'], None,
                      {'probabilities': digits_probabilities}),
    'lstm': Network(lstm, {'sequence': ('float32', (STEPS, FEATURES)), 'h0': ('float32', (HIDDEN,)),
                           'c0': ('float32', (HIDDEN,))}, ['states', 'h1', 'c1'], lstm_weights),
    'resnet50': Network(resnet50, {'picture': ('float32', (3, 224, 224))}, ['scores'], resnet50_weights),
    'transformer': Network(transformer, {'words': ('int64', (LENGTH,))}, ['vectors'], transformer_weights),
    'table': Network(table, {'rows': ('int64', (4,))}, ['average'], table_weights),
}
