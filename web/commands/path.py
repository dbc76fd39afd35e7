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
    role: Annotated[Many, typer.Argument(help="Roles to be reached, by reference or name.")] = None,
    competence: Annotated[
        Many, typer.Option(metavar="NAME=LEVEL", help="A competence to be reached; may be repeated.")
    ] = None,
    start: Annotated[
        Many, typer.Option("--from", help="A role whose levels are held; may be repeated.")
    ] = None,
    learner: Annotated[str, typer.Option(help="A person, whose levels are held.")] = "",
    team: Annotated[str, typer.Option(help="A team, for all of whom it is to be enough.")] = "",
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
    take: Annotated[Many, typer.Option(help="Reference of training to be taken; may be repeated.")] = None,
    without: Annotated[
        Many, typer.Option(help="Reference of training to leave out; may be repeated.")
    ] = None,
    keep: Annotated[str, typer.Option(metavar="TITLE", help="Keep the first option under this title.")] = "",
    markdown: Annotated[Path | None, typer.Option(help="Write the first option into this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Find learning paths: training in an order that closes the gaps to roles at the least expense."""
    from kb.database import transaction
    from kb.learning import people
    from kb.models import now
    from web.console.terminal import existing, give_json, out, person, plain, save
    from web.learning import kept_paths, learning_paths, path_files
    from web.learning.path_files import Format
    from web.learning.path_schemas import PathQuery, PathsOut

    given = {
        "role": role or [], "competence": competence or [], "team": team,
        "start": start or [], "done": done or [], "least": least, "hours": hours, "cost": cost,
        "weeks": weeks, "pace": pace, "language": language or [], "format": form or [],
        "project": project or [], "certificates": certificates, "unknown": unknown,
        "take": take or [], "without": without or [],
    }  # fmt: skip
    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        if learner:
            given["learner"] = people.named(session, who, learner).number
        wanted = PathQuery.read(given)
        found = learning_paths.find(services, session, who, wanted.asked())
        code = ""
        if keep:
            steps = found.option(1).path.keys
            kept_as = wanted.widened() if found.widened else wanted
            code = kept_paths.keep(services, session, who, kept_as, title=keep, steps=steps)
        if markdown:
            save(markdown, [path_files.write(found.title, found.option(1), Format.MARKDOWN, now().date())])
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
    if code:
        out().print(f"Kept as {code}. Next: kb paths show {code}", markup=False)


def _lines(number: int, option: "OptionOut") -> Iterator[str]:
    yield f"Option {number}: {option.hours:g} hours, {option.weeks:.3g} weeks, cost {option.cost:g}"
    if option.unstated:
        yield f"  requires {', '.join(option.unstated)}, of which nobody states the hours"
    for place, stop in enumerate(option.steps, start=1):
        yield f"  {place}. {stop.ref}  {stop.title}"
        for rise in stop.closes:
            yield f"       closes {rise.competence}, {rise.before} to {rise.after}"
        if stop.who:
            yield f"       for {', '.join(stop.who)}"
        if stop.lessons:
            lesson = stop.lessons[0]
            whose = "lesson of an own project" if lesson.ref in stop.own_lessons else "lesson"
            yield f"       {whose} {lesson.ref}  {lesson.title}"
    yield ""
