"""What all Office Open XML files share: a zip of XML parts and properties."""

import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

from ingest import cleaning, dates
from kb.errors import InvalidError
from kb.settings import MEGABYTE, Limits

_CORE = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_CP = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_RATIO = 200
"""XML shrinks to a twentieth or so; what shrinks tenfold more was made to hurt."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says about itself."""

    title: str = ""
    author: str = ""
    subject: str = ""
    keywords: str = ""
    language: str = ""
    dated: date | None = None
    """Last saved, else made."""


@contextmanager
def opened(path: Path, limits: Limits) -> Generator[zipfile.ZipFile]:
    """The package at *path*. Raises InvalidError when it is damaged or unpacks beyond the limits."""
    try:
        with zipfile.ZipFile(path) as package:
            _check_size(package, limits)
            yield package
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise InvalidError(f"The file is damaged and can't be unpacked: {error}.") from error
    except etree.XMLSyntaxError as error:
        raise InvalidError("The file is damaged: a part of it is not valid XML.") from error


def _check_size(package: zipfile.ZipFile, limits: Limits) -> None:
    size = sum(part.file_size for part in package.infolist())
    if size > limits.archive_mb * MEGABYTE:
        raise InvalidError(
            f"It unpacks to {size // MEGABYTE:,} MB, more than {limits.archive_mb:,} (KB_LIMIT_ARCHIVE_MB)."
        )
    for part in package.infolist():
        xml = part.filename.endswith((".xml", ".rels"))
        if xml and part.file_size > 16 * MEGABYTE and part.file_size > _RATIO * max(part.compress_size, 1):
            raise InvalidError(f"Its part {part.filename} unpacks to far more than it should: a zip bomb.")


def xml(package: zipfile.ZipFile, name: str) -> etree._Element:  # pyright: ignore[reportPrivateUsage] - lxml names its type so
    """The XML part *name*, parsed without entities or network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(package.read(name), parser)


def properties(package: zipfile.ZipFile) -> Properties:
    """The package's core properties; empty ones when it has none."""
    if _CORE not in package.namelist():
        return Properties()
    try:
        root = xml(package, _CORE)
    except etree.XMLSyntaxError:
        return Properties()

    def text(tag: str) -> str:
        return cleaning.clean(root.findtext(tag) or "").strip()

    return Properties(
        title=text(f"{_DC}title"),
        author=text(f"{_DC}creator"),
        subject=text(f"{_DC}subject"),
        keywords=text(f"{_CP}keywords"),
        language=text(f"{_DC}language"),
        dated=dates.parse(text(f"{_TERMS}modified")) or dates.parse(text(f"{_TERMS}created")),
    )
