# SPDX-License-Identifier: Apache-2.0
"""What is done with models by the Python that has the framework: in_framework.py FORMAT TASKS

frameworks.py runs it. TASKS is a file of JSON: a list of what to write and to run, one after the other.
"""
import json
import pathlib
import sys

import numpy

from networks import NETWORKS


def writer_and_runner(format):
    """A framework is imported only where it is wanted, as most are not there."""
    if format == 'torchscript':
        from on_torch import run_torchscript, write_torchscript
        return write_torchscript, run_torchscript
    if format == 'onnx':
        from on_onnx import run_onnx, write_onnx
        return write_onnx, run_onnx
    if format == 'openvino':
        from on_openvino import run_openvino, write_openvino
        return write_openvino, run_openvino
    import on_tensorflow
    return {
        'saved-model': (on_tensorflow.write_saved_model, on_tensorflow.run_saved_model),
        'frozen-graph': (on_tensorflow.write_frozen_graph, on_tensorflow.run_frozen_graph),
        'tflite': (on_tensorflow.write_tflite, on_tensorflow.run_tflite),
    }[format]


def main():
    write, run = writer_and_runner(sys.argv[1])
    for task in json.loads(pathlib.Path(sys.argv[2]).read_text()):
        network, path = NETWORKS[task['network']], pathlib.Path(task['path'])
        if 'outputs' in task:
            results = run(path, dict(numpy.load(task['inputs'])), network.outputs)
            numpy.savez(task['outputs'], **dict(zip(network.outputs, results)))
        else:
            weights = dict(numpy.load(task['weights'])) if task['weights'] else network.weights()
            write(network, weights, path)


if __name__ == '__main__':
    main()
