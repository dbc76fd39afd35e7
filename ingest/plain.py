"""Markdown and plain text files."""

from ingest import cleaning, encodings, front_matter, noise
from ingest.converted import Converted, Part

_TAB = "    "


def read_markdown(data: bytes) -> Converted:
    """Front matter and body of *data*. Raises InvalidError when it is no text or its YAML is broken."""
    text = cleaning.clean(encodings.decode(data))
    front, body = front_matter.split(text)
    return Converted(parts=(Part(noise.remove(body)),), front=front)


def read_text(data: bytes) -> Converted:
    """Paragraphs of *data*, indented or not. Raises InvalidError when it is no text."""
    text = cleaning.clean(encodings.decode(data)).expandtabs(len(_TAB))
    lines = [line.strip() if line.startswith(_TAB) else line.rstrip() for line in text.split("\n")]
    return Converted(parts=(Part(cleaning.tidy("\n".join(lines))),))
