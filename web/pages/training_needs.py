"""The page of training needs."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import UnavailableError
from kb.learning import needs
from kb.learning.needs import Decision
from kb.vocabulary import NeedState
from search.recurring import Themes
from web.addresses import paged, query_string
from web.base.studies import Studies, Study
from web.http.deps import PrincipalDep, ServicesDep, SessionDep, StudiesDep
from web.layout import page
from web.learning import training_needs
from web.learning.need_schemas import NeedOut, NeedProposalOut
from web.searching.choices import PageNumber
from web.searching.finding import Paging

router = APIRouter(prefix="/training-needs")

_PAGE = 10


@router.get("")
def listed(
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    state: Annotated[NeedState | None, Query()] = None,
    at: Annotated[PageNumber, Query(alias="page")] = 1,
) -> HTMLResponse:
    """What is proposed, or what was decided."""
    wanted = Paging(at, _PAGE)
    counts = needs.counts(session, principal)
    proposed: list[NeedProposalOut] = []
    decided: list[NeedOut] = []
    study = None
    if state is None:
        studies.gaps(session)
        themes, study = _themes(studies, session, principal)
        ready = services.search().ready
        found = training_needs.proposals(services, session, principal, themes) if ready else []
        total = len(found)
        shown = found[wanted.offset : wanted.offset + wanted.size]
        proposed = [NeedProposalOut.of(session, principal, one) for one in shown]
    else:
        total = counts[state]
        kept = needs.listed(session, principal, state, offset=wanted.offset, limit=wanted.size)
        decided = [NeedOut.of(session, principal, one) for one in kept]
    return page(
        "training_needs.html",
        section="training",
        state=state,
        counts=counts,
        study=study,
        proposals=proposed,
        needs=decided,
        total=total,
        page=at,
        pages=wanted.pages(total),
        page_url=paged("/training-needs", state=state),
    )


@router.post("")
def decide(  # noqa: PLR0913 - each is one thing FastAPI brings in
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    which: Annotated[str, Form(max_length=120)],
    state: Annotated[NeedState, Form()],
    owner: Annotated[str, Form(max_length=200)] = "",
    item: Annotated[str, Form(max_length=200)] = "",
    note: Annotated[str, Form(max_length=20_000)] = "",
) -> RedirectResponse:
    """Accept, meet or dismiss what is proposed or was decided before."""
    # What was decided before has a number; only what is proposed needs the themes.
    themes = None if which.isdecimal() else _themes(studies, session, principal)[0]
    decision = Decision(state, owner, item, note)
    training_needs.decide(services, session, principal, themes, which, decision)
    back = {"state": state} if which.isdecimal() else {}
    return RedirectResponse("/training-needs" + query_string(back), status_code=303)


def _themes(studies: Studies, session: Session, principal: Principal) -> tuple[Themes | None, Study | None]:
    """The themes, or why there are none yet."""
    try:
        found = studies.themes(session, principal)
    except UnavailableError as error:
        return None, Study(failed=str(error))
    return (None, found) if isinstance(found, Study) else (found, None)
