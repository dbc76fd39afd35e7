"""`kb eval`: what search is worth on judged queries, and whether it got worse."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kb.searching.evaluations import Run
    from search.querysets import QuerySet
    from web.quality.evaluating import Compared, Variant
    from web.wiring import Services

_TOLERANCE = 0.005
_WANTED = "engine=hybrid, engine=words, engine=meaning, model=NAME-OR-FOLDER, run=NUMBER or run=baseline"


def evaluate(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    queryset: Annotated[
        Path,
        typer.Argument(help="Folder with queries.jsonl, qrels/*.tsv and, if it has documents, corpus.jsonl."),
    ],
    compare: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT", help=f"Measure another system beside: {_WANTED}. May be repeated; commas join."
        ),
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Keep this run as what later ones are held against.")
    ] = False,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit code 1 when worse than the baseline, 3 without one.")
    ] = False,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="How much worse still passes the gate.")
    ] = _TOLERANCE,
    history: Annotated[
        bool, typer.Option("--history", help="List the runs kept of this set; measure nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Measure search on judged queries: nDCG@10, recall@20, MRR@10, refusals, time. Each run is kept."""
    from web.console.terminal import existing

    if baseline and gate:
        raise typer.BadParameter("--baseline and --gate are one at a time")
    asked = _asked(compare or [])
    with existing(context.obj) as services:
        if history:
            _history(services, queryset.resolve().name, json=json)
            return
        done = _Evaluating(services, asked, quiet=json)(queryset, baseline=baseline, gate=gate)
        faults = done.faults(tolerance) if gate else []
        _show(done, faults, gate=gate, json=json)
    if faults:
        from web.console.terminal import FAILED

        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to compare with."""

    variants: "tuple[Variant, ...]"
    runs: tuple[str, ...]


def _asked(given: list[str]) -> _Asked:
    from search.fusion import Mode
    from web.quality.evaluating import Variant

    variants: list[Variant] = []
    runs: list[str] = []
    for one in given:
        parts = {name: value for name, _, value in (part.partition("=") for part in one.split(","))}
        if parts.keys() == {"run"} and (parts["run"].isdecimal() or parts["run"] == "baseline"):
            runs.append(parts["run"])
            continue
        engine, model = parts.get("engine", Mode.HYBRID), parts.get("model", "")
        if not parts.keys() <= {"engine", "model"} or engine not in list(Mode) or not all(parts.values()):
            raise typer.BadParameter(f"{one!r} is none of {_WANTED}", param_hint="--compare")
        variants.append(Variant(Mode(engine), model))
    return _Asked(tuple(variants), tuple(runs))


@dataclass(frozen=True, slots=True)
class _Done:
    """What was measured, and what it is held against."""

    runs: "list[Run]"
    compared: "list[Compared]"
    baseline: "Run | None"

    def faults(self, tolerance: float) -> list[str]:
        """In what the first run is worse than the baseline."""
        from search import evaluation

        if self.baseline is None:
            return []
        return evaluation.worse(self.runs[0].evaluation, self.baseline.evaluation, tolerance)


class _Evaluating:
    """Measures as asked; what is asked for but missing is told before anything is measured."""

    def __init__(self, services: "Services", asked: _Asked, *, quiet: bool) -> None:
        self._services = services
        self._asked = asked
        self._quiet = quiet

    def __call__(self, folder: Path, *, baseline: bool, gate: bool) -> _Done:
        from search import querysets
        from web.console import progress
        from web.console.terminal import err, person
        from web.quality import evaluating
        from web.quality.evaluating import Variant

        queryset = querysets.read(folder)
        held = (
            evaluating.required_baseline(self._services, person(self._services), queryset) if gate else None
        )
        stored = [self._stored(queryset, number) for number in self._asked.runs]
        variants = [Variant(), *self._asked.variants]
        with progress.shown(err(), quiet=self._quiet) as listener:
            runs = evaluating.run(
                self._services,
                person(self._services),
                queryset,
                variants,
                baseline=baseline,
                listener=listener,
            )
        before = [*([held] if held else []), *stored]
        return _Done(
            runs,
            [
                *(evaluating.against(runs[0], other) for other in runs[1:]),
                *(evaluating.against(other, runs[0]) for other in before),
            ],
            held,
        )

    def _stored(self, queryset: "QuerySet", number: str) -> "Run":
        from kb.searching import evaluations
        from web.console.terminal import person
        from web.quality import evaluating

        if number == "baseline":
            return evaluating.required_baseline(self._services, person(self._services), queryset)
        with self._services.sessions() as session:
            found = evaluations.get(session, person(self._services), int(number))
        evaluating.require_same_set(found.summary.subject, queryset.name, queryset.digest)
        return found


def _show(done: _Done, faults: list[str], *, gate: bool, json: bool) -> None:
    from web.console.terminal import give_json, out
    from web.quality import scores

    if json:
        given = {
            "runs": [scores.RunDetailOut.of_run(run).model_dump(mode="json") for run in done.runs],
            "comparisons": [scores.ComparisonOut.of(one).model_dump(mode="json") for one in done.compared],
            "gate": {"passed": not faults, "faults": faults} if gate else None,
        }
        give_json(given)
        return
    from web.console import printing_scores

    printing_scores.runs(out(), [run.summary for run in done.runs])
    for compared in done.compared:
        printing_scores.comparison(out(), compared)
    if gate and done.baseline:
        printing_scores.verdict(out(), done.baseline.summary.id, faults)


def _history(services: "Services", name: str, *, json: bool) -> None:
    from kb.searching import evaluations
    from web.console.terminal import give_json, out, person
    from web.quality import scores

    with services.sessions() as session:
        found = evaluations.recent(session, person(services), name, limit=100)
    if json:
        give_json([scores.RunOut.of(run).model_dump(mode="json") for run in found])
        return
    from web.console import printing_scores

    printing_scores.history(out(), name, found)
