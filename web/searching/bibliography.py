"""Citations of items in BibTeX."""

import re

from kb.life.records import ItemRecord
from kb.vocabulary import Kind

_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def entry(record: ItemRecord) -> str:
    """The item as a report when it is a document, otherwise as `@misc`, with its place in the source."""
    head = record.head
    report = head.kind is Kind.DOCUMENT and bool(head.organisation)
    by = record.contributor or head.organisation or head.project
    place = ", ".join(part for part in (head.file_name, str(head.locator)) if part)
    fields = {
        "title": f"{{{_escaped(head.title)}}}",
        # A second pair of braces keeps an organisation's name from being taken apart.
        "author": f"{{{_escaped(by)}}}" if by else "",
        "institution": _escaped(head.organisation) if report else "",
        "year": str(head.dated.year) if head.dated else "",
        "howpublished": "" if report else _escaped(record.citation or place),
        "url": _address(record.url),
        "note": _escaped("; ".join(part for part in (f"Hindsight {head.ref}", place) if part)),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{'techreport' if report else 'misc'}{{{key(head.ref)},\n" + ",\n".join(lines) + "\n}\n"


def key(ref: str) -> str:
    """A citation key from a reference: what BibTeX can't take in a key becomes a hyphen."""
    return re.sub(r"[^A-Za-z0-9.:/_-]+", "-", ref)


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in " ".join(text.split()))


def _address(url: str) -> str:
    """Braces that don't match would end the field; a web address carries them encoded."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
