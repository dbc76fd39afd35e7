"""Compiling sentence-transformers models to ONNX, once. The only module that needs torch."""

import json
import logging
import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import UnavailableError
from search.compiled import ENCODER_FILE, MANIFEST_FILE, TOKENIZER_FILE, Manifest
from search.encoder import OnnxEncoder
from search.reranker import OnnxReranker

_PROBES = (
    "risk",
    "Has anyone had a supplier who kept missing delivery dates?",
    "The test facility was taken out of service before the last acceptance run. " * 40,
    "Überprüfung der Lieferantenleistung — naïve café, 項目管理, 100 % of £5m.",
)
"""Short, medium, longer than the model reads, and beyond ASCII."""
_TOLERANCE = 1e-4
_LOADED: dict[str, Any] = {"device": "cpu", "model_kwargs": {"attn_implementation": "eager"}}
"""Eager attention is the form that onnxruntime knows how to fuse."""


def compile_encoder(source: str, model: str, folder: Path) -> None:
    """Write encoder, tokenizer and manifest of the embedding model at *source* into *folder*.

    *model* is the name its vectors are stored under. Raises UnavailableError when the model can't be
    loaded, or when the compiled encoder's vectors differ from the model's own by more than 1e-4.
    """
    import sentence_transformers

    with _loading(f"The embedding model {source!r} can't be loaded", "KB_MODEL"):
        original: Any = sentence_transformers.SentenceTransformer(source, **_LOADED)
    prompts: dict[str, str] = original.prompts or {}
    manifest = Manifest(
        model=model,
        dimension=int(original.get_embedding_dimension()),
        query_prompt=prompts.get("query", ""),
        document_prompt=prompts.get("document", prompts.get("passage", "")),
        **_reading(original),
    )
    _write(original, "sentence_embedding", manifest, folder)
    wanted = original.encode(
        [manifest.document_prompt + probe for probe in _PROBES], normalize_embeddings=True
    )
    got = OnnxEncoder(folder, threads=os.cpu_count() or 1).encode(_PROBES)
    _require_same(wanted, got, model, "KB_MODEL")


def compile_reranker(source: str, model: str, folder: Path) -> None:
    """Write the cross-encoder at *source*, its tokenizer and a manifest into *folder*.

    Raises UnavailableError when it can't be loaded or gives anything but one score for a pair of texts, or
    when the compiled scores differ from its own by more than 1e-4.
    """
    import sentence_transformers
    import torch

    with _loading(f"The reranker {source!r} can't be loaded", "KB_RERANKER"):
        original: Any = sentence_transformers.CrossEncoder(source, **_LOADED)
    # An embedding model would be loaded as well, with a last layer of random weights.
    architectures: list[str] = original.config.architectures or []
    if original.num_labels != 1 or not any(
        name.endswith("ForSequenceClassification") for name in architectures
    ):
        raise UnavailableError(
            f"The model {source!r} is no reranker: it does not give one score for a query and a text. "
            "Set KB_RERANKER to a cross-encoder."
        )
    _write(original, "scores", Manifest(model=model, dimension=1, **_reading(original)), folder)
    reranker = OnnxReranker(folder, threads=os.cpu_count() or 1)
    for query in _PROBES:
        wanted = original.predict([(query, text) for text in _PROBES], activation_fn=torch.nn.Sigmoid())
        _require_same(wanted, reranker.score(query, _PROBES), model, "KB_RERANKER")


@contextmanager
def _loading(failure: str, setting: str) -> Generator[None]:
    import transformers
    from safetensors import SafetensorError

    transformers.utils.logging.disable_progress_bar()
    try:
        yield
    except (OSError, ValueError, SafetensorError) as error:
        raise UnavailableError(
            f"{failure}: {error}. Set {setting} to a folder or an installed model."
        ) from error


def _reading(original: Any) -> dict[str, Any]:
    """How *original* reads texts, as the manifest says it."""
    tokenizer = original.tokenizer
    return {
        "max_tokens": int(original.max_seq_length or 512),
        "pad_id": int(tokenizer.pad_token_id or 0),
        "inputs": [name for name in tokenizer.model_input_names if name != "position_ids"],
    }


def _write(original: Any, output: str, manifest: Manifest, folder: Path) -> None:
    """The whole of *original*, from tokens to unit vectors or to *output* scores between 0 and 1."""
    import torch

    original.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest._asdict(), indent=2))
    inputs = manifest.inputs

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.original = original

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            found = self.original(dict(zip(inputs, tensors, strict=True)))[output]
            return (
                torch.sigmoid(found) if output == "scores" else torch.nn.functional.normalize(found, dim=-1)
            )

    example = torch.ones(2, 8, dtype=torch.long)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer's warnings; the check below is what counts
        export: Any = torch.onnx.export  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        export(
            Pipeline().eval(),
            tuple(example for _ in inputs),
            str(folder / ENCODER_FILE),
            input_names=inputs,
            output_names=[output],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in inputs},
            # The newer exporter specialises the attention mask: padded texts came out 0.29 off.
            dynamo=False,
        )
    _fuse(folder / ENCODER_FILE, original)


def _fuse(path: Path, original: Any) -> None:
    """Join the transformer's small operators into few large ones, where the architecture is known."""
    from onnxruntime.transformers import optimizer as untyped  # pyright: ignore[reportMissingTypeStubs]

    optimizer: Any = untyped
    configuration = original[0].auto_model.config
    if configuration.model_type != "bert":
        return
    with _hushed():
        fused = optimizer.optimize_model(
            str(path),
            model_type="bert",
            num_heads=configuration.num_attention_heads,
            hidden_size=configuration.hidden_size,
        )
        fused.save_model_to_file(str(path))


@contextmanager
def _hushed() -> Generator[None]:
    """Keep back the optimizer's remarks on shapes that it can't infer and does without."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            yield
    finally:
        logging.disable(before)


def _require_same(wanted: NDArray[np.float32], got: NDArray[np.float32], model: str, setting: str) -> None:
    difference = float(np.abs(wanted - got).max())
    if not difference <= _TOLERANCE:
        raise UnavailableError(
            f"What was compiled of {model} differs from the model by {difference:.2g}; "
            f"it is not used. Choose another model with {setting}."
        )
