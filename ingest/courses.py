"""Courses as schema.org describes them in JSON-LD, as a table with a row for each.

What catalogues give out is read: nodes one by one, in `@graph`, or in lists, with references between them.
Contexts are not fetched, so names have to be schema.org's own, with or without its prefix.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from ingest import encodings, sheets, tables, terms
from ingest.converted import Converted, Row, Table
from kb.errors import InvalidError
from kb.settings import Limits
from kb.text import squash

Node = Mapping[str, Any]
"""Names without their prefix."""

_COURSES = {"Course", "CourseInstance", "EducationalOccupationalProgram"}
_LISTS = ("@graph", "itemListElement", "dataFeedElement", "mainEntity", "hasPart", "item")
"""Where courses stand within something else."""
_DEEPEST = 20
_FEWEST = (
    "No course is in it. A course is an object with "
    '"@type": "Course" and a "name", by itself, in "@graph" or in an ItemList.'
)


def read(data: bytes, limits: Limits) -> Converted:
    """The courses in *data*, numbered in their order. Raises InvalidError when it is no JSON or has none."""
    try:
        loaded: object = json.loads(encodings.decode(data))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidError(f"This is not valid JSON: {error.msg}, at {where}.") from error
    except RecursionError as error:
        raise InvalidError("It is nested too deeply to be read.") from error
    document = _Document(loaded)
    rows = [Row(0, tuple(_COLUMNS))]
    for number, node in enumerate(document.courses(), start=1):
        sheets.check_rows(number, limits, "It")
        rows.append(Row(number, tuple(cell(document, node) for cell in _COLUMNS.values())))
    if len(rows) == 1:
        raise InvalidError(_FEWEST)
    return Converted(parts=(tables.part(Table(tuple(rows))),))


class _Document:
    """Nodes of a document, with those that are only referred to."""

    def __init__(self, loaded: object) -> None:
        self._nodes = list(_within(loaded, 0))
        self._named = {str(node["@id"]): node for node in self._nodes if "@id" in node and len(node) > 1}

    def courses(self) -> Iterator[Node]:
        """Each course, and each instance that no course has."""
        instances = {id(one) for node in self._nodes for one in self.nodes(node.get("hasCourseInstance"))}
        for node in self._nodes:
            if _types(node) & _COURSES and id(node) not in instances:
                yield node
            elif "ListItem" in _types(node) and "item" not in node:
                yield node  # a link to a course on another page: told as a row without a title

    def nodes(self, value: object) -> list[Node]:
        """Those that *value* holds or refers to."""
        found = [_plain(cast(dict[str, Any], one)) for one in _list(value) if isinstance(one, dict)]
        return [self._named.get(str(one.get("@id")), one) for one in found]

    def texts(self, value: object, *names: str) -> list[str]:
        """What *value* says in words; of a node, the first of *names* that it has."""
        said = [self._text(one, names or ("name",)) for one in _list(value)]
        return [text for text in said if text]

    def text(self, value: object, *names: str) -> str:
        """As *texts*, the first."""
        return next(iter(self.texts(value, *names)), "")

    def _text(self, value: object, names: Sequence[str]) -> str:
        if not isinstance(value, dict):
            return "" if value is None or isinstance(value, bool) else squash(str(value))
        [node] = self.nodes(cast(dict[str, Any], value))
        said = (self.text(node[name]) for name in ("@value", *names) if name in node)
        return next(said, "")


def _within(value: object, depth: int) -> Iterator[Node]:
    """Every node that may be a course, or be referred to by one."""
    if depth > _DEEPEST:
        return
    for one in _list(value):
        if isinstance(one, dict):
            node = _plain(cast(dict[str, Any], one))
            yield node
            for name in _LISTS:
                yield from _within(node.get(name), depth + 1)


def _plain(node: Mapping[str, Any]) -> Node:
    return {_bare(name): value for name, value in node.items()}


def _bare(name: str) -> str:
    return name.removeprefix("schema:").removeprefix("http://schema.org/").removeprefix("https://schema.org/")


def _types(node: Node) -> set[str]:
    return {_bare(str(one)) for one in _list(node.get("@type"))}


def _list(value: object) -> list[Any]:
    if isinstance(value, dict) and "@list" in value:
        value = cast(dict[str, Any], value)["@list"]
    return cast(list[Any], value) if isinstance(value, list) else [] if value is None else [value]


def _instances(document: _Document, node: Node) -> list[Node]:
    return [node, *document.nodes(node.get("hasCourseInstance"))]


def _said(*names: str, of: Sequence[str] = ("name",)) -> Callable[[_Document, Node], str]:
    """A cell with the first of *names* that the course, or an instance of it, tells."""

    def cell(document: _Document, node: Node) -> str:
        every = (document.text(one.get(name), *of) for one in _instances(document, node) for name in names)
        return next(filter(None, every), "")

    return cell


def _several(*names: str, of: Sequence[str] = ("name",)) -> Callable[[_Document, Node], str]:
    def cell(document: _Document, node: Node) -> str:
        texts = (text for name in names for text in document.texts(node.get(name), *of))
        return "; ".join(text.replace(";", ",") for text in texts)

    return cell


def _mode(document: _Document, node: Node) -> str:
    """The first word that names a format; without one, the first there is."""
    names = ("learningResourceType", "courseMode")
    said = [
        text for one in _instances(document, node) for name in names for text in document.texts(one.get(name))
    ]
    return next((text for text in said if terms.find(terms.FORMATS, text)), next(iter(said), ""))


def _price(document: _Document, node: Node) -> str:
    said = _offer(document, node, "price", "lowPrice")
    return "free" if not said and node.get("isAccessibleForFree") is True else said


def _currency(document: _Document, node: Node) -> str:
    return _offer(document, node, "priceCurrency")


def _offer(document: _Document, node: Node, *names: str) -> str:
    offers = [offer for one in _instances(document, node) for offer in document.nodes(one.get("offers"))]
    priced = [spec for offer in offers for spec in (offer, *document.nodes(offer.get("priceSpecification")))]
    return next(filter(None, (document.text(one.get(name)) for one in priced for name in names)), "")


def _taught(document: _Document, node: Node) -> str:
    aligned = [
        document.text(one.get("targetName"))
        for one in document.nodes(node.get("educationalAlignment"))
        if document.text(one.get("alignmentType")) == "teaches"
    ]
    told = document.texts(node.get("teaches")) + [text for text in aligned if text]
    return "; ".join(text.replace(";", ",") for text in told)


def _reviewed(document: _Document, node: Node) -> str:
    pages = document.nodes(node.get("subjectOf"))
    return next(filter(None, (document.text(page.get("lastReviewed")) for page in pages)), "")


def _renewal(document: _Document, node: Node) -> str:
    awarded = document.nodes(node.get("educationalCredentialAwarded"))
    return next(filter(None, (document.text(one.get("description")) for one in awarded)), "")


_COLUMNS: dict[str, Callable[[_Document, Node], str]] = {
    "Course id": _said("courseCode", "identifier", "@id", of=("value", "@id")),
    "Course name": _said("name"),
    "Description": _said("description"),
    "Provider": _said("provider", "creator", "publisher"),
    "Format": _mode,
    "Level": _said("educationalLevel"),
    "Hours": _said("timeRequired", "courseWorkload"),
    "Cost": _price,
    "Currency": _currency,
    "Language": _said("inLanguage", of=("alternateName", "name")),
    "Competences": _taught,
    "Prerequisites": _several("coursePrerequisites", of=("courseCode", "name", "targetName")),
    "Leads to": _said("educationalCredentialAwarded", "occupationalCredentialAwarded"),
    "Renewal": _renewal,
    "CPD hours": _said("numberOfCredits", of=("value",)),
    "Offered from": _said("startDate"),
    "Offered until": _said("endDate"),
    "Reviewed on": _reviewed,
    "Keywords": _several("keywords", "about"),
    "URL": _said("url", of=("@id",)),
}
"""Each column of the table and where its cells come from."""
