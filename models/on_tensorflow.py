# SPDX-License-Identifier: Apache-2.0
"""Networks as SavedModel, frozen graph and TensorFlow Lite."""
import os
import shutil
import tempfile

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')

import tensorflow  # noqa: E402
from tensorflow import nn  # noqa: E402

VERSION_1 = tensorflow.compat.v1


class Operations:
    """See networks.py. Channels come last within the network: TensorFlow has no others on the CPU."""

    add = staticmethod(tensorflow.add)
    multiply = staticmethod(tensorflow.multiply)
    matmul = staticmethod(tensorflow.matmul)
    relu = staticmethod(nn.relu)
    gelu = staticmethod(nn.gelu)
    softmax = staticmethod(nn.softmax)
    reshape = staticmethod(tensorflow.reshape)
    transpose = staticmethod(tensorflow.transpose)
    mean = staticmethod(tensorflow.reduce_mean)
    look_up = staticmethod(tensorflow.gather)

    @staticmethod
    def pictures(values):
        return tensorflow.transpose(values, (0, 2, 3, 1))

    @staticmethod
    def around(values, width):
        """With zeros. TensorFlow's own padding is uneven with strides."""
        return tensorflow.pad(values, [[0, 0], [width, width], [width, width], [0, 0]]) if width else values

    @classmethod
    def convolve(cls, values, kernel, bias, stride=1):
        padding = 'SAME'
        if stride > 1:
            padding = 'VALID'
            values = cls.around(values, kernel.shape[0] // 2)
        return nn.bias_add(nn.conv2d(values, kernel, stride, padding), bias)

    @classmethod
    def max_pool(cls, values, size, stride, padding=0):
        """Of values that are not below zero."""
        return nn.max_pool2d(cls.around(values, padding), size, stride, 'VALID')

    @staticmethod
    def mean_of_places(values):
        return tensorflow.reduce_mean(values, (1, 2))

    @staticmethod
    def flatten(values, size):
        return tensorflow.reshape(tensorflow.transpose(values, (0, 3, 1, 2)), (-1, size))

    @staticmethod
    def dense(values, matrix, bias):
        return nn.bias_add(tensorflow.matmul(values, matrix), bias)

    @staticmethod
    def normalize(values, scale, shift):
        mean, variance = nn.moments(values, -1, keepdims=True)
        return nn.batch_normalization(values, mean, variance, shift, scale, 1e-5)

    @staticmethod
    def lstm(sequence, h0, c0, from_input, from_hidden, input_bias, hidden_bias):
        states = []
        for step in tensorflow.unstack(sequence, axis=1):
            gates = tensorflow.matmul(step, from_input, transpose_b=True)
            gates += tensorflow.matmul(h0, from_hidden, transpose_b=True) + input_bias + hidden_bias
            entry, forget, cell, out = tensorflow.split(gates, 4, 1)
            c0 = tensorflow.sigmoid(forget) * c0 + tensorflow.sigmoid(entry) * tensorflow.tanh(cell)
            h0 = tensorflow.sigmoid(out) * tensorflow.tanh(c0)
            states.append(h0)
        return tensorflow.stack(states, 1), h0, c0


def prepared(weights):
    """Kernels and matrices as TensorFlow has them."""
    orders = {4: (2, 3, 1, 0), 2: (1, 0)}
    return {name: values.transpose(orders[values.ndim])
            if name.endswith('_weight') else values for name, values in weights.items()}


def named(names, results):
    results = results if isinstance(results, tuple) else (results,)
    return {name: tensorflow.identity(result, name) for name, result in zip(names, results)}


class Module(tensorflow.Module):
    def __init__(self, weights):
        super().__init__()
        self.weights = {name: tensorflow.Variable(values, trainable=False, name=name)
                        for name, values in prepared(weights).items()}

    def signature(self, function, inputs, outputs):
        @tensorflow.function(autograph=False, input_signature=[
            tensorflow.TensorSpec([None, *shape], kind, name) for name, (kind, shape) in inputs.items()])
        def run(*values):
            return named(outputs, function(Operations, self.weights, *values))
        return run.get_concrete_function()


def write_saved_model(network, weights, path):
    module = Module(weights)
    signatures = {'serving_default': module.signature(network.function, network.inputs, network.outputs)}
    for name, function in network.signatures.items():
        signatures[name] = module.signature(function, network.inputs, [name])
    shutil.rmtree(path, ignore_errors=True)
    tensorflow.saved_model.save(module, str(path), signatures=signatures)


def graph_of(network, weights):
    """With constants in place of variables, and the tensors at its ends by their names."""
    graph = tensorflow.Graph()
    with graph.as_default():
        inputs = [VERSION_1.placeholder(kind, [None, *shape], name)
                  for name, (kind, shape) in network.inputs.items()]
        constants = {name: tensorflow.constant(values, name=name)
                     for name, values in prepared(weights).items()}
        outputs = named(network.outputs, network.function(Operations, constants, *inputs))
    return graph, inputs, list(outputs.values())


def write_frozen_graph(network, weights, path):
    graph, _, _ = graph_of(network, weights)
    path.write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))


def write_tflite(network, weights, path):
    """From a SavedModel, as most are; but that way does not keep the order of several inputs."""
    if len(network.inputs) > 1:
        graph, inputs, outputs = graph_of(network, weights)
        with VERSION_1.Session(graph=graph) as session:
            converter = VERSION_1.lite.TFLiteConverter.from_session(session, inputs, outputs)
            path.write_bytes(converter.convert())
        return
    with tempfile.TemporaryDirectory() as folder:
        write_saved_model(network, weights, folder)
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(folder, ['serving_default'])
        path.write_bytes(converter.convert())


def run_saved_model(path, inputs, outputs):
    module = tensorflow.saved_model.load(str(path))
    results = module.signatures['serving_default'](**{n: tensorflow.constant(v) for n, v in inputs.items()})
    return [results[name].numpy() for name in outputs]


def run_frozen_graph(path, inputs, outputs):
    definition = VERSION_1.GraphDef.FromString(path.read_bytes())
    with VERSION_1.Session(graph=tensorflow.Graph()) as session:
        tensorflow.import_graph_def(definition, name='')
        return session.run([f'{name}:0' for name in outputs],
                           {f'{name}:0': values for name, values in inputs.items()})


def run_tflite(path, inputs, outputs):
    """By the names of the signature if there is one, else by those of the tensors."""
    interpreter = tensorflow.lite.Interpreter(str(path))
    if interpreter.get_signature_list():
        results = interpreter.get_signature_runner()(**inputs)
        return [results[name] for name in outputs]
    places = {place['name']: place['index']
              for place in interpreter.get_input_details() + interpreter.get_output_details()}
    for name, values in inputs.items():
        interpreter.resize_tensor_input(places[name], values.shape)
    interpreter.allocate_tensors()
    for name, values in inputs.items():
        interpreter.set_tensor(places[name], values)
    interpreter.invoke()
    return [interpreter.get_tensor(places[name]) for name in outputs]
