"""Templates as forms, for the tests that write them to files."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from ingest import form_reading, reading
from ingest.reading import Task
from ingest.recognise import Names
from kb.forms import Form, Head
from kb.settings import Limits
from kb.values import ItemDraft, TemplateFields

LIBRARY = sorted((Path(__file__).parents[2] / "corpus" / "templates").glob("*.md"))
"""The starter library's templates."""


class Template(NamedTuple):
    """What the writers are given."""

    head: Head
    form: Form
    body: str


@cache
def of_library(path: Path) -> Template:
    """A template of the starter library."""
    return of(draft(path, path.name))


def draft(path: Path, name: str) -> ItemDraft:
    """The item in the file at *path*, called *name*."""
    (found,) = reading.read(Task(path, Names(name, ("templates",)), Limits(), {})).drafts
    return found


def of(item: ItemDraft) -> Template:
    """The form that *item* describes."""
    assert isinstance(item.fields, TemplateFields)
    head = Head(item.ref or "T-1", item.title, item.summary, 1, item.owner, item.dated, item.language)
    return Template(head, form_reading.read(item.fields, item.body), item.body)
