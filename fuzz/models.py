# SPDX-License-Identifier: Apache-2.0
"""Write what the fuzzing of models' files begins with: sound ones, and some that are refused.

models.py CORPUS (the folder that has one for each target)
"""
import pathlib
import struct
import sys


def varint(number):
    rest = number >> 7
    return bytes([number & 127 | 128]) + varint(rest) if rest else bytes([number])


def number_field(number, value):
    return varint(number << 3) + varint(value)


def field(number, *parts):
    contents = b''.join(part.encode() if isinstance(part, str) else part for part in parts)
    return varint(number << 3 | 2) + varint(len(contents)) + contents


def entry(key, *value):
    return field(1, key) + field(2, *value)


# TensorFlow's messages.

def node(name, op, *inputs, attributes=b''):
    return field(1, name) + field(2, op) + b''.join(field(3, i) for i in inputs) + attributes


def attribute(name, value):
    return field(5, entry(name, value))


def call(function):
    return attribute('f', field(10, field(1, function)))


def function(name, arguments, *nodes):
    signature = field(1, name) + b''.join(field(2, field(1, a)) for a in arguments)
    return field(1, field(1, signature) + b''.join(field(3, n) for n in nodes))


def graph(nodes, functions=()):
    return b''.join(field(1, n) for n in nodes) + (field(2, *functions) if functions else b'')


RESTORE = function('restore', ['file'], node('file_again', 'Identity', 'file'),
                   node('values', 'RestoreV2', 'file_again:output:0', 'names', 'slices'))
SHAPE = attribute('shape', field(7, field(2, number_field(1, 8))))
GRAPH = graph([node('x', 'Placeholder', attributes=SHAPE), node('y', 'Relu', 'x', '^z'),
               node('z', 'Identity', 'x:0'),
               node('file', 'Placeholder'), node('asset', 'Const'), node('save', 'SaveV2', 'file'),
               node('restored', 'StatefulPartitionedCall', 'file', attributes=call('restore')),
               node('table', 'VarHandleOp'), node('kept', 'AssignVariableOp', 'table', 'asset'),
               node('read', 'ReadVariableOp', 'table', '^kept'), node('init', 'RestoreV2', 'read')],
              [RESTORE])


def tensor_info(name):
    shape = field(3, field(2, number_field(1, 2 ** 64 - 1)), field(2, number_field(1, 8)))
    return field(1, name) + number_field(2, 1) + shape


def signature(inputs, outputs):
    return (b''.join(field(1, entry(key, tensor_info(name))) for key, name in inputs)
            + b''.join(field(2, entry(key, tensor_info(name))) for key, name in outputs)
            + field(3, 'tensorflow/serving/predict'))


def saved_model(*more, tags=('serve',)):
    """Of one graph, with its saver and a signature."""
    info = field(1, *(field(4, tag) for tag in tags))
    saver = field(3, field(1, 'file:0'), field(2, 'save:0'), field(3, 'restored'))
    serve = field(5, entry('serving_default', signature([('in', 'x:0')], [('out', 'y:0')])))
    return number_field(1, 1) + field(2, info, field(2, GRAPH), saver, serve, *more)


ASSET = field(6, field(1, field(1, 'asset:0')), field(2, 'words.txt'))
INIT = field(5, entry('__saved_model_init_op', field(2, entry('init', tensor_info('init:0')))))
OLD_INIT = field(4, entry('saved_model_main_op', field(1, field(1, 'init'))))
OLD_ASSET = field(4, entry('saved_model_assets', field(5, field(1, field(2, ASSET[2:])))))
TF = {
    'frozen': b'\0' + graph([node('x', 'Placeholder'), node('y', 'Relu', 'x')]),
    'functions': b'\0' + graph([node('a', 'twice', 'b'), node('b', 'If', attributes=call('twice'))],
                               [function('twice', ['x'], node('y', 'Add', 'x', 'x'))]),
    'saved': b'\1' + saved_model(),
    'with-asset': b'\1' + saved_model(ASSET, INIT),
    'old': b'\1' + saved_model(OLD_ASSET, OLD_INIT),
    'two': b'\1' + 2 * saved_model(tags=('serve', 'tpu')),
}


# ONNX, the index of a checkpoint and OpenVINO's own.

def onnx(location):
    tensor = field(13, entry('location', location)) + field(13, entry('length', '4'))
    nested = field(1, field(5, field(5, tensor) + field(6, field(5, tensor))))
    return number_field(1, 8) + field(7, field(5, tensor), nested)


def block(*entries):
    """Each entry is a key and a value; of one key the end of the list says where it is."""
    data = b''.join(varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in entries)
    return data + struct.pack('<II', 0, 1)


def checkpoint():
    first, meta = block((b'', b'header'), (b'weights', b'place')), block()
    handles = [varint(0) + varint(len(first)), varint(len(first) + 5) + varint(len(meta))]
    index = block((b'x', handles[0]))
    handles.append(varint(len(first) + len(meta) + 10) + varint(len(index)))
    footer = (handles[1] + handles[2]).ljust(40, b'\0') + bytes.fromhex('57fb808b247547db')
    return b''.join(part + bytes(5) for part in (first, meta, index)) + footer


IR = (b'<?xml version="1.0"?><net name="digits" version="11"><layers><layer id="0" type="Const">'
      b'<data element_type="f32" shape="1,1, 8,8" offset="0" size="256"/></layer></layers></net>')
OPENVINO = {
    'beside': b'\0' + onnx('weights/data.bin'),
    'above': b'\0' + onnx('../data.bin'),
    'in-memory': b'\1' + onnx('*/_ORT_MEM_ADDR_/*'),
    'checkpoint': b'\2' + checkpoint(),
    'ir': b'\3' + IR,
    'ir-large': b'\3' + IR.replace(b'8,8', b'4294967296,4294967296').replace(b'"1', b"'&#49;"),
}


# Formats: a number of files, of each the name and the contents.

def file(name, contents):
    head = b'\xff' if name is None else bytes([len(name)]) + name.encode()
    return head + struct.pack('<H', len(contents)) + contents


def tree(*files):
    return bytes([len(files)]) + b''.join(files)


FORMATS = {
    'none': tree(),
    'tflite': tree(file('a.tflite', b'\x1c\0\0\0TFL3' + bytes(20))),
    'torchscript': tree(file(None, b'PK\3\4' + bytes(20))),
    'ir': tree(file('weights.bin', bytes(8)), file('net.xml', IR)),
    'onnx': tree(file('net', onnx('data'))),
    'frozen': tree(file('net', graph([node('x', 'Placeholder')]) + field(4, number_field(1, 21)))),
    'saved-model': tree(file('variables/variables.index', b'\0'), file('x/saved_model.pb', b'\x08\1')),
    'by-name': tree(file('a/b.pth', b'nothing that is known')),
}


# TensorFlow Lite: which fields a table has, and these, as tflite_model.c takes them.

def table(**fields):
    numbers = [int(name[1:]) for name in fields]
    return struct.pack('<H', sum(1 << number for number in numbers)) + b''.join(fields.values())


def listed(*items):
    return bytes([len(items)]) + b''.join(item if isinstance(item, bytes) else bytes([item & 255])
                                          for item in items)


def one(number):
    return bytes([number])


def lite(inputs, outputs, *operations, tensors=5, codes=(0, 49)):
    """Of one subgraph; the last tensor is a constant, the one before it a variable."""
    plain = table(f0=listed(1, 8), f2=one(0), f7=listed(-1, 8))
    variable = table(f0=listed(8), f5=one(1))
    constant = table(f0=listed(8), f2=one(1))
    subgraph = table(f0=listed(*(tensors - 2) * [plain], variable, constant), f1=listed(*inputs),
                     f2=listed(*outputs), f3=listed(*operations))
    maps = [listed(*(table(f0=listed(120), f1=one(tensor)) for tensor in side)) for side in (inputs, outputs)]
    return table(f1=listed(*(table(f0=one(min(code, 127)), f3=one(code)) for code in codes)),
                 f2=listed(subgraph), f4=listed(table(), table(f0=listed(1, 2))),
                 f7=listed(table(f0=maps[0], f1=maps[1], f2=listed(115), f4=one(0))))


def operation(code, inputs, outputs, **more):
    return table(f0=one(code), f1=listed(*inputs), f2=listed(*outputs), **more)


def split(outputs, parts):
    return operation(1, [0, 4], outputs, f3=one(35), f4=table(f0=one(parts)))


def loop(condition, body):
    return operation(1, [0], [1], f3=one(93), f4=table(f0=one(condition), f1=one(body)))


TFLITE = {
    'add': lite([0, 1], [2], operation(0, [0, 1], [2])),
    'bias-left-out': lite([0], [1], operation(0, [0, 4, -1], [1], f8=listed(2))),
    'split': lite([0], [1, 2], split([1, 2], 2)),
    'split-wrong': lite([0], [1], split([1], 3)),
    'loop-in-itself': lite([0], [1], loop(0, 0), codes=(0, 119)),
    'cases': lite([0], [1], operation(1, [0], [1], f11=one(23), f12=table(f0=listed(5))), codes=(0, 209)),
    'unwritten': lite([0], [2], operation(0, [0, 1], [2])),
    'constant-written': lite([0], [4], operation(0, [0, 3], [4])),
}


# Its tensors of strings, and ours.

def ours(*lengths):
    return b'\0' + bytes([len(lengths)]) + struct.pack(f'<{len(lengths)}Q', *lengths) + b'words'


def its(*places):
    count = len(places) - 1
    return b'\1' + bytes([count]) + struct.pack(f'<{count + 2}i', count, *places) + b'words'


STRINGS = {
    'ours': ours(2, 0, 3),
    'ours-long': ours(2 ** 64 - 1, 6),
    'its': its(16, 18, 21),
    'its-backwards': its(16, 21, 18),
}


def main():
    corpus = pathlib.Path(sys.argv[1])
    for name, seeds in {'model_format': FORMATS, 'openvino_files': OPENVINO, 'tf_graphs': TF,
                        'tflite_model': TFLITE, 'tflite_strings': STRINGS}.items():
        (corpus / name).mkdir(exist_ok=True)
        for seed, data in seeds.items():
            (corpus / name / seed).write_bytes(data)


if __name__ == '__main__':
    main()
