"""What pages of signing in ask for."""

from typing import Annotated, cast

from fastapi import Depends, Request

from kb.people.values import Place
from web.signin.entrance import Entrance


def entrance(request: Request) -> Entrance:
    """What knows who is let in."""
    return cast(Entrance, request.app.state.entrance)


def place(request: Request) -> Place:
    """Where a request comes from."""
    address = request.client.host if request.client else ""
    return Place(request.headers.get("user-agent", ""), address)


EntranceDep = Annotated[Entrance, Depends(entrance)]
PlaceDep = Annotated[Place, Depends(place)]
