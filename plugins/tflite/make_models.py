#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write small models for the tests of this plugin: make_models.py FOLDER

Where numbers are to be compared, what TensorFlow's own interpreter gives lies beside the model.
"""
import os
import pathlib
import sys
import tempfile
import warnings

# TensorFlow has much to say when nothing is wrong. What Python says of errors goes to the first of these.
sys.stderr = os.fdopen(os.dup(2), 'w')
sys.stdout = sys.stderr
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(1, 2)
warnings.simplefilter('ignore')

import flatbuffers  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402
from tensorflow import lite  # noqa: E402
from tensorflow.lite.python import schema_py_generated as schema  # noqa: E402

TYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float16',
         'bfloat16', 'float32', 'float64', 'complex64', 'complex128']


def signature(*inputs):
    """Inputs are name, shape and type."""
    specs = [tensorflow.TensorSpec(shape, getattr(tensorflow, kind), name) for name, shape, kind in inputs]
    return tensorflow.function(input_signature=specs)


def converter(function):
    module = tensorflow.Module()
    module.function = function
    return lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], module)


@signature(('left', [None, 4], 'float32'), ('right', [None, 4], 'float32'))
def pair(left, right):
    return {'sum': left + right, 'product': left * right}


@signature(('n', [3], 'int32'))
def double(n):
    return {'twice': n * 2}


@signature(('words', [None], 'string'), ('which', [1], 'int32'))
def strings(words, which):
    return {'word': tensorflow.gather(words, which), 'column': tensorflow.reshape(words, [-1, 1])}


@signature(('x', [], 'float32'))
def scalar(x):
    return {'y': x * 3}


WEIGHTS = tensorflow.constant(numpy.random.default_rng(1).normal(size=(8, 5)), tensorflow.float32)


@signature(('x', [1, 8], 'float32'))
def dense(x):
    return {'y': tensorflow.nn.relu(tensorflow.matmul(x, WEIGHTS))}


@signature(('x', [4], 'float32'))
def loop(x):
    return {'y': tensorflow.while_loop(lambda y: tensorflow.reduce_sum(y) < 100., lambda y: [y * 2.], [x])[0]}


def in_itself(model):
    """The body of its loop is all of it."""
    made = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    made.subgraphs[0].operators[0].builtinOptions.bodySubgraphIndex = 0
    builder = flatbuffers.Builder()
    builder.Finish(made.Pack(builder), b'TFL3')
    return bytes(builder.Output())


def same(kind):
    @signature(('values', [None, 2], kind))
    def function(values):
        return {'same': tensorflow.reshape(values, [2, -1])}
    return function


def two_signatures():
    module = tensorflow.Module()
    module.pair, module.double = pair, double
    functions = {'serving_default': pair.get_concrete_function(), 'double': double.get_concrete_function()}
    with tempfile.TemporaryDirectory() as saved:
        tensorflow.saved_model.save(module, saved, signatures=functions)
        return lite.TFLiteConverter.from_saved_model(saved, signature_keys=list(functions)).convert()


def samples():
    random = numpy.random.default_rng(2)
    for _ in range(64):
        yield [random.normal(size=(1, 8)).astype(numpy.float32)]


def quantized(kind):
    to = converter(dense)
    to.optimizations = [lite.Optimize.DEFAULT]
    to.representative_dataset = samples
    to.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS_INT8]
    to.inference_input_type = to.inference_output_type = getattr(tensorflow, kind)
    return to.convert()


def outputs(model, values):
    interpreter = lite.Interpreter(model_content=model)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]['index'], values)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]['index'])


def main():
    folder = pathlib.Path(sys.argv[1])
    models = {'pair': converter(pair).convert(), 'strings': converter(strings).convert(),
              'scalar': converter(scalar).convert(), 'two': two_signatures(), 'loop': converter(loop).convert()}
    models['loop-in-itself'] = in_itself(models['loop'])
    for kind in TYPES:
        models['type-' + kind] = converter(same(kind)).convert()
    for kind in ['int8', 'uint8']:
        models['quantized-' + kind] = quantized(kind)
        values = numpy.arange(-40, 40, 10).astype(kind).reshape(1, 8)
        (folder / f'quantized-{kind}.out').write_bytes(outputs(models['quantized-' + kind], values).tobytes())
    for name, model in models.items():
        (folder / f'{name}.tflite').write_bytes(model)


if __name__ == '__main__':
    main()
