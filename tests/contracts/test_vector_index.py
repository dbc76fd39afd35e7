"""Every vector index gives what comparing each vector with the query gives."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.values import ItemId, PassageId
from search.ports import Matrix, Vector, VectorIndex
from search.vectors import FaissIndex

DIMENSION = 8


class BruteForce:
    """The slow obvious way."""

    def __init__(self, vectors: Matrix, passages: list[int], items: list[int]) -> None:
        self.rows = list(zip(vectors, passages, items, strict=True))

    def nearest(
        self, query: Vector, limit: int, among: set[ItemId] | None = None, *, floor: float = -1.0
    ) -> list[tuple[PassageId, float]]:
        scored = [
            (PassageId(passage), float(vector @ query))
            for vector, passage, item in self.rows
            if among is None or item in among
        ]
        return sorted((s for s in scored if s[1] >= floor), key=lambda s: (-s[1], s[0]))[:limit]


@st.composite
def collections(draw: st.DrawFn) -> tuple[Matrix, list[int], list[int]]:
    number = draw(st.integers(0, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    vectors = np.random.default_rng(seed).normal(size=(number, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages = draw(st.permutations([3 * i + 1 for i in range(number)]))
    items = draw(st.lists(st.integers(1, 6), min_size=number, max_size=number))
    return vectors, list(passages), items


def build(rows: tuple[Matrix, list[int], list[int]]) -> FaissIndex:
    vectors, passages, items = rows
    return FaissIndex.build(vectors, np.array(passages, np.int64), np.array(items, np.int64))


def unit(seed: int) -> Vector:
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def same(got: list[tuple[PassageId, float]], wanted: list[tuple[PassageId, float]]) -> bool:
    """Equal but for the order of what is equally near but for rounding."""
    cosines = np.allclose([c for _, c in got], [c for _, c in wanted], atol=1e-5)
    return len(got) == len(wanted) and bool(cosines)


@settings(deadline=None)
@given(collections(), st.integers(0, 99), st.integers(0, 50), st.sets(st.integers(1, 6)) | st.none())
def test_nearest_is_what_brute_force_gives(
    rows: tuple[Matrix, list[int], list[int]], seed: int, limit: int, chosen: set[int] | None
) -> None:
    among = None if chosen is None else {ItemId(i) for i in chosen}
    index: VectorIndex = build(rows)
    wanted = BruteForce(*rows).nearest(unit(seed), limit, among)
    assert same(index.nearest(unit(seed), limit, among), wanted)
    assert len(index) == len(rows[1])


@settings(deadline=None)
@given(collections(), st.integers(0, 99), st.floats(-1, 1))
def test_nothing_below_the_floor_is_given(
    rows: tuple[Matrix, list[int], list[int]], seed: int, floor: float
) -> None:
    found = build(rows).nearest(unit(seed), 100, floor=floor)
    assert all(cosine >= floor for _, cosine in found)
    assert all(cosine < floor + 1e-5 for _, cosine in build(rows).nearest(unit(seed), 100)[len(found) :])


@settings(deadline=None)
@given(collections(), st.integers(0, 99), st.sets(st.integers(1, 7)))
def test_passages_of_items_come_with_their_cosine(
    rows: tuple[Matrix, list[int], list[int]], seed: int, chosen: set[int]
) -> None:
    items = {ItemId(i) for i in chosen}
    index = build(rows)
    found = dict(index.of_items(unit(seed), items))
    wanted = dict(BruteForce(*rows).nearest(unit(seed), 100, items))
    assert found.keys() == wanted.keys()
    assert all(abs(found[id_] - wanted[id_]) < 1e-5 for id_ in found)
    owner = dict(zip(rows[1], rows[2], strict=True))
    assert index.items(list(found)) == [owner[id_] for id_ in found]


@settings(deadline=None, max_examples=30)
@given(collections(), st.sets(st.integers(1, 6)))
def test_what_is_taken_out_is_gone_and_the_rest_stays(
    rows: tuple[Matrix, list[int], list[int]], gone: set[int]
) -> None:
    vectors, passages, items = build(rows).without({ItemId(i) for i in gone})
    left = [row for row in zip(*rows, strict=True) if row[2] not in gone]
    assert passages.tolist() == [passage for _, passage, _ in left]
    assert items.tolist() == [item for _, _, item in left]
    assert np.allclose(vectors, np.array([vector for vector, _, _ in left]).reshape(-1, DIMENSION))


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    index = build((np.eye(DIMENSION, dtype=np.float32), [5, 3, 9, 1, 2, 4, 6, 7], [1, 1, 2, 2, 3, 3, 4, 4]))
    index.save(tmp_path)
    query = unit(1)
    assert FaissIndex.open(tmp_path).nearest(query, 8) == index.nearest(query, 8)
