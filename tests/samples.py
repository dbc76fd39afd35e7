"""Drafts that tests store."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kb import library
from kb.access import LOCAL_USER
from kb.values import (
    ItemDraft,
    LessonFields,
    Locator,
    PassageDraft,
    SourceDraft,
    Tally,
)
from kb.vocabulary import Kind


def source(
    location: str = "/files/lessons.csv", digest: str = "a" * 64, reader: str = "reader 1"
) -> SourceDraft:
    name = location.rsplit("/", 1)[-1]
    return SourceDraft(location, name, digest, 100, "text/csv", reader)


def lesson(title: str, text: str = "", **changes: Any) -> ItemDraft:
    """A lesson of one passage; its key is its title."""
    body = text or f"{title} happened."
    values: dict[str, Any] = {
        "kind": Kind.LESSON,
        "title": title,
        "body": body,
        "fields": LessonFields(event=body),
        "key": title,
        "passages": (PassageDraft((), body, Locator(0, len(body))),),
        "dated": date(2020, 5, 1),
    }
    return ItemDraft(**{**values, **changes})


def store(session: Session, *drafts: ItemDraft, **where: str) -> Tally:
    return library.store(session, LOCAL_USER, source(**where), drafts)
