"""Practices on the command line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from web.adoption.practices import Advice, Answer

app = typer.Typer(help="Recommend practices; assess projects and teams.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command()
def recommend(
    context: typer.Context,
    situation: Annotated[list[str] | None, typer.Argument(help="What the situation is, in words.")] = None,
    need: Annotated[list[str] | None, typer.Option(help="One more situation; may be repeated.")] = None,
    assessment: Annotated[
        int | None, typer.Option(min=1, help="Number of the assessment whose gaps are to be closed.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=30, help="At most so many.")] = 8,
    json: Json = False,
) -> None:
    """Recommend practices, each with what speaks for and against it."""
    from web.adoption import practices
    from web.adoption.practice_schemas import RecommendationsOut
    from web.adoption.practices import Asked
    from web.console.terminal import existing, give_json, out, person

    asked = Asked(" ".join(situation or ()), tuple(need or ()), assessment)
    with existing(context.obj) as services, services.sessions() as session:
        answer = practices.recommend(services, session, person(services), asked, limit=limit)
    if json:
        give_json(RecommendationsOut.of(answer).model_dump(mode="json"))
        return
    for advice in answer.advice:
        for line in _lines(advice, answer):
            out().print(line, markup=False)
    for concern in answer.unanswered:
        out().print(f"No practice here answers this well: {concern.text}", markup=False)


def _lines(advice: "Advice", answer: "Answer") -> Iterator[str]:
    from web.adoption.practice_schemas import why_of
    from web.console.terminal import plain
    from web.wording import percent, plural

    head = advice.practice.head
    yield plain(f"{head.ref}  {head.title}  (fits {percent(advice.proposal.fit)})")
    for why in why_of(advice, answer)[:2]:
        yield plain(f"  why: {why.concern}" + (f" – {why.passage}" if why.passage else ""))
    for sign, voices in (("+", advice.evidence.supports), ("-", advice.evidence.opposes)):
        for voice in voices:
            yield plain(f"  {sign} {voice.item.ref + ': ' if voice.item else ''}{voice.said}")
    for gap in advice.closes:
        yield plain(f"  closes: {gap.question.key}, level {gap.level} to {gap.target}")
    if advice.preconditions:
        yield plain(f"  needs: {'; '.join(advice.preconditions)}")
    yield plain(f"  takes: {plural(advice.work.steps, 'step')}; {', '.join(advice.work.roles)}")
    yield ""


@app.command()
def questions(context: typer.Context, json: Json = False) -> None:
    """List the questions of the assessment with the levels of their answers."""
    from kb.assessments.questions import questions as asked
    from web.adoption.practice_schemas import QuestionOut
    from web.console.terminal import give_json, out

    del context
    if json:
        give_json([QuestionOut.of(one).model_dump(mode="json") for one in asked()])
        return
    for one in asked():
        out().print(f"{one.key}: {one.text}", markup=False)
        for level, said in enumerate(one.levels):
            out().print(f"  {level}  {said}", markup=False)


@app.command()
def assess(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(help="The project or team.")],
    answer: Annotated[
        list[str], typer.Option(metavar="KEY=LEVEL", help="A question's level, 0 to 5; may be repeated.")
    ],
    target: Annotated[int, typer.Option(min=1, max=5, help="The level that is wanted.")] = 3,
    json: Json = False,
) -> None:
    """Keep an assessment. The keys are those of `kb practice questions`."""
    from kb.assessments import records
    from kb.assessments.records import AssessmentDraft
    from kb.database import transaction
    from web.adoption.practice_schemas import AssessmentOut
    from web.console.terminal import existing, give_json, out, person
    from web.wording import plural

    draft = AssessmentDraft(subject, dict(map(_pair, answer)), target)
    with existing(context.obj) as services, transaction(services.sessions) as session:
        kept = records.keep(session, person(services), draft)
    if json:
        give_json(AssessmentOut.of(kept).model_dump(mode="json"))
        return
    out().print(f"Assessment {kept.number} has {plural(len(kept.gaps), 'gap')}.", markup=False)
    out().print(f"Next: kb practice recommend --assessment {kept.number}", markup=False)


@app.command()
def assessments(
    context: typer.Context,
    subject: Annotated[str, typer.Option(help="Only of this project or team.")] = "",
    json: Json = False,
) -> None:
    """List assessments, newest first."""
    from kb.assessments import records
    from web.adoption.practice_schemas import AssessmentOut
    from web.console import printing
    from web.console.terminal import existing, give_json, out, person
    from web.wording import day, plural

    with existing(context.obj) as services, services.sessions() as session:
        found = records.listed(session, person(services), subject=subject)
    if json:
        give_json([AssessmentOut.of(one).model_dump(mode="json") for one in found])
        return
    rows = (
        (
            str(one.number),
            f"{one.said.subject}, {day(one.at.date())}, {plural(len(one.gaps), 'gap')}",
        )
        for one in found
    )
    printing.table(out(), rows)


def _pair(given: str) -> tuple[str, int]:
    key, equals, level = given.partition("=")
    if not equals or not level.strip().isdecimal():
        raise typer.BadParameter(f"{given!r} is not KEY=LEVEL, such as risk.finding=2", param_hint="--answer")
    return key.strip(), int(level)
