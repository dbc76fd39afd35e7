"""What a base holds, as figures for Prometheus."""

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.orm import Session

from kb import audit, items, jobs
from kb.access import LOCAL_USER
from kb.values import Filters
from search import generation
from web.wiring import Services


def now(services: Services, session: Session) -> CollectorRegistry:
    """Figures of this moment."""
    registry = CollectorRegistry()
    for name, meaning, value in (
        ("items", "Live items.", items.count(session, LOCAL_USER, Filters())),
        (
            "indexed_passages",
            "Passages in the search index; 0 without one.",
            generation.passages(services.settings.index),
        ),
        ("changes", "Events in the record of changes.", audit.latest(session)),
        ("waiting_imports", "Uploads that wait or are being read.", jobs.waiting(session)),
    ):
        Gauge(f"hindsight_{name}", meaning, registry=registry).set(value)
    return registry
