from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.settings import Settings
from search.clusters import clusters
from search.opening import open_encoder
from search.ports import Matrix
from tests.hashing import HashingEncoder


def _unit(rows: list[list[float]]) -> Matrix:
    found = np.array(rows, np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_shared_words_come_together_and_what_is_like_nothing_stays_out() -> None:
    texts = [
        "the pumps arrived late from the supplier",
        "night shift had no crane",
        "pumps of the supplier arrived late again",
        "catering was good",
        "no crane for the night shift",
    ]
    found = clusters(HashingEncoder().encode(texts))
    assert [one.members for one in found] == [(0, 2), (1, 4)]


def test_the_centre_is_what_all_are_near_to() -> None:
    found = clusters(_unit([[1, 0.9], [1, 0], [1, 0.45]]))
    assert [(one.members, one.centre) for one in found] == [((0, 1, 2), 2)]


_ROWS = st.lists(
    st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3).filter(lambda row: sum(map(abs, row)) > 0.1),
    max_size=12,
)


@given(_ROWS, st.floats(0.0, 0.99))
def test_clusters_are_apart_and_near_within(rows: list[list[float]], cosine: float) -> None:
    vectors = _unit(rows) if rows else np.empty((0, 3), np.float32)
    found = clusters(vectors, cosine)
    members = [member for one in found for member in one.members]
    assert len(members) == len(set(members))
    for one in found:
        assert len(one.members) > 1
        assert one.centre in one.members
        assert list(one.members) == sorted(one.members)
        # The last two parts that were joined are as near as asked for, on average over their pairs.
        near = vectors[list(one.members)] @ vectors[list(one.members)].T
        assert near.max() >= cosine - 1e-5


@given(st.integers(0, 6))
def test_the_same_text_said_several_times_is_one_cluster(times: int) -> None:
    vectors = np.repeat(_unit([[1, 2, 3]]), times, axis=0)
    assert [len(one.members) for one in clusters(vectors)] == ([times] if times > 1 else [])


NOTES = {
    "supplier": [
        "The pump supplier delivered five weeks late and nobody told us.",
        "Pumps arrived after the promised date; the vendor had not reported the delay.",
        "Late delivery of the pumps held up the whole installation.",
    ],
    "testing": [
        "Acceptance tests began before the test data was ready.",
        "We had no realistic data in the test environment.",
        "Test environment was empty, so the first test week was lost.",
    ],
    "training": [
        "Users had been trained two months before go-live and had forgotten everything.",
        "Training came too early; users asked the help desk for basics.",
    ],
    "alone": ["The canteen closed at seven, before the night shift."],
}


def test_the_real_encoder_tells_subjects_apart(encoders: Path) -> None:
    texts = [text for texts in NOTES.values() for text in texts]
    subjects = [subject for subject, texts in NOTES.items() for _ in texts]
    encoder = open_encoder(Settings().model, encoders)
    found = clusters(encoder.encode(texts))
    for one in found:
        assert len({subjects[member] for member in one.members}) == 1, [texts[m] for m in one.members]
    assert {subjects[one.centre] for one in found} == {"supplier", "testing", "training"}
