"""Training needs, for pages, API and command line: what is proposed and decided, with what speaks for it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest import markdown
from kb import facets, items
from kb.access import Permission, Principal, require
from kb.errors import NotFoundError
from kb.insight import gaps
from kb.items import ItemSummary
from kb.learning import needs
from kb.learning.needs import Decision, Subject
from kb.text import shorten
from kb.values import LessonFields
from kb.vocabulary import FacetName
from search import covering
from search.covering import Covering
from search.recurring import Themes
from web.wiring import Services
from web.wording import plural

_THEMES = 100
"""The largest are looked at."""
_GAPS = 30
"""Those that most people met are looked at."""
EXAMPLES = 5
"""Lessons that are shown as evidence."""
_CAUSES = 3
_CAUSE = 160


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that training may be needed for."""

    key: str
    """Names it until themes are found anew."""
    subject: Subject
    covered: tuple[Covering, ...]
    """Training that covers it."""
    url: str
    """The page of the theme or gap."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a need."""

    said: str
    """In numbers."""
    lessons: tuple[ItemSummary, ...]
    causes: tuple[str, ...]
    """As lessons tell them, plain text."""


def proposals(
    services: Services, session: Session, principal: Principal, themes: Themes | None
) -> list[Proposal]:
    """What nobody decided on, of *themes* and of what people searched for in vain.

    What nothing covers comes first, then the largest. Raises NotFoundError for those who do not plan what
    others learn, UnavailableError without an index.
    """
    require(principal, Permission.DEVELOP)
    found = [*_of_themes(services, session, principal, themes), *_of_gaps(services, session, principal)]
    left = needs.undecided([one.subject for one in found], needs.decided(session, principal))
    open_ = [one for one in found if one.subject in left]
    return sorted(open_, key=lambda one: (bool(one.covered), -one.subject.size, one.key))


def evidence(session: Session, principal: Principal, subject: Subject) -> Evidence:
    """What speaks for *subject*, as far as *principal* may see it."""
    if subject.gap is not None:
        asked = gaps.queries(session, principal, subject.gap)
        people = "1 person" if subject.size == 1 else f"{subject.size:,} people"
        typed = "; ".join(f"“{one.words}”" for one in asked[:EXAMPLES])
        return Evidence(f"{people} searched in vain: {typed}", (), ())
    visible = items.visible_among(session, principal, subject.lessons)
    seen = [id_ for id_ in subject.lessons if id_ in visible]
    projects = len(facets.count(session, principal, seen)[FacetName.PROJECT])
    shown = items.details(session, principal, seen[:EXAMPLES])
    told = [one.fields.causes for one in shown if isinstance(one.fields, LessonFields)]
    causes = [shorten(markdown.plain(_first_entry(text)), _CAUSE) for text in told if text.strip()]
    named = f" in {plural(projects, 'project')}" if projects else "; none names its project"
    return Evidence(
        plural(len(seen), "lesson") + named, tuple(one.head for one in shown), tuple(causes[:_CAUSES])
    )


def decide(
    services: Services,
    session: Session,
    principal: Principal,
    themes: Themes | None,
    which: str,
    decision: Decision,
) -> int:
    """Decide on *which*: the key of a proposal, or the number of a need; the need's number.

    Raises NotFoundError when it is there no more, and as `kb.learning.needs` does.
    """
    if which.isdecimal():
        needs.change(session, principal, int(which), decision)
        return int(which)
    for proposal in proposals(services, session, principal, themes):
        if proposal.key == which:
            return needs.keep(session, principal, proposal.subject, decision)
    raise NotFoundError(
        f"{which[:120]!r} is not proposed any more: it was decided on, or the themes changed. Look again."
    )


def _of_themes(
    services: Services, session: Session, principal: Principal, themes: Themes | None
) -> list[Proposal]:
    found = themes.found[:_THEMES] if themes else ()
    covered = covering.of_themes(services.search(), session, principal, [theme.items for theme in found])
    return [
        Proposal(
            f"theme-{theme.key}",
            Subject(theme.name, len(theme.items), theme.items),
            tuple(training),
            f"/insight/themes/{theme.key}",
        )
        for theme, training in zip(found, covered, strict=True)
    ]


def _of_gaps(services: Services, session: Session, principal: Principal) -> list[Proposal]:
    found = gaps.listed(session, principal, offset=0, limit=_GAPS)
    covered = covering.of_topics(services.search(), session, principal, [gap.title for gap in found])
    return [
        Proposal(
            f"gap-{gap.id}",
            Subject(gap.title, gap.people, gap=gap.id),
            tuple(training),
            f"/insight/gaps/{gap.id}",
        )
        for gap, training in zip(found, covered, strict=True)
    ]


def _first_entry(text: str) -> str:
    return text.strip().split("\n", 1)[0]
