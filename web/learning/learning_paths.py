"""Learning paths for pages, API and command line: what to learn, in which order, and why."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.errors import NotFoundError
from kb.learning.values import Gap
from search.paths import blocking, unstated
from search.paths.values import Blocked, Measure
from web.learning import cases
from web.learning.cases import Asked, Member
from web.learning.telling import Option, Teller
from web.wiring import Services

SECONDS = 4.0
"""For each option, after which the best that was found is taken."""


@dataclass(frozen=True, slots=True)
class Found:
    """The ways to a goal, or why there is none."""

    asked: Asked
    goal: str
    """What they lead to, in words."""
    roles: tuple[str, ...]
    """Names."""
    team: tuple[Member, ...]
    missing: tuple[Gap, ...]
    options: tuple[Option, ...]
    blocked: Blocked
    """Empty where there are options."""
    titles: dict[str, str]
    """Of training, by reference."""
    widened: bool = False
    """Whether nothing but certifications of unknown hours, which were not asked for, makes a path."""

    @property
    def title(self) -> str:
        """Of a path to the goal."""
        return f"Learning path to {self.goal}"

    def option(self, number: int) -> Option:
        """The option with that number, from 1. Raises NotFoundError."""
        if not 0 < number <= len(self.options):
            raise NotFoundError(f"There is no option {number}; there are {len(self.options)}.")
        return self.options[number - 1]


def find(services: Services, session: Session, principal: Principal, asked: Asked) -> Found:
    """Up to three ways to what was *asked*, the best first.

    Raises InvalidError when no role is asked for, NotFoundError for a role, person or training that is not
    there, UnavailableError when no way was found in time.
    """
    case = cases.look_up(session, principal, asked)
    found = unstated.paths(case.courses, case.wish, seconds=SECONDS)
    wider = None if found else cases.with_certifications(case.wish)
    if wider is not None:
        found = unstated.paths(case.courses, wider, seconds=SECONDS)
    teller = Teller(services, session, principal, case)
    teller.look_up(found)
    return Found(
        asked,
        case.title,
        case.roles,
        case.members,
        case.missing,
        tuple(teller.option(path) for path in found),
        Blocked() if found else blocking.blocked(case.courses, case.wish, SECONDS),
        {offer.ref: offer.title for offer in case.offers.values()},
        widened=wider is not None and bool(found),
    )


def unmet(blocked: Blocked) -> list[str]:
    """Levels, and training that is to be taken, to which nothing leads, in sentences."""
    return [
        *(
            f"Nothing here leads to {one.competence} at level {one.wanted}; the most is {one.reachable}."
            for one in blocked.unmet
        ),
        *(f"Nothing here leads to what {ref} asks for first." for ref in blocked.stuck),
    ]


def ways(asked: Asked, blocked: Blocked) -> list[str]:
    """What would have to be given up for a path to exist, in sentences; each is enough."""
    said: list[str] = []
    for way in blocked.ways:
        parts = [
            f"{one.limit}: {one.budget:g} instead of {asked.wish.budget[Measure(one.limit)]:g}"
            if one.budget is not None
            else f"{_CONDITIONS[one.limit]} ({', '.join(one.courses)})"
            for one in way
        ]
        said.append("Allow " + ", and ".join(parts) + ".")
    return said


def sentences(asked: Asked, blocked: Blocked) -> list[str]:
    """All that stands between what was *asked* and a path."""
    return [*unmet(blocked), *ways(asked, blocked)]


_CONDITIONS = {
    "language": "training in another language",
    "format": "other formats, or certificates and assessments",
    "dates": "training that is not on offer all the time",
    "unknown": "training of which nobody states the hours or the cost",
}
