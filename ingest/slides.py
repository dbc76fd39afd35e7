"""PowerPoint decks: titles, text, tables, diagrams and speaker notes, slide by slide."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.exc import PackageNotFoundError, PythonPptxError
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame

from ingest import cleaning, office
from ingest.converted import NO_TEXT, Converted, Part
from kb.errors import InvalidError
from kb.settings import Limits
from kb.text import squash
from kb.values import Locator

_DIAGRAM = "/diagramData"
_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_DEEPEST_GROUP = 50


def read(path: Path, limits: Limits) -> Converted:
    """The deck at *path*. Raises InvalidError when it is damaged or larger than the limits allow."""
    with office.opened(path, limits) as package:
        facts = office.properties(package)
    try:
        slides = list(Presentation(str(path)).slides)
    except (PackageNotFoundError, PythonPptxError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InvalidError(f"The presentation is damaged and can't be read ({error}).") from error
    if len(slides) > limits.pages:
        raise InvalidError(f"It has {len(slides):,} slides, more than {limits.pages:,} (KB_LIMIT_PAGES).")
    parts = tuple(Part(_markdown(slide), Locator(slide=number)) for number, slide in enumerate(slides, 1))
    found = any(part.text for part in parts)
    first = next((title for slide in slides[:1] if (title := _title(slide))), "")
    return Converted(
        parts=parts,
        title=first,
        property_title=facts.title,
        author=facts.author,
        dated=facts.dated,
        language=facts.language,
        note="" if found else NO_TEXT,
    )


def _title(slide: Slide) -> str:
    shape = slide.shapes.title
    return squash(cleaning.clean(shape.text_frame.text)) if shape is not None else ""


def _markdown(slide: Slide) -> str:
    blocks: list[str] = []
    title = slide.shapes.title
    if text := _title(slide):
        blocks.append(f"## {cleaning.literal(text)}")
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            blocks.extend(_shape(shape))
    blocks.extend(_diagrams(slide))
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        notes = cleaning.literal(cleaning.clean(frame.text).strip())
        if notes:
            blocks.append("**Notes:** " + notes.replace("\n", "\n\n"))
    return cleaning.tidy("\n\n".join(blocks))


def _shape(shape: BaseShape, depth: int = 0) -> Iterator[str]:
    if isinstance(shape, GroupShape):
        if depth < _DEEPEST_GROUP:
            for inner in shape.shapes:
                yield from _shape(inner, depth + 1)
    elif isinstance(shape, GraphicFrame) and shape.has_table:
        yield _table(shape.table)
    elif isinstance(shape, GraphicFrame) and shape.has_chart:
        chart = shape.chart
        if chart.has_title and chart.chart_title.has_text_frame:
            yield cleaning.literal(cleaning.clean(chart.chart_title.text_frame.text))
    elif isinstance(shape, Shape):
        yield from _paragraphs(shape.text_frame)


def _paragraphs(frame: TextFrame) -> Iterator[str]:
    """Paragraphs; several of them in one frame are the bullets of a slide."""
    lines = [
        (paragraph.level, cleaning.literal(squash(cleaning.clean(paragraph.text))))
        for paragraph in frame.paragraphs
    ]
    lines = [(level, line) for level, line in lines if line]
    if len(lines) > 1:
        yield "\n".join(f"{'  ' * level}- {line}" for level, line in lines)
    elif lines:
        yield lines[0][1]


def _table(table: Table) -> str:
    rows = [[cleaning.cell(cleaning.clean(cell.text)) for cell in row.cells] for row in table.rows]
    if not rows:
        return ""
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _diagrams(slide: Slide) -> Iterator[str]:
    """The words of SmartArt, which stand in a part of their own."""
    for relation in slide.part.rels.values():
        if relation.reltype.endswith(_DIAGRAM) and not relation.is_external:
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            words = [squash(node.text) for node in root.iter(_TEXT) if node.text and node.text.strip()]
            if words:
                yield "\n".join(f"- {cleaning.literal(word)}" for word in words)
