import json
from pathlib import Path
from typing import Any

import pytest

from kb.errors import InvalidError
from search import querysets
from tests.judging import write_queryset

QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "late  supplier"},
    {"_id": 2, "text": "weather"},
    {"_id": "none", "text": "sourdough bread", "answerable": False},
    {"_id": "idle", "text": "nobody judged this"},
]
JUDGMENTS = "query-id\tcorpus-id\tscore\nq1\ta\t3\nq1\tb\t0\n2\tb\t1\nnone\ta\t0\n"


def test_queries_and_judgments_are_read(tmp_path: Path) -> None:
    found = querysets.read(write_queryset(tmp_path / "set", QUERIES, JUDGMENTS))
    assert found.name == "set"
    assert [(q.id, q.text, q.answerable) for q in found.queries] == [
        ("q1", "late supplier", True),
        ("2", "weather", True),
        ("none", "sourdough bread", False),
        ("idle", "nobody judged this", True),
    ]
    assert found.judgments == {"q1": {"a": 3, "b": 0}, "2": {"b": 1}, "none": {"a": 0}}
    assert [q.id for q in found.queries if found.scored(q)] == ["q1", "2"]
    assert found.documents() == {"a", "b"}
    assert found.corpus is None


def test_a_header_is_not_needed_and_several_files_are_one(tmp_path: Path) -> None:
    folder = write_queryset(tmp_path / "set", QUERIES, "q1\ta\t1\n")
    (folder / "qrels" / "more.tsv").write_text("q1\ta\t2\n\n2\tb\t-1\n")
    found = querysets.read(folder)
    assert found.judgments == {"q1": {"a": 2}, "2": {"b": 0}}


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    seen = {querysets.read(write_queryset(tmp_path / "set", QUERIES, JUDGMENTS)).digest}
    seen.add(querysets.read(write_queryset(tmp_path / "set", QUERIES[:3], JUDGMENTS)).digest)
    seen.add(querysets.read(write_queryset(tmp_path / "set", QUERIES[:3], JUDGMENTS + "2\ta\t1\n")).digest)
    (tmp_path / "set" / "corpus.jsonl").write_text('{"_id": "a", "title": "A", "text": "b"}\n')
    seen.add(querysets.read(tmp_path / "set").digest)
    assert len(seen) == 4


def test_what_is_odd_is_counted_and_named(tmp_path: Path) -> None:
    found = querysets.read(write_queryset(tmp_path / "set", QUERIES, JUDGMENTS + "q9\ta\t1\nq8\ta\t1\n"))
    assert found.notes == (
        "Judgments of 2 queries that are not in queries.jsonl are left out, such as q9.",
        "1 query without a relevant document is left out, such as idle.",
    )
    assert "q9" not in found.judgments


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('{"_id": "a", "text": "x"}\n{"_id": \n', "queries.jsonl, line 2: this is not JSON"),
        ("[1, 2]\n", "line 1: a JSON object is expected"),
        ('{"text": "x"}\n', 'line 1: "_id" is missing'),
        ('\n{"_id": "a"}\n', 'line 2: "text" is missing'),
        ('{"_id": "a", "text": "  "}\n', '"text" is missing'),
        ('{"_id": "a", "text": "x", "answerable": "no"}\n', '"answerable" must be true or false'),
        ('{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}\n', "line 2: the query a was there before"),
        ("\n", "holds no queries"),
    ],
)
def test_broken_queries_are_told_with_their_line(tmp_path: Path, lines: str, sentence: str) -> None:
    folder = write_queryset(tmp_path / "set", QUERIES, JUDGMENTS)
    (folder / "queries.jsonl").write_text(lines)
    with pytest.raises(InvalidError, match=sentence):
        querysets.read(folder)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("q1\ta\t1\nq1 b 1\n", "dev.tsv, line 2: query-id, corpus-id and score"),
        ("q1\ta\t1\nq1\tb\tgood\n", "line 2: the score 'good'"),
        ("q1\ta\t1\nq1\tb\t99\n", "line 2: the score '99'"),
        ("none\ta\t2\n", "none is marked as unanswerable, but a is judged"),
    ],
)
def test_broken_judgments_are_told_with_their_line(tmp_path: Path, lines: str, sentence: str) -> None:
    folder = write_queryset(tmp_path / "set", QUERIES, lines)
    with pytest.raises(InvalidError, match=sentence):
        querysets.read(folder)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="There is no folder"):
        querysets.read(tmp_path / "none")
    with pytest.raises(InvalidError, match="is missing"):
        querysets.read(tmp_path)
    (tmp_path / "queries.jsonl").write_text(json.dumps(QUERIES[0]))
    with pytest.raises(InvalidError, match="holds no"):
        querysets.read(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    folder = write_queryset(tmp_path / "set", QUERIES, JUDGMENTS)
    (folder / "qrels" / "dev.tsv").write_bytes(b"q1\t\xff\xfe\t1\n")
    with pytest.raises(InvalidError, match="is not UTF-8"):
        querysets.read(folder)
