"""Every vector index gives what comparing each vector with the query gives."""

from collections.abc import Callable, Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.values import ItemId, PassageId
from search import vectors
from search.ports import Ids, Matrix, Vector, VectorIndex
from search.vectors import FaissIndex, JoinedIndex

DIMENSION = 8
Rows = tuple[Matrix, list[int], list[int]]


class BruteForce:
    """The slow obvious way."""

    def __init__(self, vectors: Matrix, passages: list[int], items: list[int]) -> None:
        self.rows = list(zip(vectors, passages, items, strict=True))

    def nearest(
        self, query: Vector, limit: int, among: Collection[int] | None = None, *, floor: float = -1.0
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


def build(rows: Rows, *, exact: bool = True) -> FaissIndex:
    matrix, passages, items = rows
    return FaissIndex.build(matrix, np.array(passages, np.int64), np.array(items, np.int64), exact=exact)


def lists(rows: Rows) -> VectorIndex:
    """Inverted lists, so few here that all are looked into."""
    return build(rows, exact=False) if rows[1] else build(rows)


def joined(rows: Rows) -> VectorIndex:
    """A base of which items 1 and 2 have changed since, and what they are now beside it."""
    matrix, passages, items = (np.array(column) for column in rows)
    changed = items <= 2
    outdated = (
        np.concatenate([matrix[~changed], -matrix[changed]]),
        np.concatenate([passages[~changed], passages[changed] + 1000]).astype(np.int64),
        np.concatenate([items[~changed], items[changed]]).astype(np.int64),
    )
    with TemporaryDirectory() as folder:
        FaissIndex.build(*outdated).save(Path(folder))
        base = FaissIndex.open(Path(folder), [ItemId(1), ItemId(2)])
    recent = FaissIndex.build(
        matrix[changed], passages[changed].astype(np.int64), items[changed].astype(np.int64)
    )
    return JoinedIndex([base, recent])


ROUNDING = 1e-3
KINDS = pytest.mark.parametrize("kind", [build, lists, joined])


def ids(chosen: Collection[int]) -> Ids:
    return np.array(sorted(chosen), np.int64)


def unit(seed: int) -> Vector:
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def same(got: list[tuple[PassageId, float]], wanted: list[tuple[PassageId, float]]) -> bool:
    """Equal but for the order of what is equally near but for rounding; some kinds keep half-precision."""
    cosines = np.allclose([c for _, c in got], [c for _, c in wanted], atol=ROUNDING)
    return len(got) == len(wanted) and bool(cosines)


@KINDS
@settings(deadline=None, max_examples=30)
@given(collections(), st.integers(0, 99), st.integers(0, 50), st.sets(st.integers(1, 6)) | st.none())
def test_nearest_is_what_brute_force_gives(
    kind: Callable[[Rows], VectorIndex], rows: Rows, seed: int, limit: int, chosen: set[int] | None
) -> None:
    index = kind(rows)
    wanted = BruteForce(*rows).nearest(unit(seed), limit, chosen)
    near = index.nearest(unit(seed), limit, None if chosen is None else ids(chosen))
    assert same(near.pairs(), wanted)
    owner = dict(zip(rows[1], rows[2], strict=True))
    assert near.items.tolist() == [owner[id_] for id_ in near.passages.tolist()]
    assert near.of_items() == {
        item: max(c for i, c in zip(near.items.tolist(), near.cosines.tolist(), strict=True) if i == item)
        for item in near.items.tolist()
    }
    assert len(index) == len(rows[1])
    assert index.all_items().tolist() == sorted(set(rows[2]))


@KINDS
@settings(deadline=None, max_examples=30)
@given(collections(), st.integers(0, 99), st.sets(st.integers(1, 7), min_size=1))
def test_a_broad_filter_finds_what_a_narrow_one_would(
    kind: Callable[[Rows], VectorIndex], rows: Rows, seed: int, chosen: set[int]
) -> None:
    wanted = kind(rows).nearest(unit(seed), 10, ids(chosen)).pairs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "_FEW", 0)
        assert same(kind(rows).nearest(unit(seed), 10, ids(chosen)).pairs(), wanted)


@KINDS
@settings(deadline=None, max_examples=30)
@given(collections(), st.integers(0, 99), st.floats(-1, 1))
def test_nothing_below_the_floor_is_given(
    kind: Callable[[Rows], VectorIndex], rows: Rows, seed: int, floor: float
) -> None:
    found = kind(rows).nearest(unit(seed), 100, floor=floor).pairs()
    assert all(cosine >= floor for _, cosine in found)
    assert all(c < floor + ROUNDING for _, c in kind(rows).nearest(unit(seed), 100).pairs()[len(found) :])


@KINDS
@settings(deadline=None, max_examples=30)
@given(collections(), st.integers(0, 99), st.sets(st.integers(1, 7)))
def test_passages_of_items_come_with_their_cosine(
    kind: Callable[[Rows], VectorIndex], rows: Rows, seed: int, chosen: set[int]
) -> None:
    index = kind(rows)
    found = dict(index.of_items(unit(seed), ids(chosen)).pairs())
    wanted = dict(BruteForce(*rows).nearest(unit(seed), 100, chosen))
    assert found.keys() == wanted.keys()
    assert all(abs(found[id_] - wanted[id_]) < ROUNDING for id_ in found)


def clustered(number: int) -> Rows:
    """Vectors that lie in clusters, as texts do."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(number // 50, 64))
    found = centres[rng.integers(0, len(centres), number)] + 0.5 * rng.normal(size=(number, 64))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found.astype(np.float32), list(range(number)), [i // 3 for i in range(number)]


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2])
def test_lists_find_nearly_all_of_the_nearest(share: float) -> None:
    rows = clustered(40_000)
    exact, index = build(rows), build(rows, exact=False)
    among = None if share == 1.0 else ids(range(int(share * 13_334)))
    found = wanted = 0
    for vector in clustered(100)[0]:
        nearest = {id_ for id_, _ in exact.nearest(vector, 100, among).pairs()}
        found += len(nearest & {id_ for id_, _ in index.nearest(vector, 100, among).pairs()})
        wanted += len(nearest)
    assert found >= 0.97 * wanted


@pytest.mark.parametrize("exact", [True, False])
def test_what_is_saved_is_read_back(tmp_path: Path, exact: bool) -> None:
    rows = (np.eye(DIMENSION, dtype=np.float32), [5, 3, 9, 1, 2, 4, 6, 7], [1, 1, 2, 2, 3, 3, 4, 4])
    index = build(rows, exact=exact)
    index.save(tmp_path)
    query = unit(1)
    assert FaissIndex.open(tmp_path).nearest(query, 8).pairs() == index.nearest(query, 8).pairs()
    left = FaissIndex.open(tmp_path, [ItemId(1), ItemId(4), ItemId(99)])
    assert {id_ for id_, _ in left.nearest(query, 8).pairs()} == {9, 1, 2, 4}
    assert len(left) == 4
