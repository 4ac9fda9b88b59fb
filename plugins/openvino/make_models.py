#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make models for the tests, with inputs and what OpenVINO itself answers: make_models.py FOLDER

FOLDER/cases.txt has a line for each case and one for each of its inputs and outputs:

    case NAME FORMAT FILE
    input NAME TYPE DIMENSION...      its elements are in FOLDER/NAME.inputN
    output NAME TYPE DIMENSION...     the same in FOLDER/NAME.outputN

Lines that begin with "takes" and "gives" describe the model: there a dimension of any size is -1.
"""
import pathlib
import sys

try:
    import numpy as np
    import onnx
    import openvino as ov
except ImportError:
    print('no Python with the packages openvino and onnx was found')
    sys.exit(77)
from openvino import opset15 as ops  # noqa: E402

TYPES = {
    'FLOAT32': ov.Type.f32, 'FLOAT64': ov.Type.f64, 'FLOAT16': ov.Type.f16, 'BFLOAT16': ov.Type.bf16,
    'FLOAT8_E4M3': ov.Type.f8e4m3, 'FLOAT8_E5M2': ov.Type.f8e5m2, 'INT8': ov.Type.i8,
    'INT16': ov.Type.i16, 'INT32': ov.Type.i32, 'INT64': ov.Type.i64, 'UINT8': ov.Type.u8,
    'UINT16': ov.Type.u16, 'UINT32': ov.Type.u32, 'UINT64': ov.Type.u64, 'BOOL': ov.Type.boolean,
}
NAMES = {of.to_string(): name for name, of in TYPES.items()}
NAMES['string'] = 'STRING'


def parameter(name, shape, of=ov.Type.f32):
    made = ops.parameter(ov.PartialShape(shape), of)
    made.output(0).get_tensor().set_names({name})
    return made


def result(node, *names):
    made = ops.result(node)
    made.output(0).get_tensor().set_names(set(names))
    return made


def seeded(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


class Cases:
    def __init__(self, folder):
        self.folder = folder
        self.core = ov.Core()
        self.text = open(folder / 'cases.txt', 'w')

    def add(self, name, form, file, inputs):
        """Record what OpenVINO answers to a model that lies there."""
        settings = {'PERFORMANCE_HINT': 'LATENCY', 'EXECUTION_MODE_HINT': 'ACCURACY'}
        compiled = self.core.compile_model(self.core.read_model(self.folder / file), 'CPU', settings)
        print('case', name, form, file, file=self.text)
        for word, ports in ('takes', compiled.inputs), ('gives', compiled.outputs):
            for port in ports:
                dims = [-1 if dim.is_dynamic else dim.get_length() for dim in port.partial_shape]
                print(word, port.get_any_name() if port.get_names() else '""',
                      NAMES[port.element_type.to_string()], *dims, file=self.text)
        request = compiled.create_infer_request()
        tensors = [ov.Tensor(value) if isinstance(value, np.ndarray) else value for value in inputs]
        for number, (tensor, port) in enumerate(zip(tensors, compiled.inputs)):
            request.set_input_tensor(number, tensor)
            self.record('input', name, number, port, tensor)
        request.infer()
        for number, port in enumerate(compiled.outputs):
            self.record('output', name, number, port, request.get_output_tensor(number))

    def record(self, word, name, number, port, tensor):
        known = port.get_any_name() if port.get_names() else '""'
        print(word, known, NAMES[port.element_type.to_string()], *tensor.shape, file=self.text)
        if port.element_type == ov.Type.string:
            texts = [text.encode() for text in tensor.str_data.flatten()]
            elements = np.array([len(text) for text in texts], np.uint64).tobytes() + b''.join(texts)
        else:
            elements = tensor.data.tobytes()
        (self.folder / f'{name}.{word}{number}').write_bytes(elements)

    def add_ir(self, name, results, parameters, inputs):
        model = ov.Model(results, parameters, name)
        ov.save_model(model, self.folder / f'{name}.xml', compress_to_fp16=False)
        self.add(name, 'openvino-ir', f'{name}.xml', inputs)


def tensor_of(kind, values):
    """A tensor of any type. NumPy has not all of them, so OpenVINO converts the numbers."""
    given = parameter('given', list(values.shape))
    convert = ov.Model([ops.result(ops.convert(given, kind.to_string()))], [given], 'convert')
    request = ov.Core().compile_model(convert, 'CPU').create_infer_request()
    request.set_input_tensor(0, ov.Tensor(values))
    request.infer()
    tensor = ov.Tensor(kind, ov.Shape(list(values.shape)))
    request.get_output_tensor(0).copy_to(tensor)
    return tensor


def each_type(cases):
    values = np.arange(6, dtype=np.float32).reshape(2, 3) % 5
    for name, kind in TYPES.items():
        x = parameter('x', [2, 3], kind)
        y = result(ops.transpose(x, np.array([1, 0])), 'y')
        cases.add_ir(f'type-{name}', [y], [x], [tensor_of(kind, values)])


def several(cases):
    """Inputs of two types, outputs that are used by each other, one that is an input as it is."""
    table = ops.constant(seeded(1, 50, 8))
    ids = parameter('ids', [-1, 4], ov.Type.i64)
    scale = parameter('scale', [-1, 1, 8])
    rows = ops.gather(table, ids, ops.constant(0))
    scaled = ops.multiply(rows, scale)
    total = ops.reduce_sum(scaled, np.array([1, 2]))
    cases.add_ir('several', [result(scaled, 'scaled'), result(total, 'total'), result(scale, 'same'),
                             result(ops.relu(scale), 'positive')], [ids, scale],
                 [np.array([[1, 2, 3, 4], [49, 0, 7, 7]], np.int64), seeded(2, 2, 1, 8)])


def names(cases):
    """Two names for each, and an output without one."""
    x = parameter('x', [3])
    x.output(0).get_tensor().set_names({'x', 'also-x'})
    y = result(ops.add(x, np.float32(1)), 'y', 'also-y')
    cases.add_ir('names', [y, ops.result(ops.negative(x))], [x], [seeded(3, 3)])


def same(cases):
    """Two outputs that are the input as it is, and two that are one computed from it."""
    x = parameter('x', [3])
    y = ops.abs(x)
    cases.add_ir('same', [result(x, 'same'), result(y, 'positive'), result(x, 'again'), result(y, 'twice')],
                 [x], [seeded(6, 3)])


def counter(cases):
    """It adds its inputs up."""
    about = ov.op.util.VariableInfo()
    about.data_shape, about.data_type, about.variable_id = ov.PartialShape([3]), ov.Type.f32, 'total'
    total = ov.op.util.Variable(about)
    x = parameter('x', [3])
    y = ops.add(ops.read_value(ops.constant(np.zeros(3, np.float32)), total), x)
    ov.save_model(ov.Model([result(y, 'y')], [ops.assign(y, total)], [x], 'counter'),
                  cases.folder / 'counter.xml', compress_to_fp16=False)


def shapes(cases):
    """No dimensions, no elements, a dimension that the data decide."""
    x = parameter('x', [])
    cases.add_ir('scalar', [result(ops.exp(x), 'y')], [x], [np.array(2, np.float32)])
    x = parameter('x', [-1, 3])
    cases.add_ir('empty', [result(ops.relu(x), 'y')], [x], [np.zeros((0, 3), np.float32)])
    x = parameter('x', [-1])
    cases.add_ir('non-zero', [result(ops.non_zero(x, 'i64'), 'y')], [x],
                 [np.array([0, 1, 0, 2, 3, 0], np.float32)])


def attention(x, seed, width, heads):
    def split(part):
        weights = ops.constant(seeded(seed + part, width, width) / width ** 0.5)
        shaped = ops.reshape(ops.matmul(x, weights, False, False),
                             np.array([0, 0, heads, width // heads]), True)
        return ops.transpose(shaped, np.array([0, 2, 1, 3]))

    mixed = ops.scaled_dot_product_attention(split(0), split(1), split(2))
    return ops.reshape(ops.transpose(mixed, np.array([0, 2, 1, 3])), np.array([0, 0, width]), True)


def transformer(cases):
    """Two layers, any number of sequences of any length."""
    width = 64
    ids = parameter('ids', [-1, -1], ov.Type.i32)
    x = ops.gather(ops.constant(seeded(10, 100, width)), ids, ops.constant(0))
    for layer in range(2):
        seed = 20 + 10 * layer
        x = ops.mvn(ops.add(x, attention(x, seed, width, 4)), np.array([2]), True, 1e-5, 'inside_sqrt')
        wide = ops.gelu(ops.matmul(x, ops.constant(seeded(seed + 5, width, 256) / 8), False, False), 'erf')
        x = ops.add(x, ops.matmul(wide, ops.constant(seeded(seed + 6, 256, width) / 16), False, False))
    cases.add_ir('transformer', [result(x, 'states')], [ids],
                 [np.arange(14, dtype=np.int32).reshape(2, 7) * 7])


def strings(cases):
    """Where each string ends, and all their bytes; and strings as they came."""
    texts = parameter('texts', [-1], ov.Type.string)
    unpacked = ops.string_tensor_unpack(texts)
    cases.add_ir('strings', [result(unpacked.output(1), 'ends'), result(unpacked.output(2), 'bytes')],
                 [texts], [ov.Tensor(np.array(['one', '', 'three \u00e9']))])
    texts = parameter('texts', [-1], ov.Type.string)
    packed = ops.string_tensor_unpack(texts)
    again = ops.string_tensor_pack(packed.output(0), packed.output(1), packed.output(2))
    cases.add_ir('string-output', [result(again, 'again')], [texts], [ov.Tensor(np.array(['one']))])


def number(value):
    """As protobuf writes one: seven bits a byte."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + number(value >> 7)


def field(key, content):
    return number(key) + number(len(content)) + content


def with_external(path, location, above_key=0, **places):
    """
    An ONNX model that adds the four numbers that lie there. The key of the field that tells the place has
    these bits above the 32 that protobuf keeps.
    """
    entries = [onnx.StringStringEntryProto(key=key, value=str(value)).SerializeToString()
               for key, value in {'location': location, **places}.items()]
    weights = onnx.TensorProto(name='w', data_type=1, dims=[4], data_location=1).SerializeToString()
    weights += b''.join(field(above_key << 32 | 13 << 3 | 2, entry) for entry in entries)
    described = [onnx.helper.make_tensor_value_info(name, 1, [4]) for name in 'xy']
    add = onnx.helper.make_node('Add', ['x', 'w'], ['y'])
    graph = onnx.helper.make_graph([add], 'external', described[:1], described[1:])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid('', 13)], ir_version=8)
    path.write_bytes(model.SerializeToString() + field(7 << 3 | 2, field(5 << 3 | 2, weights)))


def external(cases):
    folder = cases.folder / 'external'
    folder.mkdir()
    numbers = np.arange(4, dtype=np.float32)
    (folder / 'weights.bin').write_bytes(numbers.tobytes())
    (cases.folder / 'outside.bin').write_bytes(numbers.tobytes())
    with_external(folder / 'model.onnx', 'weights.bin')
    cases.add('external', 'onnx', 'external/model.onnx', [seeded(5, 4)])
    for name, location, places in (
            ('upwards', '../outside.bin', {}),
            ('hidden', '../outside.bin', {'above_key': 1}),
            ('through', 'external/../../outside.bin', {}),
            ('absolute', str((cases.folder / 'outside.bin').absolute()), {}),
            ('address', '*/_ORT_MEM_ADDR_/*', {'offset': 4096, 'length': 16}),
            ('missing', 'missing.bin', {}),
            ('beyond', 'weights.bin', {'offset': 8, 'length': 16})):
        with_external(folder / f'{name}.onnx', location, **places)


def main():
    cases = Cases(pathlib.Path(sys.argv[1]))
    for make in each_type, several, names, same, counter, shapes, transformer, strings, external:
        make(cases)
    cases.text.close()


if __name__ == '__main__':
    main()
