"""Teaching the encoder the organisation's language: train beside the old one, compare, switch, go back."""

import errno
import shutil
import tempfile
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from kb import items
from kb.access import Principal
from kb.database import transaction
from kb.errors import InvalidError, UnavailableError
from kb.searching import encoders, pairs
from kb.searching.encoders import Adapted, Recipe
from kb.searching.evaluations import Evaluation
from kb.searching.pairs import Pair, Part
from search import adaptation, evaluation, opening, querysets
from search import sync as index
from search.adaptation import HeldOut
from search.encoder import OnnxEncoder
from search.negatives import NearMisses
from search.querysets import QuerySet
from search.sync import SyncProgress
from web.base import lock, work
from web.base.work import SILENT, Listener
from web.wiring import Services

SHARES = (0.25, 0.5, 0.75, 1.0)
"""Of the trained weights in the mixture with the original's; the best is taken."""
_TEMPORARY = ".adapting-"
_NAME_LENGTH = 40
_ROOM = 5
"""How many times the model's size has to be free: trained, mixed, compiled, optimised, and some."""


def adapt(
    services: Services,
    principal: Principal,
    minutes: float,
    folders: Sequence[Path],
    *,
    negatives: bool = False,
    listener: Listener = SILENT,
) -> Adapted:
    """Train the model of the settings on the base for *minutes* and use it from now on if it is better.

    With *negatives*, each query is also told from near misses that are looked for in the index.
    Better is measured on texts that were held out and on the judged queries in *folders*. Raises InvalidError
    when the base is too small, ConflictError while another training is running, UnavailableError when the
    disk is full. Interrupted anywhere, what was in force stays in force.
    """
    sets = [_live(querysets.read(folder)) for folder in folders]
    with services.sessions() as session:
        known = pairs.pairs(session, principal)
    tested = adaptation.held_out(known, Part.TEST)
    chosen = adaptation.held_out(known, Part.CHOOSE)
    name = _name(services.settings.model)
    with lock.adapting(services.settings.data), _sentence_when_full(), _aside(services) as aside:
        work.sync(services, listener=listener)
        recipe = _train(services, known, chosen, aside, minutes, listener, negatives=negatives)
        try:
            (aside / "model").rename(services.settings.adapted / name)
            adapted = _compare(services, principal, name, recipe, _Trial(tested, sets, aside), listener)
        except BaseException:
            _remove(services, principal, [name])
            raise
    if adapted.better:
        use(services, principal, name, listener=listener)
    return adapted


def use(services: Services, principal: Principal, name: str, *, listener: Listener = SILENT) -> None:
    """Put the encoder called *name* in force and bring the index into step with it.

    Quick: the vectors of an encoder that was in force are kept. Raises NotFoundError, and UnavailableError
    when its files are gone.
    """
    with transaction(services.sessions) as session:
        encoders.put_in_force(session, principal, services.settings.model, name)
        services.model(name)
    work.sync(services, listener=listener)


def revert(services: Services, principal: Principal, *, listener: Listener = SILENT) -> str:
    """Go back to the encoder that was in force before; its name. Raises ConflictError when there is none."""
    with services.sessions() as session:
        name = encoders.before(session, services.settings.model)
    use(services, principal, name, listener=listener)
    return name


def prune(services: Services, principal: Principal) -> list[str]:
    """Remove adapted encoders that are not in force, with their vectors and files; their names."""
    with lock.adapting(services.settings.data):
        with services.sessions() as session:
            idle = {one.adapted.name for one in encoders.kept(session) if not one.in_force}
        # Folders that nothing is known of were left by a training that was killed.
        return _remove(services, principal, idle | {f.name for f in services.settings.adapted.glob("*")})


def _remove(services: Services, principal: Principal, names: Collection[str]) -> list[str]:
    with transaction(services.sessions) as session:
        gone = encoders.remove(session, principal, names)
    for name in gone:
        shutil.rmtree(services.settings.adapted / name, ignore_errors=True)
        opening.remove(name, services.compiled)
    return gone


def _train(
    services: Services,
    known: Sequence[Pair],
    chosen: HeldOut,
    aside: Path,
    minutes: float,
    listener: Listener,
    *,
    negatives: bool,
) -> Recipe:
    from search import training

    examples = [pair for pair in known if pair.part is Part.TRAIN]
    if len(examples) < adaptation.FEWEST_PAIRS:
        raise InvalidError(
            f"The base holds too little to learn from: {len(examples)} pairs of texts, "
            f"{adaptation.FEWEST_PAIRS} are needed. Read in more lessons and documents first."
        )
    source = opening.locate(services.settings.model)
    _check_room(source, aside)
    listener.tell(f"Training on {len(examples):,} pairs of texts for {minutes:g} minutes at most…")
    trained = training.train(
        source,
        examples,
        aside / "trained",
        minutes * 60,
        negatives=_near_misses(services, examples).of if negatives else training.no_negatives,
        progress=lambda done, total: listener.sync(SyncProgress("Training", done, total)),
    )
    listener.tell("Choosing how much of what was learned to take over…")
    share = training.blend(
        source,
        aside / "trained",
        SHARES,
        lambda encoder: chosen.evaluate(encoder).measures[evaluation.NDCG],
        aside / "model",
    )
    return Recipe(len(examples), trained.steps, round(trained.seconds, 1), share)


def _near_misses(services: Services, examples: Sequence[Pair]) -> NearMisses:
    return NearMisses(services.encoder(), services.search().vectors, examples)


class _Trial(NamedTuple):
    """What a trained encoder is measured on."""

    held_out: HeldOut
    sets: Sequence[QuerySet]
    aside: Path
    """Where its index is built."""


def _compare(
    services: Services,
    principal: Principal,
    name: str,
    recipe: Recipe,
    trial: _Trial,
    listener: Listener,
) -> Adapted:
    """Measure the encoder in force and the one called *name*, and keep what came of it."""
    listener.tell("Compiling and comparing…")
    before, after = services.encoder(), services.open(services.model(name), listener.tell)
    measured = [(adaptation.HELD_OUT, trial.held_out.evaluate(before), trial.held_out.evaluate(after))]
    if trial.sets and adaptation.verdict(measured).better:
        measured += _on_sets(services, principal, after, trial, listener)
    found = adaptation.verdict(measured)
    adapted = Adapted(
        name,
        services.settings.model,
        after.model,
        recipe,
        tuple(figure for one in measured for figure in adaptation.figures(*one)),
        found.better,
        found.sentence,
    )
    with transaction(services.sessions) as session:
        encoders.add(session, principal, adapted)
    return adapted


def _on_sets(
    services: Services, principal: Principal, after: OnnxEncoder, trial: _Trial, listener: Listener
) -> Iterator[tuple[str, Evaluation, Evaluation]]:
    """The whole search on judged queries, with the encoder in force and with *after*."""
    folder = trial.aside / "index"
    index.sync(services.sessions, after, folder, progress=listener.sync)
    engines = services.search(), services.engine(after, folder)
    with services.sessions() as session:
        for queryset in trial.sets:
            names = items.referred(session, principal, queryset.documents())
            old, new = (
                evaluation.evaluate(queryset, evaluation.ranker(engine, session, principal, names))
                for engine in engines
            )
            yield queryset.name, old, new


def _live(queryset: QuerySet) -> QuerySet:
    if queryset.corpus is not None:
        raise InvalidError(
            f"The query set {queryset.name} is judged on documents of its own; give one that is judged on "
            "what is in the base."
        )
    return queryset


def _name(setting: str) -> str:
    return f"{Path(setting).name[:_NAME_LENGTH]}-{datetime.now(UTC):%Y%m%dT%H%M%S}"


@contextmanager
def _aside(services: Services) -> Generator[Path]:
    """A folder for what is not finished; what an earlier, killed training left is removed."""
    services.settings.adapted.mkdir(parents=True, exist_ok=True)
    for left in services.settings.adapted.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(dir=services.settings.adapted, prefix=_TEMPORARY))
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _check_room(source: str, folder: Path) -> None:
    size = sum(path.stat().st_size for path in Path(source).rglob("*") if path.is_file())
    if shutil.disk_usage(folder).free < _ROOM * size:
        raise OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def _sentence_when_full() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise UnavailableError(
            "There is not enough room on the disk for another model; nothing was changed. "
            "Make room, for instance with `kb adapt --prune`, and try again."
        ) from error
