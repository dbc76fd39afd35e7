"""How fast passages are embedded, and how far that is from what the machine's arithmetic allows.

A shared machine drifts within minutes, so what is compared takes turns, and medians of ratios count.
"""

import json
import os
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
from onnx import TensorProto, helper, numpy_helper
from rich.console import Console
from sqlalchemy.orm import Session
from tokenizers import Tokenizer

from kb import passages
from search.compiled import batches
from search.encoder import OnnxEncoder
from tests.bench import environment
from tests.bench.peers.protocol import MAX_TOKENS
from tests.bench.rows import Row
from tests.bench.timing import seconds
from web.base import work
from web.wiring import Services

_TURNS = 9
_PIECE = 96
"""Passages of one turn."""
_SIDE = 2048
"""Of the square matrices whose product gives the limit: large enough to be bound by arithmetic alone."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a BERT-like encoder."""

    layers: int
    hidden: int
    inner: int

    def operations(self, length: int) -> int:
        """Floating-point operations for one text of *length* tokens, counting a multiply-add as two.

        For each token and layer: 8 h² for queries, keys, values and their joining, 4 h i for the
        feed-forward part, 4 L h for comparing with L tokens and adding them up (as in Kaplan et al. 2020,
        table 1). Embedding, norms and pooling are left out: under 1 %.
        """
        per_token = 8 * self.hidden**2 + 4 * self.hidden * self.inner + 4 * length * self.hidden
        return self.layers * length * per_token


def measure(services: Services, console: Console) -> Iterator[Row]:
    """Over the passages of a base that is not indexed yet; indexes it."""
    with services.sessions() as session:
        texts = _embedded(session)
    encoder = services.encoder()
    threads = services.settings.threads or os.cpu_count() or 1
    with console.status("The encoder and the machine's limit in turns…"):
        yield from _against_the_limit(encoder, texts, threads)
    with console.status("Embedding all passages, then once more with everything around it…"):
        yield from _against_itself(services, texts)


def _against_the_limit(encoder: OnnxEncoder, texts: Sequence[str], threads: int) -> Iterator[Row]:
    product = _product(threads)
    shape, lengths = _shape(), _lengths(texts)
    picked = random.Random(7).sample(range(len(texts)), min(len(texts), _TURNS * _PIECE))  # noqa: S311 - no secret
    limits: list[float] = []
    rates: list[float] = []
    shares: list[float] = []
    shares_padded: list[float] = []
    product()
    for turn in range(_TURNS):
        piece = picked[turn * _PIECE : (turn + 1) * _PIECE]
        limit = 2 * _SIDE**3 / seconds(product)
        taken = seconds(lambda: encoder.encode([texts[i] for i in piece]))  # noqa: B023 - called at once
        limit = (limit + 2 * _SIDE**3 / seconds(product)) / 2
        own = sorted(lengths[i] for i in piece)
        limits.append(limit)
        rates.append(sum(own) / taken)
        shares.append(sum(map(shape.operations, own)) / taken / limit)
        shares_padded.append(sum(map(shape.operations, _padded(own))) / taken / limit)
    rate, median = statistics.median(rates), statistics.median
    yield Row(f"product of {_SIDE}² matrices, {threads} threads", f"{median(limits) / 1e9:.0f} GFLOP/s")
    yield Row(
        "passages embedded, share of that limit",
        f"{rate:,.0f} tokens/s, {median(shares):.0%} ({median(shares_padded):.0%} with padding)",
    )


def _against_itself(services: Services, texts: Sequence[str]) -> Iterator[Row]:
    """Indexing beside the bare encoder, which runs before and after."""
    encoder = services.encoder()
    before = seconds(lambda: encoder.encode(texts))
    whole = seconds(lambda: work.sync(services))
    bare = (before + seconds(lambda: encoder.encode(texts))) / 2
    yield Row("passages embedded, nothing else", f"{len(texts) / bare:.1f} passages/s ({bare:.1f} s)")
    yield Row(
        "embedded, stored and indexed, against that",
        f"{len(texts) / whole:.1f} passages/s ({whole:.1f} s), {bare / whole:.0%}",
        "≥ 90 %",
    )


def _embedded(session: Session) -> list[str]:
    ids = list(passages.keys(session))
    return [passages.embedded_text(p.title, p.headings, p.text) for p in passages.load(session, ids)]


def _shape() -> Shape:
    found = json.loads((environment.MODEL / "config.json").read_text())
    return Shape(found["num_hidden_layers"], found["hidden_size"], found["intermediate_size"])


def _lengths(texts: Sequence[str]) -> list[int]:
    tokenizer: Any = Tokenizer.from_file(str(environment.MODEL / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return [len(encoded.ids) for encoded in tokenizer.encode_batch(texts)]


def _padded(rising: Sequence[int]) -> list[int]:
    """Each length as it is computed: that of the longest in its batch."""
    return [rising[end - 1] for start, end in pairwise(batches(rising)) for _ in range(start, end)]


def _product(threads: int) -> Callable[[], object]:
    """Multiplies two large matrices with the library that runs the encoder."""
    numbers = np.random.default_rng(7).random((_SIDE, _SIDE), np.float32)
    side = [_SIDE, _SIDE]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["left", "right"], ["product"])],
        "product",
        [helper.make_tensor_value_info("left", TensorProto.FLOAT, side)],
        [helper.make_tensor_value_info("product", TensorProto.FLOAT, side)],
        [numpy_helper.from_array(numbers, "right")],
    )
    model: Any = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options: Any = onnxruntime.SessionOptions()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    options.intra_op_num_threads = threads
    session: Any = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda: session.run(None, {"left": numbers})
