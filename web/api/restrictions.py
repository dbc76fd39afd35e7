"""What is kept to groups, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.people import restrictions
from kb.people.restrictions import Extent, Kept
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.schemas import Out

router = APIRouter(prefix="/restrictions", tags=["Access"], responses=PROBLEMS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The restriction's number.")]


class RestrictionIn(BaseModel):
    """What is to be kept to which groups."""

    model_config = ConfigDict(extra="forbid")

    extent: Extent
    subject: str = Field(
        min_length=1,
        max_length=2000,
        description="An item's reference, a project's name, or what the locations of files begin with.",
        examples=["HS-L-001"],
    )
    groups: list[Annotated[str, Field(max_length=200)]] = Field(min_length=1, max_length=100)


class RestrictionOut(Out):
    """What is kept to groups."""

    number: int
    extent: Extent
    subject: str = Field(description="An item's reference, a project's name, or what locations begin with.")
    groups: list[str] = Field(description="Members of any of them may read it.")
    items: int = Field(description="How many items it is about now.")

    @staticmethod
    def of(kept: Kept) -> "RestrictionOut":
        """From a restriction."""
        return RestrictionOut.model_validate(kept)


@router.get(
    "", operation_id="list_restrictions", summary="List what is kept to groups", responses=problems(404)
)
def listed(session: SessionDep, principal: PrincipalDep) -> list[RestrictionOut]:
    """For administrators: all that is kept to groups, of what they may see themselves."""
    return [RestrictionOut.of(kept) for kept in restrictions.listed(session, principal)]


@router.post(
    "",
    status_code=201,
    operation_id="keep_to_groups",
    summary="Keep something to groups",
    responses=problems(400, 404),
)
def keep(
    wanted: RestrictionIn, session: SessionDep, principal: PrincipalDep, response: Response
) -> RestrictionOut:
    """Keep an item, a project or a place of files to some groups, whatever it was kept to before."""
    kept = restrictions.keep(session, principal, wanted.extent, wanted.subject, wanted.groups)
    response.headers["Location"] = f"/api/v1/restrictions/{kept.number}"
    return RestrictionOut.of(kept)


@router.get(
    "/{number}", operation_id="get_restriction", summary="Read a restriction", responses=problems(404)
)
def one(number: Number, session: SessionDep, principal: PrincipalDep) -> RestrictionOut:
    """What is kept to which groups."""
    return RestrictionOut.of(restrictions.get(session, principal, number))


@router.delete(
    "/{number}",
    status_code=204,
    operation_id="lift_restriction",
    summary="Lift a restriction",
    responses=problems(404),
)
def lift(number: Number, session: SessionDep, principal: PrincipalDep) -> None:
    """Keep it to no groups any more: classification alone decides who reads it."""
    restrictions.lift(session, principal, number)
