"""Items compared with those near to them in meaning, for advice that disagrees or was replaced."""

from collections.abc import Callable, Collection, Mapping

from kb.database import transaction
from kb.life import disagreements
from kb.life.disagreements import FINDER, KINDS, Said, Suspicion
from kb.values import Filters, ItemId
from kb.vocabulary import FacetName, Link
from search import disagreement, meanings
from search.disagreement import Advice
from web.wiring import Services

_BATCH = 50
_NEIGHBOURS = 12
"""The nearest items that each is compared with."""
_ADVICE = Filters({FacetName.KIND: KINDS})


def compare(services: Services, tell: Callable[[str], None] = lambda _: None) -> int:
    """Compare what was not compared as it is now; how many new pairs were found for review.

    Raises UnavailableError when there is no index.
    """
    found = done = 0
    while True:
        with services.sessions() as session:
            batch = dict(disagreements.unread(session, services.search().model, _BATCH))
        if not batch:
            return found
        found += _compare(services, batch)
        done += len(batch)
        tell(f"{done:,} items compared with those near to them, {found:,} pairs found")


def advice(item: Said) -> Advice:
    """*item* as it is compared."""
    return Advice(item.title, item.advice, item.dated, item.organisation)


def _compare(services: Services, batch: Mapping[ItemId, bytes]) -> int:
    engine = services.search()
    with services.sessions() as session:
        near: dict[ItemId, dict[ItemId, float]] = {}
        for item, vector in batch.items():
            near[item] = engine.near(
                session, FINDER, meanings.read(vector), limit=_NEIGHBOURS, filters=_ADVICE
            )
        said = disagreements.said(
            session, FINDER, {*near, *(id_ for found in near.values() for id_ in found)}
        )
    with transaction(services.sessions) as session:
        return disagreements.keep(session, batch.keys(), list(_suspicions(near, said)))


def _suspicions(
    near: Mapping[ItemId, Mapping[ItemId, float]], said: Mapping[ItemId, Said]
) -> Collection[Suspicion]:
    found: list[Suspicion] = []
    for one, others in near.items():
        for other, cosine in others.items():
            if one == other or one not in said or other not in said:
                continue
            flag = disagreement.compare(advice(said[one]), advice(said[other]), cosine)
            if flag:
                first, second = (
                    (other, one) if flag.link is Link.SUPERSEDES and not flag.newer else (one, other)
                )
                found.append(Suspicion(first, second, flag.link, flag.reason))
    return found
