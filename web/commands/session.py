"""Lessons sessions on the command line."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

app = typer.Typer(
    help="Hold lessons sessions: people put down notes, notes become lessons.", no_args_is_help=True
)

Chosen = TypeVar("Chosen", bound=StrEnum)
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Code = Annotated[str, typer.Argument(help="The session's code.")]


@app.command("open")
def open_session(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="What it is about.")],
    project: Annotated[str, typer.Option(help="The project.")],
    kind: Annotated[
        str, typer.Option(help="after-action, stage-end, project-end or interview.")
    ] = "after-action",
    classification: Annotated[
        str, typer.Option(help="Who may see it: public, internal, restricted or confidential.")
    ] = "internal",
    anonymous: Annotated[
        bool | None, typer.Option("--anonymous/--named", help="Whether names are kept; default: by kind.")
    ] = None,
    votes: Annotated[
        int | None, typer.Option(min=0, max=20, help="Votes for each person; default: by kind.")
    ] = None,
    planned: Annotated[bool, typer.Option("--planned", help="Plan it; open it later.")] = False,
    json: Json = False,
) -> None:
    """Open a lessons session, or plan one, with the agenda and questions that are usual for its kind."""
    from kb.database import transaction
    from kb.sessions import gatherings
    from kb.sessions.gatherings import GatheringDraft
    from kb.vocabulary import Classification, SessionKind, SessionState
    from web.console.terminal import existing, give_json, out, person
    from web.sessions.schemas import SessionOut

    draft = GatheringDraft(
        kind=_term(SessionKind, kind, "--kind"),
        title=title,
        project=project,
        classification=_term(Classification, classification, "--classification"),
        anonymous=anonymous,
        votes=votes,
    )
    state = SessionState.PLANNED if planned else SessionState.OPEN
    with existing(context.obj) as services, transaction(services.sessions) as session:
        made = gatherings.arrange(session, person(services), draft, state)
    found = SessionOut.of(made)
    if json:
        give_json(found.model_dump(mode="json"))
    else:
        out().print(f"{made.title} is {made.state}: people join at {found.url}", markup=False)


@app.command()
def edit(  # noqa: PLR0913 - each is an option of the command
    context: typer.Context,
    code: Code,
    title: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    project: Annotated[str | None, typer.Option(help="The project.")] = None,
    classification: Annotated[
        str | None, typer.Option(help="Who may see it: public, internal, restricted or confidential.")
    ] = None,
    anonymous: Annotated[
        bool | None, typer.Option("--anonymous/--named", help="Whether names are kept.")
    ] = None,
    votes: Annotated[int | None, typer.Option(min=0, max=20, help="Votes for each person.")] = None,
    agenda: Annotated[list[str] | None, typer.Option(help="A step of the agenda; repeat for more.")] = None,
    prompt: Annotated[list[str] | None, typer.Option(help="A question; repeat for more.")] = None,
    json: Json = False,
) -> None:
    """Change what is planned; what is left out stays as it is."""
    from kb.database import transaction
    from kb.sessions import gatherings
    from kb.sessions.gatherings import GatheringDraft
    from kb.vocabulary import Classification
    from web.console.terminal import existing, give_json, out, person
    from web.sessions.schemas import SessionOut

    with existing(context.obj) as services, transaction(services.sessions) as session:
        planned = gatherings.get(session, person(services), code)
        draft = GatheringDraft(
            kind=planned.kind,
            title=planned.title if title is None else title,
            project=planned.project if project is None else project,
            classification=_term(Classification, classification, "--classification")
            if classification
            else planned.classification,
            anonymous=planned.anonymous if anonymous is None else anonymous,
            votes=planned.votes if votes is None else votes,
            agenda=planned.agenda if agenda is None else tuple(agenda),
            prompts=planned.prompts if prompt is None else tuple(prompt),
        )
        found = SessionOut.of(gatherings.edit(session, person(services), code, draft))
    if json:
        give_json(found.model_dump(mode="json"))
    else:
        out().print(f"{found.title} is changed: {found.url}", markup=False)


@app.command("list")
def list_sessions(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only those planned, open or closed.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List lessons sessions, newest first."""
    from kb.sessions import gatherings
    from kb.vocabulary import SessionState, label
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.sessions.schemas import SessionOut
    from web.wording import plural

    wanted = _term(SessionState, state, "--state") if state else None
    with existing(context.obj) as services, services.sessions() as session:
        found = gatherings.listed(session, person(services), state=wanted, limit=limit)
    if json:
        give_json([SessionOut.of(one).model_dump(mode="json") for one in found])
        return
    if not found:
        out().print("There is no such session yet. Open one with: kb session open TITLE --project NAME")
    printing.table(
        out(),
        (
            (
                one.code,
                f"{one.title} ({one.project}), {label(one.state).lower()}, {plural(one.notes, 'note')}",
            )
            for one in found
        ),
    )


@app.command()
def show(context: typer.Context, code: Code, json: Json = False) -> None:
    """Show a session with its notes."""
    from kb.sessions import gatherings, notes
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.sessions import session_reports
    from web.sessions.schemas import SessionDetailOut

    with existing(context.obj) as services, services.sessions() as session:
        gathering = gatherings.get(session, person(services), code)
        board = notes.board(session, person(services), code)
    if json:
        give_json(SessionDetailOut.of_board(gathering, board).model_dump(mode="json"))
    else:
        printing.text(out(), session_reports.markdown(gathering, board))


@app.command()
def report(
    context: typer.Context,
    code: Code,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file that ends in .md or .docx.", dir_okay=False),
    ] = None,
) -> None:
    """Write a session's report into a file."""
    from kb.sessions import gatherings, notes
    from web.console.terminal import existing, out, person, save
    from web.sessions import session_reports
    from web.sessions.session_reports import Format

    with existing(context.obj) as services, services.sessions() as session:
        gathering = gatherings.get(session, person(services), code)
        wanted = _term(Format, output.suffix[1:] if output else "md", "--output")
        target = output or Path(session_reports.file_name(gathering, wanted))
        body = session_reports.write(gathering, notes.board(session, person(services), code), wanted)
        save(target, [body])
    out().print(f"Written to {target}", markup=False)


@app.command("set")
def change(
    context: typer.Context, code: Code, state: Annotated[str, typer.Argument(help="open or closed.")]
) -> None:
    """Open a planned session, close it, or open it again."""
    from kb.database import transaction
    from kb.sessions import gatherings
    from kb.vocabulary import SessionState
    from web.console.terminal import existing, out, person

    wanted = _term(SessionState, state, "STATE")
    with existing(context.obj) as services, transaction(services.sessions) as session:
        made = gatherings.change_state(session, person(services), code, wanted)
    out().print(f"{made.title} is {made.state}.", markup=False)


def _term(vocabulary: type[Chosen], said: str, where: str) -> Chosen:
    from kb.vocabulary import term

    found = term(vocabulary, said)
    if found is None:
        raise typer.BadParameter(f"{said!r} is none of {', '.join(vocabulary)}", param_hint=where)
    return found
