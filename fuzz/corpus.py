# SPDX-License-Identifier: Apache-2.0
"""Write what the fuzzing of unpack.c begins with: calls of every operation that succeed.

corpus.py FOLDER
"""
import pathlib
import struct
import sys

OPERATIONS = """noop exec exec_with_resource image_classify image_detect image_segment image_pose
    image_depth tf_model_load tf_model_unload tf_model_run tflite_model_load tflite_model_unload
    tflite_model_run torch_model_load torch_model_run torch_sgemm blas_sgemm fpga_arraycopy
    fpga_mmult fpga_parallel fpga_vectoradd minmax opencv vision_classify vision_detect
    vision_segment vision_pose vision_depth model_load model_unload model_info model_run""".split()
MODEL, LIBRARY = 1, 2
BY_NAME, BY_TRANSPORT, TYPED = 1, 2, 4
NULL = 0x20
DESCRIPTION = 0x76000001
FLOAT = {'tf': 1, 'tflite': 1, 'torch': 7}
FLOAT32, STRING = 1, 18
OK = bytes([0])


def argument(number, contents, custom=b'', size=None):
    return struct.pack('<BH', number, len(contents) if size is None else size) + custom + contents


def int32(value):
    return argument(5, struct.pack('<i', value))


def int64(value):
    return argument(7, struct.pack('<q', value))


def uint8(value):
    return argument(9, bytes([value]))


def uint32s(*values):
    return argument(14, struct.pack(f'<{len(values)}I', *values))


def float32(value):
    return argument(17, struct.pack('<f', value))


def float32s(*values):
    return argument(18, struct.pack(f'<{len(values)}f', *values))


def float64s(*values):
    return argument(20, struct.pack(f'<{len(values)}d', *values))


def chars(size):
    return argument(24, bytes(size))


def uchars(size):
    return argument(26, bytes(size))


def string(text):
    return argument(27, text.encode() + b'\0')


def buffer(contents):
    return argument(28, contents)


NOTHING = argument(28 | NULL, b'')


def description(held, size, number, dims):
    return struct.pack('<qQII16q', held, size, number, len(dims), *dims, *[0] * (16 - len(dims)))


def tensor(number, *dims):
    values = struct.pack('<4f', 1, 2, 3, 4)
    custom = struct.pack('<I', DESCRIPTION)
    return [argument(29, description(0, 16, number, dims), custom), buffer(values)]


def wanted(contents):
    return [contents, int64(0)]


def tensor_answer(number):
    """A tensor that the other side holds, with its size."""
    return description(1, 16, number, [2, 2]), struct.pack('<H', 0)


def tensor_of_strings():
    values = struct.pack('<2Q', 1, 2) + b'abc'
    custom = struct.pack('<I', DESCRIPTION)
    return [argument(29, description(0, len(values), STRING, [2]), custom), buffer(values)]


def info():
    """What a model is, as it travels: of one signature, one input and one output."""
    spec = struct.pack('<256sIi16q', b'name', FLOAT32, 2, -1, 10, *[0] * 14)
    return struct.pack('<32s64s4I', b'onnx', b'noop', 1, 1, 1, 0) + b'serve'.ljust(256, b'\0') + 2 * spec


def model_calls():
    told, model, none = info(), int64(MODEL), string('')
    custom = struct.pack('<I', DESCRIPTION)
    room = [argument(29, bytes(152), custom), buffer(bytes(16))]
    held = [argument(29, bytes(152), custom), NOTHING]
    placed = description(0, 16, FLOAT32, [2, 2]) + bytes(16) + struct.pack('<H', 16)
    yield 'model_load', [model, none], [], b''
    yield 'model_unload', [model], [], b''
    yield ('model_info', [model, none], [buffer(bytes(len(told))), int64(0)],
           struct.pack('<Hq', len(told), 1) + bytes([0]) + told)
    yield ('model_run', [model, none, string('in'), *tensor(FLOAT32, 2, 2), none, *tensor_of_strings(),
                         string('out'), none], [*room, *held], placed + b''.join(tensor_answer(FLOAT32)))


def calls():
    """Of each operation: read arguments, write arguments, what the other side answers."""
    picture = buffer(b'picture')
    record = bytes(160)
    node = [string('node'), int32(0)]
    tensors = {family: tensor(number, 2, 2) for family, number in FLOAT.items()}
    answers = {family: b''.join(tensor_answer(number)) for family, number in FLOAT.items()}
    fetched = bytes([0]) + bytes(16)
    name, status = uchars(40), [uint8(0), chars(40)]
    yield 'noop', [], [], b''
    yield 'exec', [string('library'), string('function'), int32(1)], [int32(2)], b''
    yield 'exec_with_resource', [int64(LIBRARY), string('function')], [int32(2)], b''
    yield 'image_classify', [picture], [name, uchars(40)], b''
    for operation in ('detect', 'segment', 'pose', 'depth'):
        yield f'image_{operation}', [picture], [name], b''
    yield 'tf_model_load', [int64(MODEL)], status, b''
    yield 'tf_model_unload', [int64(MODEL)], status, b''
    yield ('tf_model_run', [int64(MODEL), buffer(b'options'), *node, *node, *tensors['tf']],
           [*status, *tensors['tf']], bytes([0]) + bytes(1024) + answers['tf'] + fetched)
    yield 'tflite_model_load', [int64(MODEL)], [], b''
    yield 'tflite_model_unload', [int64(MODEL)], [], b''
    yield ('tflite_model_run', [int64(MODEL), *tensors['tflite']], [uint8(0), *tensors['tflite']],
           bytes([0]) + answers['tflite'] + fetched)
    yield 'torch_model_load', [int64(MODEL)], [], b''
    yield ('torch_model_run', [int64(MODEL), NOTHING, *tensors['torch']], tensors['torch'],
           answers['torch'] + fetched)
    yield ('torch_sgemm', [int32(2), int32(2), int32(2), *3 * tensors['torch']], tensors['torch'],
           answers['torch'] + fetched)
    two, one, values = int64(2), float32(1), float32s(1, 2, 3, 4)
    yield 'blas_sgemm', [two, two, two, one, values, two, values, two, one, two], [values], b''
    yield 'fpga_arraycopy', [values], [values], b''
    yield 'fpga_mmult', [values, values], [values], b''
    yield 'fpga_parallel', [values, values], [values, values], b''
    yield 'fpga_vectoradd', [values, values], [values], b''
    doubles, double = float64s(1, 2), argument(19, bytes(8))
    yield 'minmax', [doubles, int32(2), int32(0), int32(9)], [doubles, double, double], b''
    yield 'opencv', [uint8(1), picture], [buffer(bytes(16))], b''
    lists = [*wanted(buffer(record)), *wanted(NOTHING)]
    shape = uint32s(0, 0)
    yield 'vision_classify', [picture], lists, b''
    yield 'vision_detect', [picture], lists, b''
    yield 'vision_segment', [picture], [shape, *wanted(buffer(bytes(4))), *lists], b''
    yield 'vision_pose', [picture], lists, b''
    yield from model_calls()
    yield 'vision_depth', [picture], [shape, *wanted(buffer(bytes(16))), NOTHING, int64(-1)], b''


def encode(number, flags, read, write, answer):
    return (bytes([number, flags, len(read)]) + b''.join(read) + bytes([len(write)])
            + b''.join(write) + answer)


def main():
    folder = pathlib.Path(sys.argv[1])
    for operation, read, write, answer in calls():
        number = OPERATIONS.index(operation)
        flags = BY_NAME if number % 2 else 0
        (folder / operation).write_bytes(encode(number, flags, read, write, b''))
        (folder / f'{operation}-sent').write_bytes(
            encode(number, BY_TRANSPORT | TYPED, read, write, OK + answer))
    (folder / 'unknown-number').write_bytes(encode(200, 0, [], [], b''))
    name = b'no_such_operation'.ljust(63, b'\0')
    for operation, read in ('noop', []), ('torch_model_load', [int64(MODEL)]):
        (folder / f'{operation}-as-it-is').write_bytes(
            encode(OPERATIONS.index(operation), BY_TRANSPORT, read, [], OK))
    for flags in BY_NAME, BY_NAME | BY_TRANSPORT:
        (folder / f'unknown-name-{flags}').write_bytes(
            bytes([200, flags]) + name + bytes([1]) + int32(1) + bytes([1]) + int32(2))


if __name__ == '__main__':
    main()
