"""Earlier projects that are like the one of a charter, and what of them says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import items, passages
from kb.access import Principal
from kb.briefs.values import Entry, Match, Need
from kb.values import Filters, ItemId, PassageId
from kb.vocabulary import FacetName
from search import fusion, meanings
from search.engine import Engine
from search.evidence import Lookup
from search.hits import Asked
from search.projects import Projects, SimilarProject

_WHY = 3
"""Items of a project that are shown for it."""


@dataclass(frozen=True, slots=True)
class AlikeProject:
    """An earlier project, and why it is like the one of the charter."""

    project: SimilarProject
    why: tuple[Entry, ...]
    """What was learned in it that lies nearest to some of the needs, the nearest first."""


def alike(
    engine: Engine,
    projects: Projects,
    session: Session,
    principal: Principal,
    needs: Sequence[Need],
    limit: int = 5,
) -> list[AlikeProject]:
    """At most *limit* projects whose items mean most nearly what *needs* together mean, most alike first.

    Only of what *principal* may see. None without needs. Raises UnavailableError without an index.
    """
    if not needs:
        return []
    asked = engine.asked([need.text for need in needs])
    meaning = meanings.together([one.vector for one in asked])
    found: list[AlikeProject] = []
    for project in projects.near(session, principal, meaning, limit):
        only = Filters({FacetName.PROJECT: (project.name,)})
        lookup = engine.lookup(session, principal, [only])
        found.append(AlikeProject(project, _why(session, principal, lookup, asked)))
    return found


def _why(session: Session, principal: Principal, lookup: Lookup, asked: Sequence[Asked]) -> tuple[Entry, ...]:
    best: dict[ItemId, tuple[float, int, PassageId]] = {}
    for number, one in enumerate(asked):
        near = lookup.nearest(one.vector, _WHY)
        for item, passage, cosine in zip(
            near.items.tolist(), near.passages.tolist(), near.cosines.tolist(), strict=True
        ):
            if cosine > best.get(ItemId(item), (0.0, 0, 0))[0]:
                best[ItemId(item)] = (cosine, number, PassageId(passage))
    chosen = sorted(best, key=lambda item: (-best[item][0], item))[:_WHY]
    heads = items.summaries(session, principal, chosen)
    texts = passages.read(session, principal, [best[item][2] for item in chosen])
    return tuple(
        Entry(heads[item], (Match(need, texts[passage], round(fusion.relevance_of_meaning(cosine), 4)),))
        for item in chosen
        for cosine, need, passage in (best[item],)
        if item in heads and passage in texts
    )
