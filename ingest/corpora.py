"""Collections that come with judged queries (BEIR's corpus.jsonl), stored as plain documents."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ingest import cleaning, markdown, passages
from kb import jsonl, library, sources
from kb.access import Principal
from kb.database import Sessions, transaction
from kb.errors import InvalidError
from kb.text import shorten, squash
from kb.values import DocumentFields, ItemDraft, SourceDraft
from kb.vocabulary import Kind

_BATCH = 500
"""Documents stored in one transaction: what a kill can cost at most."""
_READER = f"hindsight-corpus 1, passages {passages.TARGET_CHARS} to {passages.MAX_CHARS}"
_ID_LENGTH = 200
_TITLE_LENGTH = 120


class _Document(NamedTuple):
    id: str
    title: str
    text: str


def store(
    sessions: Sessions, principal: Principal, path: Path, progress: Callable[[int], None] = lambda _: None
) -> set[str]:
    """Store the documents in the file at *path*, each under its id as the external reference; those ids.

    What is stored already is left as it is. A document without words is left out. *progress* is told how
    many documents are done. Raises InvalidError, with the line, for what can't be understood.
    """
    stored: set[str] = set()
    done = 0
    for number, documents in enumerate(_batches(_documents(path))):
        _store(sessions, principal, f"{path.name}#{number}", documents)
        stored.update(document.id for document in documents if document.text or document.title)
        done += len(documents)
        progress(done)
    return stored


def _documents(path: Path) -> Iterator[_Document]:
    seen: set[str] = set()
    for number, row in jsonl.rows(path):
        document = _document(row, f"{path}, line {number}")
        if document.id in seen:
            raise InvalidError(f"{path}, line {number}: the document {document.id} was there before.")
        seen.add(document.id)
        yield document


def _document(row: dict[str, Any], where: str) -> _Document:
    id_, title, text = row.get("_id"), row.get("title") or "", row.get("text") or ""
    if not isinstance(id_, str | int) or not 0 < len(str(id_).strip()) <= _ID_LENGTH:
        raise InvalidError(f'{where}: "_id" is missing or longer than {_ID_LENGTH} characters.')
    if not isinstance(title, str) or not isinstance(text, str):
        raise InvalidError(f'{where}: "title" and "text" must be texts.')
    return _Document(str(id_).strip(), squash(cleaning.clean(title)), cleaning.clean(text).strip())


def _batches(documents: Iterator[_Document]) -> Iterator[Sequence[_Document]]:
    while batch := list(islice(documents, _BATCH)):
        yield batch


def _store(sessions: Sessions, principal: Principal, location: str, documents: Sequence[_Document]) -> None:
    content = repr([tuple(document) for document in documents]).encode()
    digest = hashlib.sha256(content).hexdigest()
    with transaction(sessions) as session:
        known = sources.find(session, location)
        if known and (known.digest, known.reader) == (digest, _READER):
            return
        source = SourceDraft(location, location, digest, len(content), "application/jsonl", _READER)
        drafts = [_draft(document) for document in documents if document.text or document.title]
        library.store(session, principal, source, drafts)


def _draft(document: _Document) -> ItemDraft:
    body = cleaning.tidy(cleaning.literal(document.text))
    title = document.title or shorten(document.text, _TITLE_LENGTH)
    return ItemDraft(
        kind=Kind.DOCUMENT,
        title=title,
        body=body,
        fields=DocumentFields(),
        key=document.id,
        passages=passages.cut(markdown.parse(body), title),
        external_ref=document.id,
    )
