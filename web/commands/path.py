"""Learning paths on the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from web.learning.path_schemas import OptionOut

Many = list[str] | None


def path(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    role: Annotated[list[str], typer.Argument(help="Roles to be reached, by reference or name.")],
    start: Annotated[
        Many, typer.Option("--from", help="A role whose levels are held; may be repeated.")
    ] = None,
    learner: Annotated[str, typer.Option(help="A person, whose levels are held.")] = "",
    done: Annotated[Many, typer.Option(help="Reference of training taken; may be repeated.")] = None,
    least: Annotated[str, typer.Option(help="What to have least of: hours, cost or weeks.")] = "hours",
    hours: Annotated[float | None, typer.Option(min=0, help="The most hours.")] = None,
    cost: Annotated[float | None, typer.Option(min=0, help="The most that it may cost.")] = None,
    weeks: Annotated[float | None, typer.Option(min=0, help="The most weeks.")] = None,
    pace: Annotated[float, typer.Option(min=0.1, help="Hours of learning in a week.")] = 4,
    language: Annotated[Many, typer.Option(help="Only this language; may be repeated.")] = None,
    form: Annotated[Many, typer.Option("--format", help="Only this format; may be repeated.")] = None,
    certificates: Annotated[bool, typer.Option(help="Count certificates and assessments too.")] = False,
    unknown: Annotated[bool, typer.Option(help="Take training without stated hours or cost.")] = False,
    project: Annotated[Many, typer.Option(help="Lessons of this project first; may be repeated.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the first option into this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Find learning paths: training in an order that closes the gaps to roles at the least expense."""
    from pydantic import ValidationError

    from kb.errors import InvalidError
    from kb.learning import people
    from kb.models import now
    from web.console.terminal import existing, give_json, out, person, plain, save
    from web.learning import learning_paths, path_files
    from web.learning.path_files import Format
    from web.learning.path_schemas import PathQuery, PathsOut

    given = {
        "role": role, "start": start or [], "done": done or [], "least": least, "hours": hours, "cost": cost,
        "weeks": weeks, "pace": pace, "language": language or [], "format": form or [],
        "project": project or [], "certificates": certificates, "unknown": unknown,
    }  # fmt: skip
    with existing(context.obj) as services, services.sessions() as session:
        who = person(services)
        if learner:
            given["learner"] = people.named(session, who, learner).number
        try:
            wanted = PathQuery.model_validate(given)
        except ValidationError as error:
            fault = error.errors()[0]
            raise InvalidError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}.") from error
        found = learning_paths.find(services, session, who, wanted.asked())
        if markdown:
            save(markdown, [path_files.write(found, 1, Format.MARKDOWN, now().date())])
    told = PathsOut.of(found)
    if json:
        give_json(told.model_dump(mode="json"))
        return
    for number, option in enumerate(told.options, start=1):
        for line in _lines(number, option):
            out().print(plain(line), markup=False)
    if not told.options:
        out().print("There is no such path.", markup=False)
    for sentence in (*told.unmet, *told.ways):
        out().print(plain(sentence), markup=False)


def _lines(number: int, option: "OptionOut") -> Iterator[str]:
    yield f"Option {number}: {option.hours:g} hours, {option.weeks:.3g} weeks, cost {option.cost:g}"
    for place, stop in enumerate(option.steps, start=1):
        yield f"  {place}. {stop.ref}  {stop.title}"
        for rise in stop.closes:
            yield f"       closes {rise.competence}, {rise.before} to {rise.after}"
        if stop.lessons:
            yield f"       lesson {stop.lessons[0].ref}  {stop.lessons[0].title}"
    yield ""
