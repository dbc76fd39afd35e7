"""The pages of lessons briefs: all of them, a new one, and one with its needs, lessons and verdicts."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy.orm import Session

from kb import projects
from kb.access import Permission, Principal, cleared
from kb.briefs import drawing, needs, reading, signing, verdicts
from kb.briefs.stored import Decision, StoredBrief, StoredEntry
from kb.briefs.values import NeedKind
from kb.errors import InvalidError
from kb.text import shorten
from kb.vocabulary import Classification, Target, Verdict, term
from search.briefs import charter as charters
from web.addresses import brief_url, paged
from web.briefs import briefs, premortem
from web.briefs.brief_risks import gist
from web.briefs.briefs import Looking
from web.http.deps import PrincipalDep, ServicesDep, SessionDep
from web.imports.uploads import FormDep
from web.layout import page, streamed
from web.rendering import render
from web.searching import reasons
from web.searching.choices import PagingDep
from web.writing.form_values import day_if_any

router = APIRouter(prefix="/briefs")

_KNOWN_PROJECTS = 500
_UNDECIDED = "undecided"

Number = Annotated[int, Path(ge=1, le=10_000)]
VersionQuery = Annotated[int | None, Query(ge=1, le=100_000)]


@router.get("")
def overview(session: SessionDep, principal: PrincipalDep, wanted: PagingDep) -> HTMLResponse:
    """The briefs, newest first, and a form for another one."""
    total = reading.count(session, principal)
    return page(
        "briefs.html",
        briefs=reading.listed(session, principal, offset=wanted.offset, limit=wanted.size),
        total=total,
        page=wanted.page,
        pages=wanted.pages(total),
        page_url=paged("/briefs"),
        projects=projects.listed(session, principal, offset=0, limit=_KNOWN_PROJECTS),
        classifications=cleared(principal),
        may_draw=principal.may(Permission.CONTRIBUTE),
    )


@router.post("")
def draw(
    form: FormDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Keep a brief for a charter, and lead to it."""
    said = term(Classification, form.fields.get("classification", "")) or Classification.INTERNAL
    code = briefs.begin(services, session, principal, briefs.uploaded(form.folder, form.fields), said)
    return _back(code)


@router.get("/{code}")
def show(
    code: str,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    show: str = "",
    version: VersionQuery = None,
) -> Response:
    """A brief; while its needs are looked up, what answers each shows at once."""
    found = reading.get(session, principal, code, version)
    if briefs.waiting(principal, found):
        shown = _Shown(services, principal, Looking(services, principal, found), show)
        frame = _frame(session, principal, found) | {"looking": shown.looking, "shown": shown}
        return streamed("brief.html", **frame)
    return page("brief.html", **_frame(session, principal, found), **_body(session, principal, found, show))


@router.get("/{code}/news")
def news(code: str, services: ServicesDep, session: SessionDep, principal: PrincipalDep) -> HTMLResponse:
    """What became of a brief since its needs were looked up."""
    found = reading.get(session, principal, code)
    return page("brief_news.html", brief=found, news=briefs.news(services, session, principal, code))


@router.get("/{code}/charter")
def charter(
    code: str, session: SessionDep, principal: PrincipalDep, version: VersionQuery = None
) -> HTMLResponse:
    """The text that a version was drawn from."""
    found = reading.get(session, principal, code, version)
    text = reading.charter(session, principal, code, version)
    return page("brief_charter.html", brief=found, text=render(text[:_CHARTER]), cut=len(text) > _CHARTER)


@router.get("/{code}/projects")
def similar(
    code: str,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    version: VersionQuery = None,
) -> HTMLResponse:
    """Earlier projects that are like this one, and why."""
    found = reading.get(session, principal, code, version)
    return page(
        "brief_projects.html", brief=found, similar=briefs.similar(services, session, principal, found)
    )


@router.get("/{code}/pre-mortem")
def pre_mortem(
    code: str,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    version: VersionQuery = None,
) -> HTMLResponse:
    """How the project could fail."""
    found = reading.get(session, principal, code, version)
    pack = premortem.of(services, session, principal, found)
    return page("pre_mortem.html", brief=found, pack=pack, gist=gist)


@router.post("/{code}/look")
def look(code: str, session: SessionDep, principal: PrincipalDep) -> RedirectResponse:
    """Have the needs looked up again."""
    drawing.look_again(session, principal, code)
    return _back(code, "lessons")


@router.post("/{code}/needs")
def add_need(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    kind: Annotated[NeedKind, Form()] = NeedKind.RISK,
    text: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Add a need."""
    needs.add(session, principal, code, kind, text)
    return _back(code)


@router.post("/{code}/needs/{number}")
def change_need(
    code: str,
    number: Number,
    session: SessionDep,
    principal: PrincipalDep,
    action: Annotated[str, Form()] = "change",
    kind: Annotated[NeedKind, Form()] = NeedKind.RISK,
    text: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Change a need, drop it, take it back, or offer it as a knowledge gap."""
    if action in ("drop", "restore"):
        needs.drop(session, principal, code, number, dropped=action == "drop")
    elif action == "gap":
        gap = needs.offer(session, principal, code, number)
        return RedirectResponse(f"/insight/gaps/{gap}", status_code=303)
    else:
        needs.change(session, principal, code, number, kind, text)
    return _back(code)


@router.post("/{code}/verdicts")
def decide(  # noqa: PLR0913 - each is a field of the form
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    ref: Annotated[str, Form()],
    verdict: Annotated[str, Form()] = "",
    rationale: Annotated[str, Form()] = "",
    owner: Annotated[str, Form()] = "",
    due: Annotated[str, Form()] = "",
    show: Annotated[str, Form()] = "",
) -> Response:
    """Give a lesson a verdict; what can't be taken comes back with what was typed."""
    typed = {"ref": ref, "verdict": verdict, "rationale": rationale, "owner": owner, "due": due}
    try:
        said = term(Verdict, verdict)
        if said is None:
            raise InvalidError("Choose a verdict.")
        text = rationale.replace("\r\n", "\n")
        decision = Decision(said, text, owner, day_if_any(due))
        verdicts.decide(session, principal, code, ref, decision)
    except InvalidError as error:
        found = reading.get(session, principal, code)
        frame = _frame(session, principal, found) | {"fault": typed | {"message": str(error)}}
        return page("brief.html", 400, **frame, **_body(session, principal, found, show))
    where = f"{brief_url(code)}?show={show}" if show else brief_url(code)
    return RedirectResponse(f"{where}#entry-{ref}", status_code=303)


@router.post("/{code}/sign-offs")
def sign(
    code: str,
    session: SessionDep,
    principal: PrincipalDep,
    gate: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Stand for the brief at a gate."""
    signing.sign(session, principal, code, gate, note.replace("\r\n", "\n"))
    return _back(code)


@router.post("/{code}/versions")
def renew(
    code: str, form: FormDep, services: ServicesDep, session: SessionDep, principal: PrincipalDep
) -> RedirectResponse:
    """Open the next version, of another charter if one is given."""
    said = briefs.uploaded(form.folder, form.fields)
    other = said.path is not None or said.text.strip()
    draft = briefs.charter(services, session, principal, said) if other else None
    drawing.renew(session, principal, code, form.fields.get("reason", ""), draft)
    return _back(code)


_CHARTER = 200_000
"""Characters of a charter that are shown."""
_ADVICE = 1_000
"""Characters of an advice that are shown."""
_OPEN, _ASKED = 12, 300
"""Open needs, and characters of each, that practices are asked for: an address has its limits."""


class _Shown:
    """What the page shows below the needs, once they were looked up."""

    def __init__(self, services: ServicesDep, principal: Principal, looking: Looking, show: str) -> None:
        self.looking = looking
        self._services = services
        self._principal = principal
        self._show = show

    def body(self) -> dict[str, Any]:
        """The rest of the page."""
        with self._services.sessions() as session:
            return _body(session, self._principal, self.looking.brief, self._show)


@dataclass(frozen=True, slots=True)
class _Advice:
    """What a lesson says to do, or how that begins."""

    html: Markup
    whole: bool


def _advice(text: str) -> _Advice:
    shown = text if len(text) <= _ADVICE else text[:_ADVICE].rpartition("\n\n")[0] or shorten(text, _ADVICE)
    return _Advice(render(shown).html, shown == text)


def _frame(session: Session, principal: Principal, found: StoredBrief) -> dict[str, Any]:
    """What stands around the lessons of a brief."""
    number = found.version.number
    text = reading.charter(session, principal, found.head.code, number)
    read = [one.need for one in found.needs if one.origin != "added"]
    return {
        "brief": found,
        "doubts": charters.doubts(text, read) if found.version.looked_at is None else (),
        "need_kinds": list(NeedKind),
        "verdicts": list(Verdict),
        "may_change": found.open and principal.may(Permission.CONTRIBUTE),
        "may_decide": principal.may(Permission.CONTRIBUTE),
        "may_renew": found.newest and principal.may(Permission.CONTRIBUTE),
        "may_sign": found.newest and principal.may(Permission.REVIEW),
        "me": principal.name,
        "looking": None,
        "fault": None,
    }


def _body(session: Session, principal: Principal, found: StoredBrief, show: str) -> dict[str, Any]:
    known = briefs.known(session, principal, found)
    lessons = [one for one in found.entries if one.asks]
    counts = Counter(_state(one) for one in lessons)
    looked = found.version.looked_at
    return {
        "now": found,
        "entries": [one for one in lessons if show in ("", _state(one))],
        "others": [one for one in found.entries if not one.asks],
        "by_number": {one.number: one.need for one in found.needs},
        "marks": {
            one.item.id: reasons.became(one.item, known.record(one.item.id), known.found(one.item.id))
            for one in found.entries
        },
        "advice": {
            item: _advice(said.recommendation)
            for item, said in known.lessons.items()
            if said.recommendation.strip()
        },
        "actions": known.actions,
        "targets": list(Target),
        "open_needs": [shorten(one.need.text, _ASKED) for one in found.unanswered[:_OPEN]],
        "show": show,
        "states": [(state, counts[state]) for state in (_UNDECIDED, *Verdict)],
        "stale": found.newest and looked is not None and signing.base_changed(session, principal, looked),
    }


def _state(entry: StoredEntry) -> str:
    return entry.decided.decision.verdict if entry.decided else _UNDECIDED


def _back(code: str, anchor: str = "") -> RedirectResponse:
    return RedirectResponse(brief_url(code) + (f"#{anchor}" if anchor else ""), status_code=303)
