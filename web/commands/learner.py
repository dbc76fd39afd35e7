"""What people can do, on the command line."""

from datetime import datetime
from typing import Annotated

import typer

app = typer.Typer(help="What people can do, and what roles ask of them.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="Compare with this role; may be repeated.")]


@app.command("list")
def list_learners(context: typer.Context, json: Json = False) -> None:
    """List those whose assessments you may see."""
    from kb.learning import people
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.learning.learner_schemas import LearnerOut
    from web.wording import plural

    with existing(context.obj) as services, services.sessions() as session:
        found = people.people(session, person(services))
    if json:
        give_json([LearnerOut.of(one).model_dump(mode="json") for one in found])
        return
    printing.table(out(), ((one.name, plural(len(one.levels), "competence")) for one in found))


@app.command()
def assess(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name.")],
    level: Annotated[
        list[str], typer.Option(metavar="COMPETENCE=LEVEL", help="A level, 0 to 5; may be repeated.")
    ],
    kind: Annotated[str, typer.Option(help="self, manager or evidence.")] = "self",
    dated: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it speaks of.")
    ] = None,
    note: Annotated[str, typer.Option(help="What it rests on.")] = "",
    team: Annotated[str | None, typer.Option(help="The team they work in.")] = None,
    json: Json = False,
) -> None:
    """Keep an assessment of somebody; earlier ones stay."""
    from kb.database import transaction
    from kb.learning import people
    from kb.learning.people import AssessmentDraft, Judged
    from kb.vocabulary import term
    from web.console.terminal import existing, give_json, out, person
    from web.learning.learner_schemas import LearnerOut
    from web.wording import plural

    judged = term(Judged, kind)
    if judged is None:
        raise typer.BadParameter("Choose self, manager or evidence.", param_hint="--kind")
    draft = AssessmentDraft(
        name, dict(map(_pair, level)), judged, dated.date() if dated else None, note, team
    )
    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = people.record(session, person(services), draft)
    if json:
        give_json(LearnerOut.of(kept).model_dump(mode="json"))
        return
    out().print(f"{kept.name}: {plural(len(kept.levels), 'competence')} known.", markup=False)


@app.command()
def projects(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name.")],
    chosen: Annotated[
        list[str] | None, typer.Option("--project", help="They work in exactly these; may be repeated.")
    ] = None,
) -> None:
    """List the projects that somebody works in, or say which: their lessons justify training first."""
    from kb.database import transaction
    from kb.learning import engaged, people
    from web.console.terminal import existing, out, person, plain

    with existing(context.obj) as services, transaction(services.sessions) as session:
        who = person(services)
        number = people.known_by_name(session, who, name).number
        if chosen:
            found = engaged.engage(session, who, number, chosen)
        else:
            found = engaged.projects(session, who, number)
    for one in found:
        out().print(plain(one), markup=False)


@app.command("assess-team")
def assess_team(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The team, by name.")],
    level: Annotated[
        list[str], typer.Option(metavar="NAME:COMPETENCE=LEVEL", help="A level of a member; repeat it.")
    ],
    dated: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it speaks of.")
    ] = None,
    note: Annotated[str, typer.Option(help="What it rests on.")] = "",
) -> None:
    """Keep an assessment of several members of a team, as their manager gives it: all of it or none."""
    from kb.database import transaction
    from kb.learning.people import Judged
    from web.console.terminal import existing, out, person
    from web.learning import developing
    from web.learning.developing import TeamDraft
    from web.wording import plural

    levels: dict[str, dict[str, int]] = {}
    for given in level:
        member, _, said = given.partition(":")
        competence, number = _pair(said)
        levels.setdefault(member.strip(), {})[competence] = number
    day = dated.date() if dated else None
    with existing(context.obj) as services, transaction(services.sessions) as session:
        draft = TeamDraft(name, levels, Judged.MANAGER, day, note)
        kept = developing.assess(session, person(services), draft)
    out().print(f"{plural(len(kept), 'person', 'people')} of {name} assessed.", markup=False)


@app.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, by name.")],
    role: Roles = None,
    json: Json = False,
) -> None:
    """Show somebody's levels, and what they lack for roles."""
    from kb.learning import people
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import developing
    from web.learning.learner_schemas import StandingOut

    with existing(context.obj) as services, services.sessions() as session:
        number = people.named(session, person(services), name).number
        found = developing.standing(session, person(services), number, role or ())
    if json:
        give_json(StandingOut.of_standing(found).model_dump(mode="json"))
        return
    for line in found.lines:
        asked = f", asked {max(line.wanted)}" if any(line.wanted) else ""
        out().print(plain(f"{line.level}{asked}  {line.name}"), markup=False)


@app.command()
def team(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The team, by name.")],
    role: Roles = None,
    json: Json = False,
) -> None:
    """Show what a team's members lack for roles, and what nobody in it reaches."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import developing
    from web.learning.learner_schemas import TeamOut

    with existing(context.obj) as services, services.sessions() as session:
        found = developing.team(session, person(services), name, role or ())
    if json:
        give_json(TeamOut.of(found).model_dump(mode="json"))
        return
    for member in found.members:
        lacks = ", ".join(f"{gap.name} {gap.level} to {gap.wanted}" for gap in member.gaps)
        out().print(plain(f"{member.person.name}: {lacks or 'nothing is missing'}"), markup=False)
    for gap in found.gaps:
        out().print(plain(f"nobody: {gap.name} at {gap.wanted}, at most {gap.level}"), markup=False)


@app.command()
def demands(
    context: typer.Context,
    brief: Annotated[str, typer.Option(help="Code of a lessons brief, whose needs count.")] = "",
    plan: Annotated[str, typer.Option(help="Code of an adoption plan.")] = "",
    practice: Annotated[
        list[str] | None, typer.Option(help="Reference of a practice; may be repeated.")
    ] = None,
    role: Roles = None,
    team: Annotated[str, typer.Option(help="The team that is looked at.")] = "",
    json: Json = False,
) -> None:
    """Show what a project, practices or roles ask of people, and who of a team lacks it."""
    from web.console.terminal import existing, give_json, out, person, plain
    from web.learning import demands as asked
    from web.learning.demand_schemas import DemandsOut

    sought = asked.Sought(brief, plan, tuple(practice or ()), tuple(role or ()), team)
    with existing(context.obj) as services, services.sessions() as session:
        found = asked.demands(services, session, person(services), sought)
    if json:
        give_json(DemandsOut.of(found).model_dump(mode="json"))
        return
    for one in found.demands:
        lacking = ", ".join(f"{person.name} ({level})" for person, level in one.lacking)
        why = one.reasons[0].text
        line = f"{one.level}  {one.name}: {why}" + (f"; lacked by {lacking}" if lacking else "")
        out().print(plain(line), markup=False)


def _pair(given: str) -> tuple[str, int]:
    name, equals, level = given.rpartition("=")
    if not equals or not level.strip().isdecimal():
        raise typer.BadParameter(
            f"{given!r} is not COMPETENCE=LEVEL, such as “scheduling=2”", param_hint="--level"
        )
    return name.strip(), int(level)
