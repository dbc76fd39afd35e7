"""Other words in a text that is kept: the paragraphs to choose from, and the draft of the new version."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest import fields, markdown, passages, places
from ingest.markdown import BlockKind
from kb.errors import NotFoundError
from kb.passages import StoredPassage
from kb.values import ItemDraft

_MARKER = re.compile(r"(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])[ \t]+)*(?:\[[ xX]\] )?[ \t]*")
"""What stands before the words of a list entry or a quotation."""
_CODE = ("```", "~~~", "<", "    ")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of a body that can be given other words: a paragraph, a list entry, a row of a table."""

    number: int
    """Counted from 1."""
    headings: tuple[str, ...]
    text: str
    """Its words, plain."""
    start: int
    end: int
    """Where it stands in the body: [start, end)."""


def paragraphs(body: str) -> list[Paragraph]:
    """What of *body* can be given other words, in order; headings and code are left out."""
    found: list[Paragraph] = []
    for block in markdown.parse(body).blocks:
        whole = body[block.start : block.end]
        if block.kind not in (BlockKind.TEXT, BlockKind.ROW) or whole.startswith(_CODE):
            continue
        marker = _MARKER.match(whole) if block.kind is BlockKind.TEXT else None
        start = block.start + (marker.end() if marker else 0)
        found.append(Paragraph(len(found) + 1, block.headings, block.text, start, block.end))
    return found


def source(body: str, number: int) -> str:
    """Paragraph *number* of *body* as it stands there, with as much before it as makes it the only such one.

    Raises NotFoundError when there is no such paragraph.
    """
    found = paragraphs(body)
    if not 1 <= number <= len(found):
        raise NotFoundError(f"There is no paragraph {number} in this text; it has {len(found)}.")
    chosen = found[number - 1]
    starts = [chosen.start, *(paragraph.start for paragraph in reversed(found[: number - 1])), 0]
    return next(text for start in starts if body.count(text := body[start : chosen.end]) == 1 or start == 0)


def rewritten(draft: ItemDraft, body: str, stored: Sequence[StoredPassage] = ()) -> ItemDraft:
    """*draft* with *body* in the place of its own, with passages and fields as they follow.

    Pages and slides stay where the passages *stored* so far have them.
    """
    parsed = markdown.parse(body)
    return replace(
        draft,
        body=body,
        fields=fields.following(draft.fields, parsed),
        passages=passages.cut(parsed, draft.title, places.moved(draft.body, body, stored)),
    )
