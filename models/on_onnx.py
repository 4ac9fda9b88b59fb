# SPDX-License-Identifier: Apache-2.0
"""Networks as ONNX graphs, written node by node."""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

OPERATOR_SET = 17
IR_VERSION = 8
ELEMENTS = {'float32': TensorProto.FLOAT, 'int64': TensorProto.INT64}


class Operations:
    """See networks.py. Each appends nodes; values are names."""

    def __init__(self):
        self.nodes = []
        self.constants = {}

    def node(self, kind, *inputs, outputs=1, **attributes):
        names = [f'{kind.lower()}_{len(self.nodes)}' + (f'_{n}' if n else '') for n in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, values):
        if isinstance(values, Weight):
            self.constants[values.name] = values.values
            return values.name
        name = f'constant_{len(self.constants)}'
        self.constants[name] = values
        return name

    def rename(self, names):
        for node in self.nodes:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]

    def pictures(self, values):
        return values

    def convolve(self, values, kernel, bias, stride=1):
        side = kernel.shape[-1]
        return self.node('Conv', values, self.constant(kernel), self.constant(bias),
                         kernel_shape=[side, side], pads=[side // 2] * 4, strides=[stride, stride])

    def max_pool(self, values, size, stride, padding=0):
        return self.node('MaxPool', values, kernel_shape=[size, size], strides=[stride, stride],
                         pads=[padding] * 4)

    def mean_of_places(self, values):
        return self.node('ReduceMean', values, axes=[2, 3], keepdims=0)

    def mean(self, values, axis):
        return self.node('ReduceMean', values, axes=[axis], keepdims=0)

    def flatten(self, values, size):
        return self.node('Flatten', values, axis=1)

    def dense(self, values, matrix, bias):
        turned = Weight(matrix.name, numpy.ascontiguousarray(matrix.values.T))
        return self.add(self.node('MatMul', values, self.constant(turned)), bias)

    def add(self, one, other):
        return self.node('Add', one, self.constant(other) if isinstance(other, Weight) else other)

    def multiply(self, values, factor):
        return self.node('Mul', values, self.constant(numpy.array(factor, numpy.float32)))

    def matmul(self, one, other):
        return self.node('MatMul', one, other)

    def relu(self, values):
        return self.node('Relu', values)

    def gelu(self, values):
        spread = self.node('Erf', self.multiply(values, 0.5 ** 0.5))
        share = self.node('Add', spread, self.constant(numpy.array(1, numpy.float32)))
        return self.multiply(self.node('Mul', values, share), 0.5)

    def softmax(self, values):
        return self.node('Softmax', values, axis=-1)

    def normalize(self, values, scale, shift):
        return self.node('LayerNormalization', values, self.constant(scale), self.constant(shift), axis=-1,
                         epsilon=1e-5)

    def reshape(self, values, shape):
        return self.node('Reshape', values, self.constant(numpy.array(shape, numpy.int64)))

    def transpose(self, values, order):
        return self.node('Transpose', values, perm=list(order))

    def look_up(self, table, numbers):
        return self.node('Gather', self.constant(table), numbers, axis=0)

    def lstm(self, sequence, h0, c0, from_input, from_hidden, input_bias, hidden_bias):
        """ONNX has steps before the batch, one more dimension for directions, and its own order of gates."""
        parts = [Weight(w.name, in_gate_order(w.values)[None]) for w in (from_input, from_hidden)]
        both = numpy.concatenate([in_gate_order(bias.values) for bias in (input_bias, hidden_bias)])
        bias = Weight('bias', both[None])
        ahead = self.constant(numpy.array([0], numpy.int64))
        behind = self.constant(numpy.array([1], numpy.int64))
        states, h1, c1 = self.node(
            'LSTM', self.transpose(sequence, (1, 0, 2)), *map(self.constant, parts), self.constant(bias),
            '', *(self.node('Unsqueeze', state, ahead) for state in (h0, c0)), outputs=3,
            hidden_size=from_hidden.shape[1])
        states = self.transpose(self.node('Squeeze', states, behind), (1, 0, 2))
        return states, self.node('Squeeze', h1, ahead), self.node('Squeeze', c1, ahead)


class Weight:
    def __init__(self, name, values):
        self.name, self.values = name, values
        self.shape = values.shape


def in_gate_order(values):
    """Input, forget, cell, output, as PyTorch has them, to input, output, forget, cell."""
    entry, forget, cell, out = numpy.split(values, 4)
    return numpy.concatenate([entry, out, forget, cell])


def write_onnx(network, weights, path):
    op = Operations()
    values = {name: Weight(name, array) for name, array in weights.items()}
    results = network.function(op, values, *network.inputs)
    results = results if isinstance(results, tuple) else (results,)
    op.rename(dict(zip(results, network.outputs)))
    graph = helper.make_graph(
        op.nodes, path.stem,
        [helper.make_tensor_value_info(name, ELEMENTS[kind], ['batch', *shape])
         for name, (kind, shape) in network.inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in network.outputs],
        [numpy_helper.from_array(array, name) for name, array in op.constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', OPERATOR_SET)],
                              ir_version=IR_VERSION, producer_name='vaccel')
    model = onnx.shape_inference.infer_shapes(model)
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def run_onnx(path, inputs, outputs):
    """A network whose batch is fixed to one runs once for each."""
    model = onnx.load(str(path))
    evaluator = ReferenceEvaluator(model)
    if model.graph.input[0].type.tensor_type.shape.dim[0].dim_value != 1:
        return evaluator.run(outputs, inputs)
    runs = [evaluator.run(outputs, {name: values[[number]] for name, values in inputs.items()})
            for number in range(len(next(iter(inputs.values()))))]
    return [numpy.concatenate(results) for results in zip(*runs)]
