"""Encoders that were trained further on the base: what they are worth, and which is in force."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal, require_write
from kb.errors import ConflictError, NotFoundError
from kb.models import AdaptedEncoder, Embedding

ORIGINAL = "original"
"""Names the model of the settings as it came."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an encoder was trained."""

    pairs: int
    """Of texts, trained on."""
    steps: int
    seconds: float
    share: float
    """Of the trained weights in those of the encoder; the rest is the original's."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure on one set of queries, before and after."""

    queries: str
    measure: str
    before: float
    after: float
    p_value: float
    """How likely chance alone gives a difference as large."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """An encoder that was trained further."""

    name: str
    setting: str
    """The model of the settings that it was trained from."""
    model: str
    """Names its vectors."""
    recipe: Recipe
    figures: tuple[Figure, ...]
    better: bool
    """Whether it passed the comparison with the encoder that was in force."""
    verdict: str
    """The outcome of that comparison, as a sentence."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An encoder that was trained further and is kept."""

    adapted: Adapted
    made_at: datetime
    made_by: str
    in_force: bool
    replaced: str
    """The one that was in force before it."""


def add(session: Session, principal: Principal, adapted: Adapted) -> None:
    """Keep *adapted*; it is not in force yet."""
    require_write(principal)
    session.add(
        AdaptedEncoder(
            name=adapted.name,
            setting=adapted.setting,
            model=adapted.model,
            made_by=principal.name,
            recipe=asdict(adapted.recipe),
            figures=[asdict(figure) for figure in adapted.figures],
            better=adapted.better,
            verdict=adapted.verdict,
        )
    )
    audit.record(session, principal, "adapt", adapted.name, better=adapted.better)
    session.flush()


def kept(session: Session) -> list[Kept]:
    """All that are kept, newest first."""
    rows = session.scalars(
        select(AdaptedEncoder).order_by(AdaptedEncoder.made_at.desc(), AdaptedEncoder.name.desc())
    )
    return [_kept(row) for row in rows]


def in_force(session: Session, setting: str) -> str:
    """The name of the encoder that is used where the settings say *setting*."""
    return session.scalar(_present(setting)) or ORIGINAL


def named(session: Session, setting: str, model: str) -> str | None:
    """The name of the encoder from *setting* whose vectors go by *model*, if it is kept."""
    return session.scalar(
        select(AdaptedEncoder.name).where(AdaptedEncoder.setting == setting, AdaptedEncoder.model == model)
    )


def put_in_force(session: Session, principal: Principal, setting: str, name: str) -> None:
    """Use the encoder *name* from now on where the settings say *setting*. Raises NotFoundError."""
    require_write(principal)
    before = session.scalar(_present(setting))
    mine = AdaptedEncoder.setting == setting
    session.execute(update(AdaptedEncoder).where(mine).values(in_force=False))
    if name != ORIGINAL:
        row = session.scalar(select(AdaptedEncoder).where(mine, AdaptedEncoder.name == name))
        if row is None:
            raise NotFoundError(f"There is no adapted model {name} of {setting}. See: kb adapt --list")
        row.in_force, row.replaced = True, before
    audit.record(session, principal, "use_encoder", name, before=before or ORIGINAL)
    session.flush()


def before(session: Session, setting: str) -> str:
    """The name of the encoder that was used before the present one. Raises ConflictError."""
    row = session.scalar(
        select(AdaptedEncoder).where(AdaptedEncoder.setting == setting, AdaptedEncoder.in_force)
    )
    if row is None:
        raise ConflictError(f"The model {setting} is used as it came; there is nothing to go back to.")
    still = row.replaced and session.get(AdaptedEncoder, row.replaced)
    return row.replaced if row.replaced and still else ORIGINAL


def remove(session: Session, principal: Principal, names: Collection[str]) -> list[str]:
    """Forget those of *names* that are not in force, with their vectors, recorded or not; which they are."""
    require_write(principal)
    used = set(session.scalars(select(AdaptedEncoder.name).where(AdaptedEncoder.in_force)))
    gone = sorted(set(names) - used)
    for name in gone:
        session.execute(delete(Embedding).where(Embedding.model.startswith(f"{name}@", autoescape=True)))
        session.execute(delete(AdaptedEncoder).where(AdaptedEncoder.name == name))
        audit.record(session, principal, "remove_encoder", name)
    return gone


def _present(setting: str):
    return select(AdaptedEncoder.name).where(AdaptedEncoder.setting == setting, AdaptedEncoder.in_force)


def _kept(row: AdaptedEncoder) -> Kept:
    adapted = Adapted(
        row.name,
        row.setting,
        row.model,
        Recipe(**row.recipe),
        tuple(Figure(**figure) for figure in row.figures),
        row.better,
        row.verdict,
    )
    return Kept(adapted, row.made_at, row.made_by, row.in_force, row.replaced or ORIGINAL)
