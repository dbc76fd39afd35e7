"""What is learned from lessons, as tables: for downloads and the command line alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest.workbook import Cell
from kb import items
from kb.access import Principal
from kb.insight import gaps, slices
from kb.insight.ageing import Age, TurnRound
from kb.insight.coverage import Cell as CoverageCell
from kb.insight.gaps import Gap
from kb.insight.shares import Share
from kb.insight.slices import NONE, Slice
from kb.insight.trends import Trends
from kb.items import ItemSummary
from kb.push import telling
from kb.push.telling import Tally
from kb.values import ItemId
from kb.vocabulary import GapState, Having, label
from search.recurring import Theme, Themes
from web.addresses import query_string
from web.files.sheets import Sheet

LIMIT = 50_000
"""Rows of a file at most."""
_BRIEF = 6
"""Years that a terminal shows."""
EXAMPLES = 3
"""Lessons that stand for a theme."""

HAVING = {
    Having.ACTION: "With a remedial action",
    Having.VALIDATED: "With an action that was found to work",
    Having.APPLIED: "Applied by a project",
    Having.USED: "Applied, learned or come back",
    Having.RECURRED: "Came back",
    Having.ENDORSED: "Submitted and endorsed here",
    Having.LEARNED: "Submitted here and learned",
}
"""What became of lessons, for people."""


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme with its figures and the lessons that stand for it."""

    theme: Theme
    tally: Tally
    examples: tuple[ItemSummary, ...]


def lessons_url(wanted: Slice) -> str:
    """The page of the lessons of a slice."""
    return "/insight/lessons" + query_string(wanted.as_json())


def named(value: str) -> str:
    """A term of lessons for people; lessons may not say."""
    return "Not said" if value == NONE else label(value)


def told(wanted: Slice) -> str:
    """Which lessons a slice holds, in words; empty when all."""
    parts = [named(value) for value in (wanted.area, wanted.phase) if value]
    if wanted.polarity:
        parts.append(f"polarity {named(wanted.polarity).lower()}")
    if wanted.status:
        parts.append(label(wanted.status).lower())
    if wanted.year:
        parts.append("undated" if wanted.year == NONE else wanted.year)
    if wanted.having:
        parts.append(HAVING[wanted.having].lower())
    if wanted.lacking:
        parts.append(f"not: {HAVING[wanted.lacking].lower()}")
    return ", ".join(parts)


def views(session: Session, principal: Principal, themes: Themes) -> list[ThemeView]:
    """The themes with their figures."""
    tallies = telling.tallies(session, principal, [theme.items for theme in themes.found])
    wanted = [item for theme in themes.found for item in theme.items[:EXAMPLES]]
    known = items.summaries(session, principal, wanted)
    return [
        ThemeView(theme, tally, tuple(known[i] for i in theme.items[:EXAMPLES] if i in known))
        for theme, tally in zip(themes.found, tallies, strict=True)
    ]


def of_theme(
    session: Session, principal: Principal, theme: Theme, *, offset: int, limit: int
) -> list[ItemSummary]:
    """A page of the lessons of a theme, the most typical first."""
    page: Sequence[ItemId] = theme.items[offset : offset + limit]
    known = items.summaries(session, principal, page)
    return [known[item] for item in page if item in known]


@dataclass(frozen=True, slots=True)
class GapChange:
    """What somebody does about a gap."""

    state: GapState
    owner: str = ""
    item: str = ""
    note: str = ""


def change_gap(session: Session, principal: Principal, number: int, change: GapChange) -> None:
    """Assign, resolve, dismiss or reopen a gap. Raises as `kb.insight.gaps` does."""
    if change.state is GapState.ASSIGNED:
        gaps.assign(session, principal, number, change.owner)
    elif change.state is GapState.RESOLVED:
        gaps.resolve(session, principal, number, change.item, change.note)
    elif change.state is GapState.DISMISSED:
        gaps.dismiss(session, principal, number, change.note)
    else:
        gaps.reopen(session, principal, number)


def trends_sheet(found: Trends) -> Sheet:
    """A line for each area, phase or polarity, a column for each year."""
    years = tuple(str(year) if year else "Undated" for year in found.years)
    return Sheet(
        f"lessons-by-{found.by}",
        (label(found.by), "Lessons", "Positive", "Negative", "Share negative", *years),
        tuple(
            (
                named(row.value),
                row.total,
                row.positive,
                row.negative,
                _rounded(row.share_negative),
                *(row.years.get(year, 0) for year in found.years),
            )
            for row in found.rows
        ),
        (label(found.by), "Lessons", "Share negative", *years[-_BRIEF:]),
    )


def themes_sheet(found: Sequence[ThemeView]) -> Sheet:
    """A line for each theme."""
    return Sheet(
        "themes",
        ("Theme", "Lessons", "Share negative", "First year", "Last year", "Examples"),
        tuple(
            (
                view.theme.name,
                view.tally.lessons,
                _rounded(view.tally.share_negative),
                min(view.tally.years, default=None),
                max(view.tally.years, default=None),
                "; ".join(f"{item.ref} {item.title}" for item in view.examples),
            )
            for view in found
        ),
        ("Theme", "Lessons", "Share negative", "First year", "Last year"),
    )


def progress_sheet(ages: Sequence[Age], turns: Sequence[TurnRound], shares: Sequence[Share]) -> Sheet:
    """A line for each figure of how lessons get on."""
    rows: list[tuple[Cell, ...]] = [
        (
            f"In status {label(age.status).lower()}",
            age.lessons,
            None,
            round(age.median, 1),
            round(age.longest, 1),
        )
        for age in ages
    ]
    rows += [(turn.name, turn.lessons, None, _rounded(turn.median), _rounded(turn.longest)) for turn in turns]
    rows += [(share_name(share), share.lessons, _rounded(share.share), None, None) for share in shares]
    return Sheet("progress", ("Figure", "Lessons", "Share", "Median days", "Longest days"), tuple(rows))


def share_name(share: Share) -> str:
    """What a share is of."""
    among = f" (of those {HAVING[share.of].lower()})" if share.of else ""
    return HAVING[share.having] + among


def coverage_sheet(cells: Sequence[CoverageCell]) -> Sheet:
    """A line for each area and phase."""
    return Sheet(
        "coverage",
        ("Knowledge area", "Phase", "Lessons", "Practices", "Templates", "Missing"),
        tuple(
            (
                label(cell.area),
                label(cell.phase),
                cell.lessons,
                cell.practices,
                cell.templates,
                ", ".join(cell.lacks),
            )
            for cell in cells
        ),
    )


def gaps_sheet(found: Sequence[Gap]) -> Sheet:
    """A line for each knowledge gap."""
    columns = ("Gap", "Searched for", "State", "People", "Times", "Nothing found", "Owner", "Answer", "Note")
    return Sheet(
        "knowledge-gaps",
        (*columns, "First", "Latest", "Reopened"),
        tuple(
            (
                gap.id,
                gap.title,
                label(gap.state),
                gap.people,
                gap.times,
                gap.empty,
                gap.owner,
                gap.item.ref if gap.item else "",
                gap.note,
                gap.opened_at.date(),
                gap.latest_at.date(),
                gap.reopened,
            )
            for gap in found
        ),
        ("Gap", "Searched for", "State", "People", "Times", "Owner"),
    )


def lessons_sheet(name: str, found: Sequence[ItemSummary]) -> Sheet:
    """A line for each lesson."""
    return Sheet(
        name,
        ("Reference", "Title", "Status", "Project", "Organisation", "Date"),
        tuple(
            (item.ref, item.title, label(item.status), item.project, item.organisation, item.dated)
            for item in found
        ),
        ("Reference", "Title", "Status"),
    )


def lessons_of(session: Session, principal: Principal, wanted: Slice) -> Sheet:
    """All lessons of a slice."""
    return lessons_sheet("lessons", slices.listed(session, principal, wanted, offset=0, limit=LIMIT))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
