"""A base with a lesson that was submitted and a template, and the people who work on them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest import rewriting
from kb import library
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.values import ItemDraft, LessonFields, TemplateFields
from kb.vocabulary import Kind
from tests.samples import lesson
from web.app import create_app
from web.wiring import Services

LESSON, OTHER, TEMPLATE = "L-1", "L-2", "T-1"
SAID = "## Event\n\nThe pumps came late.\n\n## Recommendation\n\nAsk for the day before the order."
FORM = "## Purpose\n\nOrder things in time.\n\n## Fields\n\n- Delivery: the week.\n- Price.\n"


@dataclass(frozen=True, slots=True)
class People:
    """A browser or program of each."""

    anna: TestClient
    bert: TestClient
    edith: TestClient


def fill(services: Services) -> None:
    """Write two lessons and a template."""
    fields = LessonFields(event="The pumps came late.", recommendation="Ask for the day before the order.")
    form = ItemDraft(Kind.TEMPLATE, "Order form", "", TemplateFields(), ref=TEMPLATE)
    with transaction(services.sessions) as session:
        library.write(session, LOCAL_USER, lesson("Late pumps", SAID, fields=fields, ref=LESSON))
        library.write(session, LOCAL_USER, lesson("Late cables", fields=fields, ref=OTHER))
        library.write(session, LOCAL_USER, rewriting.rewritten(form, FORM))


@contextmanager
def people(services: Services) -> Generator[People]:
    """Anna writes, Bert reviews, Edith keeps the templates; on a laptop each may do everything."""
    app = create_app(services)
    with TestClient(app, base_url="http://localhost"):
        yield People(*(_named(app, name) for name in ("Anna", "Bert", "Edith")))


def _named(app: FastAPI, name: str) -> TestClient:
    return TestClient(
        app,
        base_url="http://localhost",
        cookies={"person": name},
        follow_redirects=False,
    )
