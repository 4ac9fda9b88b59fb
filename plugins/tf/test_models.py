#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make the models that the tests of this plugin load: test_models.py FOLDER STAMP

FOLDER is made anew; STAMP is a file that is written when all is there.
All in one go, as importing TensorFlow takes seconds. What a model must give is recorded from TensorFlow
itself, in files of plain numbers beside it.
"""
import os
import pathlib
import shutil
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = ''
try:
    import numpy
    import tensorflow
    from tensorflow.core.protobuf import saved_model_pb2
except ImportError as error:
    print(error)
    sys.exit(77)

v1 = tensorflow.compat.v1
# Those of TensorFlow that have a Placeholder and an Identity on the processor.
TYPES = ['float32', 'float64', 'half', 'bfloat16', 'float8_e5m2', 'float8_e4m3fn', 'int8', 'int16', 'int32',
         'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool', 'complex64', 'complex128', 'string', 'qint8',
         'quint8', 'qint16', 'quint16', 'qint32']


class Calls(tensorflow.Module):
    """Several functions; weights in variables, words in an asset."""

    def __init__(self, words):
        super().__init__()
        numbers = numpy.random.default_rng(11)
        self.weights = tensorflow.Variable(numbers.standard_normal((4, 3)), dtype=tensorflow.float32)
        self.table = tensorflow.lookup.StaticHashTable(
            tensorflow.lookup.TextFileInitializer(
                str(words), tensorflow.string, tensorflow.lookup.TextFileIndex.WHOLE_LINE,
                tensorflow.int64, tensorflow.lookup.TextFileIndex.LINE_NUMBER), -1)
        self.kept = tensorflow.Variable(numpy.zeros(8), dtype=tensorflow.float32)

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 4], name='x')])
    def product(self, x):
        return {'y': tensorflow.nn.relu(x @ self.weights), 'a_sum': tensorflow.reduce_sum(x)}

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None], tensorflow.string, name='words')])
    def words(self, words):
        return {'numbers': self.table.lookup(words), 'upper': tensorflow.strings.upper(words)}

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([8], name='values')])
    def keep(self, values):
        before = tensorflow.identity(self.kept)
        with tensorflow.control_dependencies([before]):
            self.kept.assign(values)
        return {'before': before}


def save_calls(folder):
    """The SavedModel with signatures, and what its product is."""
    words = folder / 'words.txt'
    words.write_text('zero\none\ntwo\n')
    module = Calls(words)
    tensorflow.saved_model.save(module, str(folder / 'calls'), signatures={
        'serving_default': module.product, 'words': module.words, 'keep': module.keep})
    x = numpy.arange(20, dtype=numpy.float32).reshape(5, 4) - 9
    x.tofile(folder / 'product.x')
    loaded = tensorflow.saved_model.load(str(folder / 'calls'))
    loaded.signatures['serving_default'](x=tensorflow.constant(x))['y'].numpy().tofile(folder / 'product.y')
    words.unlink()


def save_old_calls(folder):
    """As TensorFlow 1 did it: no functions, and the asset's name is a constant."""
    words = folder / 'words.txt'
    words.write_text('zero\none\ntwo\n')
    with tensorflow.Graph().as_default(), v1.Session() as session:
        asset = tensorflow.constant(str(words))
        v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, asset)
        table = v1.raw_ops.HashTableV2(key_dtype=tensorflow.string, value_dtype=tensorflow.int64)
        fill = v1.raw_ops.InitializeTableFromTextFileV2(table_handle=table, filename=asset, key_index=-2,
                                                        value_index=-1)
        words_in = v1.placeholder(tensorflow.string, [None], name='words')
        numbers = v1.raw_ops.LookupTableFindV2(
            table_handle=table, keys=words_in, default_value=tensorflow.constant(-1, tensorflow.int64))
        offset = v1.get_variable('offset', initializer=tensorflow.constant(100, tensorflow.int64))
        session.run([fill, offset.initializer])
        signature = v1.saved_model.predict_signature_def({'words': words_in}, {'numbers': numbers + offset})
        builder = v1.saved_model.Builder(str(folder / 'old_calls'))
        builder.add_meta_graph_and_variables(
            session, ['serve'], signature_def_map={'look_up': signature}, main_op=fill,
            assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS))
        builder.save()
    words.unlink()


def save_graph(path, build):
    """What build() adds to an empty graph, as a frozen one."""
    graph = tensorflow.Graph()
    with graph.as_default():
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())


def every_type():
    for name in TYPES:
        v1.identity(v1.placeholder(tensorflow.dtypes.as_dtype(name), [None], name=f'in_{name}'), name=name)


def in_place():
    """Each could write its result over its input, or hand it on."""
    x = v1.placeholder(tensorflow.float32, [None, None], name='x')
    tensorflow.nn.relu(x, name='relu')
    tensorflow.add(x, 1.0, name='add')
    tensorflow.identity(x, name='same')
    v1.raw_ops.InplaceAdd(x=x, i=[0], v=[[5.0] * 8], name='inplace')
    tensorflow.split(x, 2, axis=1, name='halves')


def unsteady():
    """Of one input: what takes each number for itself, and what must not see another one the second time."""
    x = v1.placeholder(tensorflow.float32, [None], name='x')
    largest = lambda: v1.raw_ops.TopKV2(input=x, k=tensorflow.size(x), name='largest')[0]
    v1.identity(largest(), name='sorted')
    v1.identity(tensorflow.where(x), name='places')
    v1.identity(tensorflow.bitcast(x, tensorflow.int32), name='bits')
    v1.identity(tensorflow.unique(x)[0], name='different')
    function = tensorflow.function(lambda x: tensorflow.sort(x), input_signature=[
        tensorflow.TensorSpec([None])]).get_concrete_function()
    function.add_to_graph()
    for calls in ('PartitionedCall', 'StatefulPartitionedCall'):
        called = getattr(v1.raw_ops, calls)(args=[x], Tout=[tensorflow.float32], f=function)
        v1.identity(called[0], name=f'by_{calls}')
    v1.identity(tensorflow.cond(tensorflow.size(x) > 0, lambda: tensorflow.sort(x), lambda: x), name='branch')
    tensorflow.nn.relu(x, name='relu')
    tensorflow.nn.softmax(x, name='softmax')


def long_names():
    """The input's is too long for a list."""
    x = v1.placeholder(tensorflow.float32, [2], name='x' * 300)
    v1.identity(v1.identity(x, name='i' * 300), name='y')


def loop():
    """Takes as many rounds as it is told, of any shape."""
    count = v1.placeholder(tensorflow.int32, [], name='rounds')
    start = v1.placeholder(tensorflow.float32, None, name='start')
    tensorflow.while_loop(lambda i, x: i < count, lambda i, x: (i + 1, x * 2), (0, start),
                          shape_invariants=(tensorflow.TensorShape([]), tensorflow.TensorShape(None)))


def within_function(build):
    """The same in the library of functions."""
    def outer():
        function = tensorflow.function(build).get_concrete_function()
        function.add_to_graph()
        v1.raw_ops.StatefulPartitionedCall(args=[], Tout=[tensorflow.string], f=function, name='call')
    return outer


def within_branch(build):
    """And in a branch of a condition, whose other side is harmless."""
    def outer():
        which = v1.placeholder(tensorflow.bool, [], name='which')
        v1.identity(tensorflow.cond(which, build, lambda: tensorflow.constant('no')), name='out')
    return outer


def save_refused(folder):
    """Graphs that would reach beyond themselves: the file "touched" must not appear, nothing be read."""
    touched = str(folder / 'touched')
    read = lambda: tensorflow.io.read_file('/etc/hostname')
    builds = {
        'read': read,
        'read_in_function': within_function(read),
        'read_in_branch': within_branch(read),
        'write': lambda: tensorflow.io.write_file(touched, 'x'),
        'print': lambda: v1.raw_ops.PrintV2(input='x', output_stream='file://' + touched),
        'match': lambda: tensorflow.io.matching_files('/etc/*'),
        'python': lambda: v1.py_func(lambda: b'x', [], tensorflow.string),
        'restore': lambda: v1.raw_ops.RestoreV2(prefix='/tmp/x', tensor_names=['a'], shape_and_slices=[''],
                                                dtypes=[tensorflow.float32]),
        'save': lambda: v1.raw_ops.SaveV2(prefix=touched, tensor_names=['a'], shape_and_slices=[''],
                                          tensors=[1.0]),
        'records': lambda: v1.raw_ops.TFRecordDataset(filenames='/etc/hostname', compression_type='',
                                                      buffer_size=0),
        'table': lambda: v1.raw_ops.InitializeTableFromTextFileV2(
            table_handle=v1.raw_ops.HashTableV2(key_dtype=tensorflow.string, value_dtype=tensorflow.int64),
            filename='/etc/hostname', key_index=-2, value_index=-1),
        'mapped': lambda: v1.raw_ops.ImmutableConst(dtype=tensorflow.float32, shape=[1],
                                                    memory_region_name='/etc/hostname'),
        'debug': lambda: v1.raw_ops.DebugIdentity(input=1.0, debug_urls=['file://' + touched]),
        'abort': lambda: v1.raw_ops.Abort(),
        'long_name': lambda: tensorflow.io.read_file('/etc/hostname', name='long' * 64),
        'queue': lambda: v1.raw_ops.FIFOQueueV2(component_types=[tensorflow.float32]),
    }
    (folder / 'refused').mkdir()
    for name, build in builds.items():
        save_graph(folder / 'refused' / f'{name}.pb', build)


def change(folder, name, edit):
    """A copy of the SavedModel with the description changed."""
    target = folder / 'refused' / name
    shutil.copytree(folder / 'calls', target)
    path = target / 'saved_model.pb'
    model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    edit(model.meta_graphs[0])
    path.write_bytes(model.SerializeToString())


def constant_node(graph, text):
    node = graph.node.add(name='elsewhere', op='Const')
    node.attr['dtype'].type = tensorflow.string.as_datatype_enum
    node.attr['value'].tensor.CopyFrom(tensorflow.make_tensor_proto(text))
    return node


def restore_from_elsewhere(meta):
    """What restores gets its file's name from the model instead of from who loads it."""
    constant_node(meta.graph_def, '/tmp/elsewhere/variables/variables')
    for node in meta.graph_def.node:
        if node.name == meta.saver_def.restore_op_name:
            node.input[0] = 'elsewhere'


def table_from_elsewhere(meta):
    """The words come from a file that is no asset."""
    constant_node(meta.graph_def, '/etc/hostname')
    asset = meta.asset_file_def[0].tensor_info.name.split(':')[0]
    for node in meta.graph_def.node:
        for place, name in enumerate(node.input):
            if name == asset:
                node.input[place] = 'elsewhere'


def table_by_other_variable(meta):
    """The name of the file goes through the variable of the asset, but so does another one."""
    constant_node(meta.graph_def, '/etc/hostname')
    assign = next(node for node in meta.graph_def.node if node.op == 'AssignVariableOp')
    other = meta.graph_def.node.add()
    other.CopyFrom(assign)
    other.name = 'overwrite'
    other.input[1] = 'elsewhere'
    other.input.append('^' + assign.name)
    for node in meta.graph_def.node:
        if '^' + assign.name in node.input and node.name != other.name:
            node.input.append('^' + other.name)


def save_at_init(meta):
    """To load it is to save it."""
    saver = meta.saver_def.save_tensor_name.split(':')[0]
    init = meta.signature_def['__saved_model_init_op'].outputs['__saved_model_init_op'].name
    for node in meta.graph_def.node:
        if node.name == init:
            node.input.append('^' + saver)


def add_ballast(graph):
    """A megabyte: who does not give it back loses much."""
    node = graph.node.add(name='ballast', op='Const')
    node.attr['dtype'].type = tensorflow.float32.as_datatype_enum
    node.attr['value'].tensor.CopyFrom(tensorflow.make_tensor_proto(
        numpy.random.default_rng(11).random(2 ** 18, numpy.float32)))


def read_in_library(meta):
    """An operation in a function that nothing calls."""
    add_ballast(meta.graph_def)
    function = meta.graph_def.library.function[0]
    function.node_def.add(name='reads', op='ReadFile', input=['elsewhere:output:0'])


def leave_assets(meta):
    meta.asset_file_def[0].filename = '../../../etc/hostname'


def save_cut(folder):
    """What fails late: in TensorFlow, not when it is looked at."""
    cut = folder / 'cut'
    cut.mkdir()
    change(folder, 'checkpoint', lambda meta: add_ballast(meta.graph_def))
    (folder / 'refused' / 'checkpoint').rename(cut / 'checkpoint')
    for path in (cut / 'checkpoint' / 'variables').glob('*.data*'):
        path.write_bytes(path.read_bytes()[:-20])
    graph = v1.GraphDef.FromString((folder / 'in_place.pb').read_bytes())
    add_ballast(graph)
    whole = graph.SerializeToString()
    (cut / 'graph.pb').write_bytes(whole[:-1])
    del graph.node[0].attr['dtype']
    (cut / 'attribute.pb').write_bytes(graph.SerializeToString())
    change(folder, 'constant', lose_constant)
    (folder / 'refused' / 'constant').rename(cut / 'constant')


def lose_constant(meta):
    """Within functions TensorFlow does not look, until it is too late."""
    for function in meta.graph_def.library.function:
        for node in function.node_def:
            if node.op == 'Const' and node.name == 'Const':
                del node.attr['value']


def other_tags(meta):
    del meta.meta_info_def.tags[:]
    meta.meta_info_def.tags.extend(['mine', 'gpu'])


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tensorflow.get_logger().setLevel('ERROR')
    save_calls(folder)
    save_old_calls(folder)
    save_graph(folder / 'types.pb', every_type)
    save_graph(folder / 'in_place.pb', in_place)
    save_graph(folder / 'unsteady.pb', unsteady)
    save_graph(folder / 'long_names.pb', long_names)
    save_graph(folder / 'loop.pb', loop)
    save_refused(folder)
    save_cut(folder)
    for edit in (restore_from_elsewhere, table_from_elsewhere, table_by_other_variable,
                 save_at_init, read_in_library, leave_assets):
        change(folder, edit.__name__, edit)
    change(folder, 'tagged', other_tags)
    (folder / 'refused' / 'tagged').rename(folder / 'tagged')
    pathlib.Path(sys.argv[2]).touch()


main()
