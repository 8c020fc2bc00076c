"""The model as ONNX, written straight from its weights, then quantised: no torch is needed.

Run as a program (`python -m medea.kernel.embeddings.minilm.graph <weights> <target>`), because what it takes
for some seconds, 600 MB, a server should not keep. Quantisation is int8, of matrix products by channel and of the table
of words by word: cosine to the original 0.9949 on passages, with the table in 32-bit floats too. One scale for the
whole of a matrix or of the table gives 0.92 to 0.95.

The numbers are in a file of their own beside the graph: onnxruntime maps them instead of copying them, and processes
of one machine share what of it they touch.

Inputs `input_ids` and `attention_mask` (batch, tokens), outputs `embedding` (batch, 384), normalised mean, and
`tokens` (batch, tokens, 64), the last layer's states in the directions in which words differ most.
"""

import json
import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from medea.kernel.embeddings.minilm.package import PROJECTION, data_of

LAYERS, HEADS, WIDTH = 6, 12, 384
WORD_WIDTH = 64
_BESIDE = 1024
"""Bytes from which on numbers are in the file beside the graph."""
_PAGE = 4096  # at whose multiples they begin there, as mapping wants it
_EXACT = "project"
"""The one product that is not quantised: its matrix is small."""
_OWN_NODES = "com.microsoft"
"""The operators of onnxruntime: with its `Attention` in place of single steps the model takes a fifth less time."""

Weights = dict[str, npt.NDArray[np.float32]]


def read_safetensors(path: Path) -> Weights:
    """Read all tensors of 32-bit floats (https://github.com/huggingface/safetensors#format), mapped, not copied."""
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + size)
    return {
        name.removeprefix("bert."): data[slice(*entry["data_offsets"])].view(np.float32).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


class _Graph:
    """Nodes and constants as they come."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Any) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def linear(self, of: str, name: str, output: str) -> str:
        weight = self.constant(f"{name}.transposed", self.weights[f"{name}.weight"].T)
        product = self.node("MatMul", [of, weight], f"{output}.product")
        return self.node("Add", [product, self.constant(f"{name}.bias", self.weights[f"{name}.bias"])], output)

    def normalised(self, of: str, name: str, output: str) -> str:
        scale = self.constant(f"{name}.scale", self.weights[f"{name}.weight"])
        bias = self.constant(f"{name}.shift", self.weights[f"{name}.bias"])
        return self.node("LayerNormalization", [of, scale, bias], output, axis=-1, epsilon=1e-12)


def read_projection() -> npt.NDArray[np.float32]:
    """Return the directions in which words are told apart."""
    return np.frombuffer(PROJECTION.read_bytes(), np.float16).reshape(WIDTH, WORD_WIDTH).astype(np.float32)


def build(weights: Weights, projection: npt.NDArray[np.float32]) -> onnx.ModelProto:
    """Return the model in 32-bit floats; `tokens` come in the directions of the projection's columns."""
    graph = _Graph(weights)
    state = _embedded(graph)
    for layer in range(LAYERS):
        state = _layer(graph, state, f"encoder.layer.{layer}.")
    graph.node("MatMul", [state, graph.constant("projection", projection)], "tokens", name=_EXACT)
    _pooled(graph, state)
    whole = TensorProto.INT64
    made = helper.make_graph(
        graph.nodes,
        "minilm",
        [helper.make_tensor_value_info(name, whole, ["B", "S"]) for name in ("input_ids", "attention_mask")],
        [
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["B", WIDTH]),
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["B", "S", projection.shape[1]]),
        ],
        graph.constants,
    )
    sets = [helper.make_opsetid("", 20), helper.make_opsetid(_OWN_NODES, 1)]
    model = helper.make_model(made, opset_imports=sets, ir_version=10)
    onnx.checker.check_model(model)
    return model


def _embedded(graph: _Graph) -> str:
    """Words and their places; and which of them are padding, kept as `seen`."""
    weights = graph.weights
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    words = weights["embeddings.word_embeddings.weight"]
    scales = np.abs(words).max(axis=1, keepdims=True) / 127
    graph.constant("scales", scales)
    graph.constant("words", np.rint(words / np.maximum(scales, 1e-12)).astype(np.int8))
    graph.constant("places", places)
    graph.constant("axis0", np.array([0], np.int64))
    graph.constant("axis1", np.array([1], np.int64))
    graph.constant("last", np.array([-1], np.int64))
    graph.node("Gather", ["words", "input_ids"], "small")
    graph.node("Gather", ["scales", "input_ids"], "scale")
    graph.node("Mul", [graph.node("Cast", ["small"], "unscaled", to=TensorProto.FLOAT), "scale"], "of_words")
    graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    graph.node("Slice", ["places", "axis0", "length", "axis0"], "of_places")
    graph.node("Add", ["of_words", "of_places"], "sum")
    graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    graph.node("Cast", ["attention_mask"], "seen", to=TensorProto.INT32)
    return graph.normalised("sum", "embeddings.LayerNorm", "state")


def _layer(graph: _Graph, state: str, at: str) -> str:
    parts = [f"{at}attention.self.{name}" for name in ("query", "key", "value")]
    weight = np.concatenate([graph.weights[f"{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([graph.weights[f"{part}.bias"] for part in parts])
    inputs = [state, graph.constant(f"{at}all.weight", weight), graph.constant(f"{at}all.bias", bias), "seen"]
    context = graph.node("Attention", inputs, f"{at}context", num_heads=HEADS, domain=_OWN_NODES)
    attended = graph.linear(context, f"{at}attention.output.dense", f"{at}attended")
    state = graph.normalised(
        graph.node("Add", [state, attended], f"{at}first"), f"{at}attention.output.LayerNorm", f"{at}between"
    )
    hidden = graph.node("Gelu", [graph.linear(state, f"{at}intermediate.dense", f"{at}wide")], f"{at}hidden")
    output = graph.linear(hidden, f"{at}output.dense", f"{at}narrow")
    return graph.normalised(graph.node("Add", [state, output], f"{at}second"), f"{at}output.LayerNorm", f"{at}out")


def _pooled(graph: _Graph, state: str) -> None:
    graph.node("Unsqueeze", ["mask", "last"], "mask3")
    graph.node("Mul", [state, "mask3"], "masked")
    graph.node("ReduceSum", ["masked", "axis1"], "total", keepdims=0)
    graph.node("ReduceSum", ["mask", "axis1"], "count", keepdims=1)
    graph.node("Div", ["total", "count"], "mean")
    graph.node("ReduceL2", ["mean", "axis1"], "norm", keepdims=1)
    graph.node("Div", ["mean", "norm"], "embedding")


def write_quantised(weights: Path, target: Path) -> None:
    """Build, quantise and put in place, the graph last: where it is, all is there."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "int8.onnx"
        onnx.save(build(read_safetensors(weights), read_projection()), plain)
        quantize_dynamic(
            plain,
            small,
            op_types_to_quantize=["MatMul", "Attention"],
            nodes_to_exclude=[_EXACT],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},  # behind nodes that are not of the standard
        )
        graph, data = Path(folder) / target.name, Path(folder) / data_of(target).name
        _write_apart(onnx.load(small), graph, data)
        for path in (data, graph):
            _settle(path)
        data.replace(data_of(target))
        graph.replace(target)
        _settle(target.parent)


def _settle(path: Path) -> None:
    """Have a file or folder on the disk: a name must not outlive a loss of power that its content does not."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_apart(model: onnx.ModelProto, graph: Path, data: Path) -> None:
    """Write a model with its large constants in a file beside it (onnx.proto, `TensorProto.external_data`)."""
    with data.open("wb") as file:
        for constant in model.graph.initializer:
            numbers = numpy_helper.to_array(constant).tobytes()
            if len(numbers) < _BESIDE:
                continue
            file.seek(-file.tell() % _PAGE, os.SEEK_CUR)
            place = {"location": data.name, "offset": str(file.tell()), "length": str(len(numbers))}
            file.write(numbers)
            apart = TensorProto(name=constant.name, data_type=constant.data_type, dims=constant.dims)
            apart.data_location = TensorProto.EXTERNAL
            apart.external_data.extend(onnx.StringStringEntryProto(key=key, value=it) for key, it in place.items())
            constant.CopyFrom(apart)
    graph.write_bytes(model.SerializeToString())


if __name__ == "__main__":
    write_quantised(Path(sys.argv[1]), Path(sys.argv[2]))
