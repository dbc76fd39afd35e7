"""What to teach a topic with, on the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.vocabulary import TrainingLevel

if TYPE_CHECKING:
    from web.learning.teaching_schemas import StepOut, TeachingPlanOut


def teach(
    context: typer.Context,
    topic: Annotated[list[str], typer.Argument(help="A topic, or a situation in words.")],
    level: Annotated[TrainingLevel | None, typer.Option(help="Only training of this level.")] = None,
    hours: Annotated[
        float | None, typer.Option(min=0.1, help="Only training that takes no more hours.")
    ] = None,
    language: Annotated[str, typer.Option(help="Leave out what says that it is in another language.")] = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write a handout into this file, .md or .docx.", dir_okay=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Plan a session on a topic: case, principle, how it is done, questions, reading."""
    from kb.learning.audiences import Audience
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import teaching
    from web.learning.teaching_schemas import TeachingPlanOut

    with existing(context.obj) as services:
        with services.sessions() as session:
            audience = Audience(level, hours, language)
            found = teaching.plan(services, session, person(services), " ".join(topic), audience)
        plan = TeachingPlanOut.of(found)
        if output:
            _save(output, plan)
            return
    if json:
        give_json(plan.model_dump(mode="json"))
        return
    if not plan.found:
        out().print("There is nothing here to teach this with; say it in other words.", markup=False)
        return
    for number, step in enumerate(plan.steps, start=1):
        for line in _lines(number, step):
            out().print(plain(line), markup=False)


def teaching(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="Reference of a lesson, or of training.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show the training that answers a lesson, or the lessons that training answers."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import answers

    with existing(context.obj) as services, services.sessions() as session:
        found = answers.of(services, session, person(services), ref)
    if json:
        give_json([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        out().print(plain(f"{one.item.ref}  {one.item.title}"), markup=False)
        out().print(plain(f"    {one.reason}"), markup=False)
    if not found:
        out().print("Nothing here is near enough to it.", markup=False)


def _save(output: Path, plan: "TeachingPlanOut") -> None:
    from kb.errors import InvalidError
    from kb.models import now
    from web.console.terminal import save
    from web.learning import teaching_files
    from web.learning.teaching_files import Format

    ending = output.suffix.lower().lstrip(".")
    if ending not in list(Format):
        raise InvalidError(f"A handout ends in .md or .docx, not in {output.suffix or 'nothing'}.")
    save(output, [teaching_files.write(plan, Format(ending), now().date())])


def _lines(number: int, step: "StepOut") -> Iterator[str]:
    from web.wording import hours

    yield f"{number}. {step.title}"
    if step.empty:
        yield f"   {step.empty}"
    for exercise in step.exercises:
        yield f"   {exercise.question}"
    for one in step.items:
        facts = [one.level, one.format, hours(one.hours) if one.hours is not None else ""]
        told = ", ".join(filter(None, facts))
        yield f"   {one.item.ref}  {one.item.title}" + (f"  ({told})" if told else "")
        if not step.exercises:
            yield f"      {one.why}"
    yield ""
