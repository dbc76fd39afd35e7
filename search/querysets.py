"""Judged query sets in the layout of BEIR: queries.jsonl, qrels/*.tsv and, at times, corpus.jsonl."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb import jsonl
from kb.errors import InvalidError

QUERIES_FILE = "queries.jsonl"
JUDGMENTS_FOLDER = "qrels"
CORPUS_FILE = "corpus.jsonl"
MAX_GRADE = 20
_COLUMNS = "query-id, corpus-id and score, separated by tabs"

Grades = Mapping[str, int]
"""For each judged document its grade: 0 = irrelevant, the higher the better."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query, and whether anything in the collection answers it."""

    id: str
    text: str
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class QuerySet:
    """Queries with what people found of the documents."""

    name: str
    digest: str
    """SHA-256 of the queries, the judgments and the corpus, hexadecimal."""
    queries: tuple[JudgedQuery, ...]
    judgments: Mapping[str, Grades]
    """For each query id; no entry without a judgment."""
    corpus: Path | None = None
    """The documents; None when they are those of the live base."""
    corpus_digest: str = ""
    """SHA-256 of the documents alone, hexadecimal."""
    notes: tuple[str, ...] = ()
    """What was odd in the files, a sentence each."""

    def scored(self, query: JudgedQuery) -> bool:
        """Whether a ranking can be measured on *query*: something relevant is known for it."""
        return query.answerable and any(grade > 0 for grade in self.judgments.get(query.id, {}).values())

    def documents(self) -> set[str]:
        """The ids of all judged documents."""
        return {document for grades in self.judgments.values() for document in grades}


def read(folder: Path) -> QuerySet:
    """The query set in *folder*.

    Raises InvalidError, with file and line, when something is missing or can't be understood.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise InvalidError(f"There is no folder {folder}: a query set is a folder with {QUERIES_FILE}.")
    queries = _queries(folder / QUERIES_FILE)
    files = sorted((folder / JUDGMENTS_FOLDER).glob("*.tsv"))
    if not files:
        raise InvalidError(f"There are no judgments: {folder / JUDGMENTS_FOLDER} holds no .tsv file.")
    judged = _judgments(files)
    corpus = _corpus(folder / CORPUS_FILE)
    known = {query.id: query for query in queries}
    strangers = [id_ for id_ in judged if id_ not in known]
    judgments = {id_: grades for id_, grades in judged.items() if id_ in known}
    _check_unanswerable(queries, judgments)
    return QuerySet(
        folder.name,
        _digest([folder / QUERIES_FILE, *files, *corpus]),
        queries,
        judgments,
        *(corpus or [None]),
        corpus_digest=_digest(corpus),
        notes=_notes(queries, judgments, strangers),
    )


def _corpus(path: Path) -> list[Path]:
    return [path] if path.is_file() else []


def _queries(path: Path) -> tuple[JudgedQuery, ...]:
    if not path.is_file():
        raise InvalidError(f"The query set is incomplete: {path} is missing.")
    found: dict[str, JudgedQuery] = {}
    for number, row in jsonl.rows(path):
        where = f"{path}, line {number}"
        query = _query(row, where)
        if query.id in found:
            raise InvalidError(f"{where}: the query {query.id} was there before.")
        found[query.id] = query
    if not found:
        raise InvalidError(f"{path} holds no queries.")
    return tuple(found.values())


def _query(row: Mapping[str, Any], where: str) -> JudgedQuery:
    id_, text, answerable = row.get("_id"), row.get("text"), row.get("answerable", True)
    if not isinstance(id_, str | int) or not str(id_).strip():
        raise InvalidError(f'{where}: "_id" is missing.')
    if not isinstance(text, str) or not text.strip():
        raise InvalidError(f'{where}: "text" is missing.')
    if not isinstance(answerable, bool):
        raise InvalidError(f'{where}: "answerable" must be true or false.')
    return JudgedQuery(str(id_).strip(), " ".join(text.split()), answerable)


def _judgments(files: Iterable[Path]) -> dict[str, dict[str, int]]:
    """Grades of all *files* together; of a document judged twice for a query the better one."""
    found: dict[str, dict[str, int]] = {}
    for path in files:
        for place, (number, line) in enumerate(jsonl.lines(path)):
            cells = [cell.strip() for cell in line.split("\t")]
            where = f"{path}, line {number}"
            if len(cells) != 3 or not all(cells):
                raise InvalidError(f"{where}: {_COLUMNS}, are expected here.")
            query, document, said = cells
            grade = _grade(said)
            if grade is None:
                if place == 0:
                    continue  # the names of the columns
                raise InvalidError(f"{where}: the score {said!r} is no whole number up to {MAX_GRADE}.")
            grades = found.setdefault(query, {})
            grades[document] = max(grade, grades.get(document, 0))
    return found


def _grade(said: str) -> int | None:
    """The grade, no less than 0; None when *said* is none."""
    try:
        grade = int(said)
    except ValueError:
        return None
    return max(0, grade) if grade <= MAX_GRADE else None


def _check_unanswerable(queries: Iterable[JudgedQuery], judgments: Mapping[str, Grades]) -> None:
    for query in queries:
        relevant = [document for document, grade in judgments.get(query.id, {}).items() if grade > 0]
        if relevant and not query.answerable:
            raise InvalidError(
                f"The query {query.id} is marked as unanswerable, but {relevant[0]} is judged to answer it."
            )


def _notes(
    queries: Iterable[JudgedQuery], judgments: Mapping[str, Grades], strangers: list[str]
) -> tuple[str, ...]:
    notes: list[str] = []
    if strangers:
        one = len(strangers) == 1
        notes.append(
            f"Judgments of {len(strangers):,} {'query that is' if one else 'queries that are'} not in "
            f"{QUERIES_FILE} are left out, such as {strangers[0]}."
        )
    idle = [q.id for q in queries if q.answerable and not any(judgments.get(q.id, {}).values())]
    if idle:
        one = len(idle) == 1
        notes.append(
            f"{len(idle):,} {'query' if one else 'queries'} without a relevant document "
            f"{'is' if one else 'are'} left out, such as {idle[0]}."
        )
    return tuple(notes)


def _digest(files: Iterable[Path]) -> str:
    seen = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            seen.update(hashlib.file_digest(stream, "sha256").digest())
    return seen.hexdigest()
