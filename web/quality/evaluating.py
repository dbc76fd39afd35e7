"""Running judged query sets against the engines, and holding runs against each other."""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest import corpora
from ingest import passages as cutting
from kb import items, jsonl
from kb.access import Principal
from kb.database import transaction
from kb.errors import InvalidError, UnavailableError
from kb.searching import evaluations
from kb.searching.evaluations import Evaluation, Run, Subject
from kb.text import digest
from kb.values import Filters, ItemId
from search import evaluation, fusion
from search.evaluation import Comparison
from search.fusion import Mode
from search.querysets import CORPUS_FILE, QuerySet
from search.status import status as index_status
from search.sync import SyncProgress
from web import wiring
from web.base import work
from web.base.lock import writing
from web.base.work import SILENT, Listener
from web.release import release
from web.wiring import Services
from web.wording import plural

FOLDER = "evaluations"
"""Below the data folder: bases of collections and indexes of other models. Derived, safe to delete."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A system to measure."""

    engine: Mode = Mode.HYBRID
    model: str = ""
    """The model of the settings when empty."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs, and how the second differs from the first."""

    before: Run
    after: Run
    comparison: Comparison


def run(
    services: Services,
    principal: Principal,
    queryset: QuerySet,
    variants: Sequence[Variant],
    *,
    baseline: bool = False,
    listener: Listener = SILENT,
) -> list[Run]:
    """Measure each of *variants* on *queryset* and keep the runs, the first as *baseline* if asked for.

    A set with documents of its own has a base of its own, which is made at first use. Raises InvalidError
    when none of the judged documents is there, UnavailableError when there is no index to measure.
    """
    subjects: list[tuple[Subject, Evaluation]] = []
    with _collection(services, principal, queryset, listener) as (collection, references):
        with collection.sessions() as session:
            names = items.referred(session, principal, references)
        _check(queryset, names)
        for variant in variants:
            with _variant(collection, variant.model, listener) as chosen:
                subjects.append(_measure(chosen, principal, queryset, variant.engine, names, listener))
    with transaction(services.sessions) as session:
        return [
            evaluations.save(session, principal, subject, found, baseline=baseline and not place)
            for place, (subject, found) in enumerate(subjects)
        ]


def required_baseline(services: Services, principal: Principal, queryset: QuerySet) -> Run:
    """What runs on *queryset* are held against.

    Raises UnavailableError when there is none, or it was measured on other queries or judgments.
    """
    with services.sessions() as session:
        found = evaluations.baseline(session, principal, queryset.name)
    advice = "Make one with `kb eval QUERYSET --baseline`."
    if found is None:
        raise UnavailableError(f"There is no baseline of the query set {queryset.name} yet. {advice}")
    if found.summary.subject.digest != queryset.digest:
        raise UnavailableError(
            f"The baseline of {queryset.name} (run {found.summary.id}) was measured on other queries, "
            f"judgments or documents than are in its folder now. {advice}"
        )
    return found


def against(before: Run, after: Run) -> Compared:
    """How *after* differs from *before*. Raises InvalidError when they are of different sets."""
    subject = after.summary.subject
    require_same_set(before.summary.subject, subject.queryset, subject.digest)
    return Compared(before, after, evaluation.compare(before.evaluation, after.evaluation))


def require_same_set(subject: Subject, queryset: str, digest: str) -> None:
    """Raise InvalidError unless *subject* was measured on exactly that query set."""
    if subject.queryset != queryset:
        raise InvalidError(f"A run of {subject.queryset} can't be compared with one of {queryset}.")
    if subject.digest != digest:
        raise InvalidError(
            f"The queries, judgments or documents of {queryset} changed since the run that it is to be "
            "compared with."
        )


@contextmanager
def _collection(
    services: Services, principal: Principal, queryset: QuerySet, listener: Listener
) -> Generator[tuple[Services, Collection[str]]]:
    """The base that holds the documents of *queryset*, and what they are called by."""
    if queryset.corpus is None:
        yield services, queryset.documents()
        return
    folder = services.settings.data / FOLDER / queryset.corpus_digest[:16]
    own = wiring.beside(services, folder)
    try:
        work.prepare(own)
        ids = _store(own, principal, queryset.corpus, listener)
        work.sync(own, listener=listener)
        yield own, ids
    finally:
        own.close()


def _store(own: Services, principal: Principal, corpus: Path, listener: Listener) -> set[str]:
    total = sum(1 for _ in jsonl.lines(corpus))

    def progress(done: int) -> None:
        listener.sync(SyncProgress("Storing documents", done, total))

    with writing(own.settings.data, wait=True):
        return corpora.store(own.sessions, principal, corpus, progress)


def _check(queryset: QuerySet, names: Mapping[ItemId, str]) -> None:
    if queryset.judgments and not names:
        raise InvalidError(
            f"None of the documents judged in {queryset.name} is in this base. Ingest them first, or give "
            f"the query set a {CORPUS_FILE}."
        )


@contextmanager
def _variant(collection: Services, model: str, listener: Listener) -> Generator[Services]:
    """*collection* under another *model*, with an index of its own."""
    if not model:
        yield collection
        return
    place = collection.settings.data / FOLDER / f"{Path(model).name}-{digest(model)[:12]}"
    other = wiring.beside(collection, place, database_url=collection.settings.url, model=model)
    try:
        with writing(collection.settings.data, wait=True):
            work.sync(other, listener=listener)
        yield other
    finally:
        other.close()


def _measure(
    services: Services,
    principal: Principal,
    queryset: QuerySet,
    mode: Mode,
    names: Mapping[ItemId, str],
    listener: Listener,
) -> tuple[Subject, Evaluation]:
    """One system on *queryset*."""
    encoder = services.encoder(listener.tell)

    def progress(done: int, total: int) -> None:
        listener.sync(SyncProgress(f"Asking queries: {mode}", done, total))

    with services.sessions() as session:
        index = index_status(session, services.settings.index, encoder.model)
        total = items.count(session, principal, Filters())
        ranker = evaluation.ranker(services.search(), session, principal, names, mode)
        found = evaluation.evaluate(queryset, ranker, progress=progress)
    notes = (*queryset.notes, *_notes(queryset, names, index.pending))
    subject = Subject(
        queryset.name, queryset.digest, mode, encoder.model, total, index.passages, _settings(services), notes
    )
    return subject, found


def _notes(queryset: QuerySet, names: Mapping[ItemId, str], pending: int) -> Iterator[str]:
    documents = queryset.documents()
    missing = sorted(documents.difference(names.values()))
    if missing:
        yield (
            f"{len(missing):,} of {plural(len(documents), 'judged document')} are not in the base, such as "
            f"{missing[0]}; they count as not found."
        )
    if pending:
        yield f"The search index is behind the database by {plural(pending, 'passage')}; run `kb sync`."


def _settings(services: Services) -> dict[str, Any]:
    """What decides a ranking besides model and index: the release, the reranker, the numbers in use."""
    weights = {name: value for name, value in vars(fusion).items() if name.isupper()}
    reranker = services.reranker()
    return {
        "release": release(),
        "reranker": reranker.model if reranker else "",
        "passage_characters": [cutting.TARGET_CHARS, cutting.MAX_CHARS],
        "fusion": {name.lower(): value for name, value in weights.items() if isinstance(value, int | float)},
    }
