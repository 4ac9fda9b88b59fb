# SPDX-License-Identifier: Apache-2.0
"""Networks as OpenVINO's own representation, by way of ONNX."""
import pathlib
import tempfile

import openvino

from on_onnx import write_onnx


def write_openvino(network, weights, path):
    """Without the change of weights to 16 bits that is otherwise usual."""
    with tempfile.TemporaryDirectory() as folder:
        onnx_path = pathlib.Path(folder) / (path.stem + '.onnx')
        write_onnx(network, weights, onnx_path)
        openvino.save_model(openvino.Core().read_model(str(onnx_path)), str(path), compress_to_fp16=False)


def run_openvino(path, inputs, outputs):
    """Any file that OpenVINO reads. Not with the 16 bits that some processors would be quicker with."""
    model = openvino.compile_model(str(path), 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
    results = model(inputs)
    return [results[name] for name in outputs]
