"""Searches that failed, brought together into knowledge gaps by what they mean."""

from collections.abc import Callable, Sequence

import numpy as np

from kb.database import transaction
from kb.insight import gaps
from kb.insight.gaps import Failed, Joining, Member
from search import meanings
from search.ports import Matrix
from web.wiring import Services


def gather(services: Services, tell: Callable[[str], None] = lambda _: None) -> None:
    """Bring the knowledge gaps into step with all searches on record."""
    with services.sessions() as session:
        failed, members = gaps.failures(session), gaps.members(session)
    known = {member.digest for member in members}
    new = [one for one in failed if one.digest not in known]
    model = services.encoder().model if new else ""
    outdated = [member for member in members if new and member.model != model]
    texts = [one.words for one in (*outdated, *new)]
    tell(f"Comparing {len(texts):,} searches that failed")
    vectors = services.encoder().encode(texts) if texts else np.empty((0, 1), np.float32)
    renewed = dict(zip((member.digest for member in outdated), vectors, strict=False))
    joining = [
        Joining(member.digest, member.gap, 0, model, meanings.raw(renewed[member.digest]))
        for member in outdated
    ]
    if new:
        known_vectors = [renewed.get(member.digest, meanings.read(member.vector)) for member in members]
        joining += _join(new, vectors[len(outdated) :], members, known_vectors, model)
    with transaction(services.sessions) as session:
        gaps.keep(session, failed, joining)


def _join(
    new: Sequence[Failed], vectors: Matrix, members: Sequence[Member], known: Sequence[Matrix], model: str
) -> list[Joining]:
    """Where each of the *new* words belongs, given their vectors and those of the *members*."""
    from search import grouping  # what it computes with takes long to load

    there = np.stack(known) if known else np.empty((0, vectors.shape[1]), np.float32)
    joined = grouping.join(vectors, there, [member.gap for member in members])
    alone = [place for place, gap in enumerate(joined) if gap is None]
    numbers = dict(zip(alone, grouping.group(vectors[alone]), strict=True))
    return [
        Joining(one.digest, gap, numbers.get(place, 0), model, meanings.raw(vectors[place]))
        for place, (one, gap) in enumerate(zip(new, joined, strict=True))
    ]
