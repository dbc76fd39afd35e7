"""The plan of a session as a handout: Markdown or a Word document, each part with its citations."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from ingest import form_document, formats, noted
from kb.forms import Form, Head
from kb.text import squash
from kb.vocabulary import TemplateForm, label
from web.learning.teaching_schemas import StepOut, TaughtOut, TeachingPlanOut
from web.wording import day, hours, percent


class Format(StrEnum):
    """Formats of handouts; also how their files end."""

    MARKDOWN = "md"
    WORD = "docx"


MEDIA_TYPES = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.WORD: formats.media_type(formats.Format.WORD),
}


def write(plan: TeachingPlanOut, wanted: Format, today: date) -> bytes:
    """The plan as a file."""
    title = f"Session plan: {plan.topic}"
    summary = f"Drawn on {day(today)} from what is kept here."
    body = "\n".join(line for step in plan.steps for line in _step(step)) + "\n"
    if wanted is Format.MARKDOWN:
        return f"# {noted.plain(title)}\n\n{summary}\n{body}".encode()
    head = Head(ref="", title=title, summary=summary, version=1, owner="", dated=today, language="en")
    return form_document.write(head, Form(TemplateForm.DOCUMENT, ()), (), f"{summary}\n{body}")


def _step(step: StepOut) -> Iterator[str]:
    yield from ("", f"## {step.title}", "", f"*{step.purpose}*", "")
    if step.empty:
        yield step.empty
    elif step.exercises:
        yield from _task(step)
    else:
        for one in step.items:
            yield from _item(one)


def _task(step: StepOut) -> Iterator[str]:
    """All questions first: what is answered below can be folded away or left in the trainer's hands."""
    for number, exercise in enumerate(step.exercises, start=1):
        yield from (f"{number}. {exercise.question}", "")
    yield from (f"### What {step.items[0].item.ref} answers", "")
    for number, exercise in enumerate(step.exercises, start=1):
        yield from (f"**{number}. {exercise.question}**", "", exercise.answer, "")


def _item(one: TaughtOut) -> Iterator[str]:
    terms = (one.item.kind, one.level, one.format)
    facts = [label(term) for term in terms if term]
    if one.hours is not None:
        facts.append(hours(one.hours))
    facts.append(f"fits {percent(one.strength)}")
    yield from (f"### {noted.plain(one.item.title)}", "", " · ".join(facts), "")
    yield from (noted.plain(one.happened or one.item.summary), "")
    if one.passage and not one.happened:
        yield from (f"> {noted.plain(squash(one.passage.text))}", "")
    yield from (f"Source: {noted.plain(one.citation)}", "")
