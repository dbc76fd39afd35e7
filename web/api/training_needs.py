"""Training needs over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import UnavailableError
from kb.learning import needs
from kb.vocabulary import NeedState
from search.recurring import Themes
from web.api.problems import PROBLEMS, problems
from web.base.studies import Studies, Study
from web.http.deps import PrincipalDep, ServicesDep, SessionDep, StudiesDep
from web.learning import training_needs
from web.learning.need_schemas import (
    DecisionIn,
    NeedOut,
    NeedProposalOut,
    NeedProposalsOut,
    NeedsOut,
    ProposalDecisionIn,
)
from web.searching.choices import PagingDep
from web.searching.links import add_links

router = APIRouter(prefix="/training-needs", tags=["Learning"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The need's number.")]


@router.get(
    "/proposals",
    operation_id="list_proposed_training_needs",
    summary="List proposed training needs",
    responses=problems(404, 503),
)
def proposals(
    request: Request,
    response: Response,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
    wanted: PagingDep,
) -> NeedProposalsOut:
    """A page of recurring themes and of topics that people searched for in vain, with what covers them.

    What nothing covers comes first. Answers 503 while themes are being found.
    """
    studies.gaps(session)
    found = training_needs.proposals(services, session, principal, _themes(studies, session, principal))
    add_links(request, response, wanted.page, wanted.pages(len(found)))
    shown = found[wanted.offset : wanted.offset + wanted.size]
    return NeedProposalsOut(
        **wanted.figures(len(found)),
        proposals=[NeedProposalOut.of(session, principal, one) for one in shown],
    )


@router.get("", operation_id="list_training_needs", summary="List training needs", responses=problems(404))
def listed(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    wanted: PagingDep,
    state: Annotated[NeedState, Query(description="Only needs in this state.")] = NeedState.ACCEPTED,
) -> NeedsOut:
    """A page of what was decided on, the latest first."""
    total = needs.counts(session, principal)[state]
    add_links(request, response, wanted.page, wanted.pages(total))
    found = needs.listed(session, principal, state, offset=wanted.offset, limit=wanted.size)
    return NeedsOut(**wanted.figures(total), needs=[NeedOut.of(session, principal, one) for one in found])


@router.post(
    "",
    status_code=201,
    operation_id="decide_proposed_training_need",
    summary="Decide on a proposed training need",
    responses=problems(403, 404, 409, 503),
)
def decide(
    wanted: ProposalDecisionIn,
    services: ServicesDep,
    session: SessionDep,
    principal: PrincipalDep,
    studies: StudiesDep,
) -> NeedOut:
    """Accept what is proposed, mark it as met by training, or dismiss it until it has grown much."""
    themes = _themes(studies, session, principal)
    number = training_needs.decide(services, session, principal, themes, wanted.key, wanted.decision())
    return NeedOut.of(session, principal, needs.get(session, principal, number))


@router.patch(
    "/{number}",
    operation_id="change_training_need",
    summary="Change a training need",
    responses=problems(403, 404),
)
def change(number: Number, wanted: DecisionIn, session: SessionDep, principal: PrincipalDep) -> NeedOut:
    """Decide otherwise on a need."""
    needs.change(session, principal, number, wanted.decision())
    return NeedOut.of(session, principal, needs.get(session, principal, number))


def _themes(studies: Studies, session: Session, principal: Principal) -> Themes:
    """The themes. Raises UnavailableError while they are being found."""
    found = studies.themes(session, principal)
    if isinstance(found, Study):
        raise UnavailableError(found.failed or f"Themes are being found ({found.said}). Ask again soon.")
    return found
