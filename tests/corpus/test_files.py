"""Each file of the starter library: its front matter, its sections, its links."""

import re
from functools import cache
from pathlib import Path

import pytest

from ingest import fields, front_matter, markdown
from kb.vocabulary import Kind
from tests.corpus import catalogue, front
from tests.corpus.front import Lesson, Template

SECTIONS = {
    Kind.LESSON: ("event", "effect", "causes", "recommendation", "applies when", "early warning signs"),
    Kind.PRACTICE: (
        *("problem", "context", "practice", "steps", "preconditions", "expected outcome", "kpis"),
        *("pitfalls", "evidence", "sources"),
    ),
    Kind.TEMPLATE: ("purpose", "when to use", "tailoring", "fields", "example"),
    Kind.TRAINING: ("what you will learn", "exercises", "answer key"),
}
"""The headings that every file of a kind has, in normal form."""
_REFERENCE = re.compile(r"\bHS-[LPTCD]-\d{3}\b")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@cache
def _references() -> frozenset[str]:
    written = [str(front_matter.split(path.read_text())[0].get("ref")) for path in front.files()]
    return frozenset([*written, *catalogue.rows()])


@pytest.mark.parametrize("path", front.files(), ids=lambda path: path.stem)
def test_a_file_says_what_its_kind_needs(path: Path) -> None:
    read, body = front.read(path)
    parsed = markdown.parse(body)
    kind = Kind(getattr(read, "kind"))  # noqa: B009
    headings = fields.headings(parsed)
    assert [name for name in SECTIONS.get(kind, ()) if name not in headings] == []
    assert [section.heading for section in parsed.sections if section.level == 1] == []
    assert path.parent.name in _FOLDERS[kind]
    assert read.review_date > read.date or isinstance(read, Lesson)
    if isinstance(read, Template):
        _check_form(read, parsed)


@pytest.mark.parametrize("path", front.files(), ids=lambda path: path.stem)
def test_what_a_file_refers_to_exists(path: Path) -> None:
    text = path.read_text()
    assert sorted(set(_REFERENCE.findall(text)) - _references()) == []
    relative = [link for link in _LINK.findall(text) if "://" not in link and not link.startswith("#")]
    assert [link for link in relative if not (path.parent / link.split("#")[0]).exists()] == []


def test_each_reference_is_given_once() -> None:
    refs = [front.read(path)[0].ref for path in front.files()] + list(catalogue.rows())
    assert sorted({ref for ref in refs if refs.count(ref) > 1}) == []


def _check_form(template: Template, parsed: markdown.Parsed) -> None:
    """A template's fields are told in a table, and its filled example uses them."""
    names = front.field_names(parsed)
    assert len(names) >= 4, "the section Fields is a table of field and help"
    assert len(set(names)) == len(names)
    filled = front.filled_fields(parsed, template.form)
    assert [name for name in filled if name not in names] == [], "the example names fields that are not there"
    assert len(filled) >= 0.7 * len(names), "the example fills most fields"
    assert [name for name in (*template.choices, *template.formulas) if name not in names] == []
    used = [name for formula in template.formulas.values() for name in re.findall(r"{([^}]+)}", formula)]
    assert [name for name in used if name not in names] == []


_FOLDERS = {
    Kind.LESSON: ("lessons",),
    Kind.PRACTICE: ("practices",),
    Kind.TEMPLATE: ("templates",),
    Kind.TRAINING: ("training",),
    Kind.DOCUMENT: ("documents", "competences", "roles", "processes", "guides", "samples"),
}
