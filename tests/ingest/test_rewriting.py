from dataclasses import replace

import pytest

from ingest import rewriting
from kb.errors import NotFoundError
from kb.passages import StoredPassage
from kb.values import (
    DocumentFields,
    ItemDraft,
    ItemId,
    Locator,
    PassageId,
    TemplateFields,
    TrainingFields,
)
from kb.vocabulary import Kind, TemplateForm

BODY = """\
## Purpose

Order things in time.

## Fields

- Delivery: the week.
- Delivery: the week.
1. [ ] Price

| Part | Day |
| --- | --- |
| Pump | 3 |

```
code
```
"""


def test_paragraphs_are_what_can_be_given_other_words() -> None:
    found = rewriting.paragraphs(BODY)
    assert [(one.number, one.headings, BODY[one.start : one.end]) for one in found] == [
        (1, ("Purpose",), "Order things in time."),
        (2, ("Fields",), "Delivery: the week."),
        (3, ("Fields",), "Delivery: the week."),
        (4, ("Fields",), "Price"),
        (5, ("Fields",), "| Pump | 3 |"),
    ]


@pytest.mark.parametrize("number", range(1, 6))
def test_the_source_of_a_paragraph_stands_in_the_text_once(number: int) -> None:
    source = rewriting.source(BODY, number)
    assert BODY.count(source) == 1
    assert BODY[: BODY.index(source) + len(source)].endswith(source)


def test_a_paragraph_that_stands_twice_takes_what_is_before_it_along() -> None:
    assert rewriting.source(BODY, 3) == "Delivery: the week.\n- Delivery: the week."
    assert rewriting.source(BODY, 2) == "Order things in time.\n\n## Fields\n\n- Delivery: the week."
    with pytest.raises(NotFoundError, match="no paragraph 6"):
        rewriting.source(BODY, 6)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Second page.", "Second page, with a longer story that a lesson asked for.", (1, 2, 3)),
        ("Second page.\n\n", "", (1, 3)),
        ("Third page.", "Third page. And more.\n\nAnd a paragraph.", (1, 2, 3)),
        ("First page.", "Other.", (1, 2, 3)),
        ("Second page.", "Second page.\n\nSecond page.", (1, 2, 3)),
    ],
)
def test_other_words_leave_pages_where_they_were(old: str, new: str, expected: tuple[int, ...]) -> None:
    body = "First page.\n\nSecond page.\n\nThird page."
    draft = ItemDraft(Kind.DOCUMENT, "Plan", body, DocumentFields())
    stored = [
        StoredPassage(
            PassageId(page), ItemId(1), page, 1, "", words, Locator(body.index(words), len(body), page=page)
        )
        for page, words in enumerate(("First page.", "Second page.", "Third page."), 1)
    ]
    found = rewriting.rewritten(draft, body.replace(old, new), stored).passages
    assert tuple(passage.locator.page for passage in found) == expected
    for passage in found:
        name = ("First", "Second", "Third")[(passage.locator.page or 0) - 1]
        assert name in passage.text or passage.text == "Other."


def test_a_new_body_brings_passages_and_fields() -> None:
    draft = ItemDraft(
        Kind.TEMPLATE, "Order form", BODY, TemplateFields(purpose="Old.", form=TemplateForm.REGISTER)
    )
    found = rewriting.rewritten(draft, BODY.replace("in time", "early"))
    assert isinstance(found.fields, TemplateFields)
    assert (found.fields.purpose, found.fields.form) == ("Order things early.", TemplateForm.REGISTER)
    assert "Order things early." in " ".join(passage.text for passage in found.passages)
    course = replace(draft, kind=Kind.TRAINING, fields=TrainingFields(hours=3.0))
    assert rewriting.rewritten(course, "New.").fields == TrainingFields(hours=3.0)
