"""Templates, and what every page shares."""

import hashlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from kb.vocabulary import Kind, label
from search.results import Snippet
from web.addresses import (
    adoption_url,
    brief_url,
    item_url,
    kept_path_url,
    query_string,
    search_url,
    session_url,
)
from web.wording import day, hours, moment, p_value, percent, plural, price, saved, share, short_day

_FLUSH = "\f"
"""Where a piece of a streamed page ends; of a text that has it nothing is lost that can be seen."""
KIND_PLURAL = {
    Kind.LESSON: "Lessons",
    Kind.PRACTICE: "Practices",
    Kind.TEMPLATE: "Templates",
    Kind.TRAINING: "Training",
    Kind.DOCUMENT: "Documents",
}
_STATIC = files("web") / "static"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever is signed in, as each page tells."""

    name: str
    administers: bool


VIEWER: ContextVar[Viewer | None] = ContextVar("viewer", default=None)
"""For whom a page is; None as long as nobody signs in."""


def page(template: str, /, status: int = 200, **context: Any) -> HTMLResponse:
    """*template* filled with *context*.

    `q` fills the search box, `hidden` goes with its form, `section` names the place in the navigation.
    """
    shared: dict[str, Any] = {"q": "", "section": "", "hidden": [], "status": status, "viewer": VIEWER.get()}
    text = filled(template, **shared | context)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def streamed(template: str, /, **context: Any) -> StreamingResponse:
    """As *page*, sent in pieces, each at a `{{ flush }}`: what *context* iterates over may take its time."""
    shared: dict[str, Any] = {"q": "", "section": "", "hidden": [], "status": 200, "viewer": VIEWER.get()}
    parts = _environment().get_template(template).generate(shared | context)
    return StreamingResponse(
        _pieces(parts),
        media_type="text/html; charset=utf-8",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _pieces(parts: Iterable[str]) -> Iterator[bytes]:
    """Every piece costs a change of threads, and a template gives some thousands of parts."""
    held: list[str] = []
    for part in parts:
        held.append(part)
        if _FLUSH in part:
            yield "".join(held).replace(_FLUSH, "").encode()
            held.clear()
    yield "".join(held).encode()


def filled(template: str, /, **context: Any) -> str:
    """*template* filled with *context* alone."""
    return _environment().get_template(template).render(context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    environment.globals.update(_GLOBALS)
    return environment


@cache
def static(name: str) -> str:
    """The address of a static file; changes with its content, so that it may be cached for ever."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def marked(snippet: Snippet) -> Markup:
    """The snippet as HTML, matched words in <mark>."""
    parts: list[Markup] = []
    position = 0
    for start, end in snippet.marks:
        parts += (
            escape(snippet.text[position:start]),
            Markup("<mark>{}</mark>").format(snippet.text[start:end]),
        )
        position = end
    return Markup("").join((*parts, escape(snippet.text[position:])))


def code(text: str) -> Markup:
    """*text* as HTML, what stands between backticks in <code>."""
    pieces = enumerate(text.split("`"))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece) for number, piece in pieces
    )


_FILTERS: dict[str, Any] = {
    "code": code,
    "marked": marked,
    "label": label,
    "day": day,
    "moment": moment,
    "short_day": short_day,
    "percent": percent,
    "plural": plural,
    "p_value": p_value,
    "share": share,
    "saved": saved,
}
_GLOBALS: dict[str, Any] = {
    "flush": _FLUSH,
    "static": static,
    "hours": hours,
    "price": price,
    "item_url": item_url,
    "search_url": search_url,
    "session_url": session_url,
    "adoption_url": adoption_url,
    "brief_url": brief_url,
    "kept_path_url": kept_path_url,
    "kinds": KIND_PLURAL,
    "query_string": query_string,
}
