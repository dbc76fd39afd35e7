"""Compiling a sentence-transformers model to ONNX, once. The only module that needs torch."""

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

from kb.errors import UnavailableError
from search.encoder import ENCODER_FILE, MANIFEST_FILE, TOKENIZER_FILE, Manifest, OnnxEncoder

_PROBES = (
    "risk",
    "Has anyone had a supplier who kept missing delivery dates?",
    "The test facility was taken out of service before the last acceptance run. " * 40,
    "Überprüfung der Lieferantenleistung — naïve café, 項目管理, 100 % of £5m.",
)
"""Short, medium, longer than the model reads, and beyond ASCII."""
_TOLERANCE = 1e-4


def compile_model(source: str, model: str, folder: Path) -> None:
    """Write encoder, tokenizer and manifest of the model at *source* into *folder*.

    *model* is the name its vectors are stored under. Raises UnavailableError when the model can't be
    loaded, or when the compiled encoder's vectors differ from the model's own by more than 1e-4.
    """
    import sentence_transformers
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()

    try:
        # Eager attention is the form that onnxruntime knows how to fuse.
        original: Any = sentence_transformers.SentenceTransformer(
            source, device="cpu", model_kwargs={"attn_implementation": "eager"}
        )
    except (OSError, ValueError) as error:
        raise UnavailableError(
            f"The embedding model {source!r} can't be loaded: {error}. "
            "Set KB_MODEL to a folder or an installed model."
        ) from error
    tokenizer = original.tokenizer
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER_FILE))
    inputs: list[str] = [name for name in tokenizer.model_input_names if name != "position_ids"]
    prompts: dict[str, str] = original.prompts or {}
    manifest = Manifest(
        model=model,
        dimension=int(original.get_embedding_dimension()),
        max_tokens=int(original.max_seq_length or 512),
        pad_id=int(tokenizer.pad_token_id or 0),
        inputs=inputs,
        query_prompt=prompts.get("query", ""),
        document_prompt=prompts.get("document", prompts.get("passage", "")),
    )
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest._asdict(), indent=2))

    class Pipeline(torch.nn.Module):
        """The whole of it, from tokens to unit vectors."""

        def __init__(self) -> None:
            super().__init__()
            self.original = original

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            vectors = self.original(dict(zip(inputs, tensors, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    example = torch.ones(2, 8, dtype=torch.long)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer's warnings; the check below is what counts
        export: Any = torch.onnx.export  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        export(
            Pipeline().eval(),
            tuple(example for _ in inputs),
            str(folder / ENCODER_FILE),
            input_names=inputs,
            output_names=["vectors"],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in inputs},
            # The newer exporter specialises the attention mask: padded texts came out 0.29 off.
            dynamo=False,
        )
    _fuse(folder / ENCODER_FILE, original)
    _verify(original, folder, manifest)


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


def _verify(original: Any, folder: Path, manifest: Manifest) -> None:
    wanted = original.encode(
        [manifest.document_prompt + probe for probe in _PROBES], normalize_embeddings=True
    )
    got = OnnxEncoder(folder, threads=os.cpu_count() or 1).encode(_PROBES)
    difference = float(np.abs(wanted - got).max())
    if not difference <= _TOLERANCE:
        raise UnavailableError(
            f"The compiled encoder of {manifest.model} differs from the model by {difference:.2g}; "
            "it is not used. Choose another model with KB_MODEL."
        )
