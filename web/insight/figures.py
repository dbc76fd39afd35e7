"""What is counted of lessons; it holds until something is written."""

from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal, peer
from kb.insight import ageing, coverage, shares, trends
from kb.insight.ageing import Age, TurnRound
from kb.insight.coverage import Cell
from kb.insight.shares import Share
from kb.insight.trends import Trends
from kb.models import now
from kb.vocabulary import By
from search.remembered import Remembered

_KEPT = 8
"""Answers of each sort: one for readers of the same rights, and for each way to tell lessons apart."""


class Figures:
    """The figures that pages and programs ask for. Safe to share between threads."""

    def __init__(self) -> None:
        self._ages: Remembered[list[Age]] = Remembered(_KEPT)
        self._turns: Remembered[list[TurnRound]] = Remembered(_KEPT)
        self._shares: Remembered[list[Share]] = Remembered(_KEPT)
        self._coverage: Remembered[list[Cell]] = Remembered(_KEPT)
        self._trends: Remembered[Trends] = Remembered(2 * _KEPT)

    def ages(self, session: Session, principal: Principal) -> list[Age]:
        """See `kb.insight.ageing`; an hour makes no difference."""
        at, reader = now(), peer(principal)
        question = reader, at.replace(minute=0, second=0, microsecond=0)
        return self._ages.get(audit.latest(session), question, lambda: ageing.ages(session, reader, at))

    def turn_round(self, session: Session, principal: Principal) -> list[TurnRound]:
        """See `kb.insight.ageing`."""
        reader = peer(principal)
        return self._turns.get(audit.latest(session), reader, lambda: ageing.turn_round(session, reader))

    def shares(self, session: Session, principal: Principal) -> list[Share]:
        """See `kb.insight.shares`."""
        reader = peer(principal)
        return self._shares.get(audit.latest(session), reader, lambda: shares.read(session, reader))

    def coverage(self, session: Session, principal: Principal) -> list[Cell]:
        """See `kb.insight.coverage`."""
        reader = peer(principal)
        return self._coverage.get(audit.latest(session), reader, lambda: coverage.read(session, reader))

    def trends(self, session: Session, principal: Principal, by: By) -> Trends:
        """See `kb.insight.trends`."""
        reader = peer(principal)
        return self._trends.get(audit.latest(session), (reader, by), lambda: trends.read(session, reader, by))
