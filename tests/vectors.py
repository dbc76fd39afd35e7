"""Vectors of the starter library, kept from one test run to the next: the same texts have the same."""

from pathlib import Path

import numpy as np
from sqlalchemy import select

from kb.database import transaction
from kb.models import Embedding, Passage
from kb.searching import embeddings
from web.wiring import Services


def give(services: Services, file: Path) -> None:
    """Put what *file* holds of the base's passages into it, so that a sync need not embed them."""
    if not file.exists():
        return
    kept = np.load(file)
    with transaction(services.sessions) as session:
        wanted = set(session.scalars(select(Passage.digest)))
        pairs = zip(kept["digests"].tolist(), kept["vectors"], strict=True)
        found = [(digest, vector.tobytes()) for digest, vector in pairs if digest in wanted]
        embeddings.save(session, services.encoder().model, found)


def keep(services: Services, file: Path) -> None:
    """Write all vectors of the base's model to *file*."""
    with services.sessions() as session:
        query = select(Embedding.digest, Embedding.vector).where(Embedding.model == services.encoder().model)
        rows = session.execute(query.order_by(Embedding.digest)).all()
    vectors = np.array([np.frombuffer(vector, "<f4") for _, vector in rows])
    np.savez(file, digests=np.array([digest for digest, _ in rows]), vectors=vectors)
