"""How items stand to one another, over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from kb.life import relations
from kb.life.relations import Related
from kb.vocabulary import Link
from web.api.items import Ref
from web.api.problems import PROBLEMS, problems
from web.http.deps import PrincipalDep, SessionDep
from web.schemas import ItemOut, Out

router = APIRouter(tags=["Relations"], responses=PROBLEMS)


class RelationOut(Out):
    """Another item, and how it stands to the one asked about."""

    item: ItemOut
    link: Link
    outgoing: bool = Field(description="Whether the link goes from the item asked about to this one.")
    at: datetime
    author: str
    note: str

    @staticmethod
    def of(related: Related) -> "RelationOut":
        """From a relation."""
        return RelationOut(
            item=ItemOut.of(related.item),
            link=related.link,
            outgoing=related.outgoing,
            at=related.at,
            author=related.author,
            note=related.note,
        )


class RelationIn(BaseModel):
    """How the item stands to another."""

    model_config = ConfigDict(extra="forbid")

    link: Link
    other: str = Field(description="Reference of the other item.", examples=["HS-L-002"])
    note: str = ""


@router.get(
    "/items/{ref:path}/relations",
    operation_id="list_relations",
    summary="List an item's relations",
    responses=problems(404),
)
def of_item(ref: Ref, session: SessionDep, principal: PrincipalDep) -> list[RelationOut]:
    """Duplicates, what supersedes it, what contradicts or supports it, in the order they were noted."""
    return [RelationOut.of(related) for related in relations.of_item(session, principal, ref)]


@router.post(
    "/items/{ref:path}/relations",
    status_code=204,
    operation_id="add_relation",
    summary="Relate an item to another",
    responses=problems(403, 404, 409),
)
def relate(ref: Ref, wanted: RelationIn, session: SessionDep, principal: PrincipalDep) -> None:
    """Note how an item stands to another; a lesson that is superseded is out of use from then on."""
    relations.relate(session, principal, ref, wanted.link, wanted.other, wanted.note)


@router.delete(
    "/items/{ref:path}/relations/{link}/{other:path}",
    status_code=204,
    operation_id="remove_relation",
    summary="Take a relation back",
    responses=problems(403, 404),
)
def part(
    ref: Ref,
    link: Annotated[Link, Path(description="How the item stands to the other.")],
    other: Annotated[str, Path(description="Reference of the other item.")],
    session: SessionDep,
    principal: PrincipalDep,
) -> None:
    """Forget how an item stands to another."""
    relations.part(session, principal, ref, link, other)
