import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from ingest import pipeline
from kb.access import LOCAL_USER
from kb.database import transaction
from kb.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from kb.models import Embedding
from kb.searching import encoders
from kb.searching.encoders import ORIGINAL, Adapted, Figure, Recipe
from search.query import Query
from tests.judging import write_queryset
from tests.web.commands import PROGRAM, kb
from web.base import lock, work
from web.base.state import read
from web.quality import adapting
from web.wiring import Services, build

THINGS = [
    "pump",
    "crane",
    "valve",
    "cable",
    "beam",
    "sensor",
    "boiler",
    "bridge",
    "tunnel",
    "server",
    "antenna",
    "battery",
]
TROUBLES = ("leaked", "jammed", "overheated", "arrived late")
PLACES = ["harbour", "hospital"]


def lessons(folder: Path) -> Path:
    """A register of 96 lessons about things that went wrong in places."""
    rows = [
        f"{trouble.capitalize()}: the {thing} of the {place},"
        f"The {thing} at the {place} {trouble} in week {week}.,"
        f"Inspect every {thing} of a {place} before it {trouble} again and write down who did it.\n"
        for week, (thing, trouble, place) in enumerate(
            (thing, trouble, place) for thing in THINGS for trouble in TROUBLES for place in PLACES
        )
    ]
    path = folder / "log.csv"
    path.write_text("Lesson title,What happened,Recommendation\n" + "".join(rows))
    return path


@pytest.fixture
def base(services: Services, tmp_path: Path) -> Iterator[Services]:
    settings = services.settings
    pipeline.run(services.sessions, services.files, LOCAL_USER, settings.limits, [lessons(tmp_path)])
    work.sync(services)
    yield services
    with services.sessions() as session:
        encoders.put_in_force(session, LOCAL_USER, settings.model, ORIGINAL)
        session.commit()
    adapting.prune(services, LOCAL_USER)  # compiled encoders are shared by all tests


def vectors(services: Services) -> dict[str, int]:
    with services.sessions() as session:
        return dict(session.execute(select(Embedding.model, func.count()).group_by(Embedding.model)).all())  # pyright: ignore[reportArgumentType]


def first_hit(services: Services) -> str:
    with services.sessions() as session:
        found = services.search().search(session, LOCAL_USER, Query("boiler overheated in the hospital"))
    return found.hits[0].item.title


def test_an_encoder_is_trained_compared_switched_and_taken_back(base: Services) -> None:
    original, titled = base.encoder().model, "Overheated: the boiler of the hospital"
    other = build(base.settings)  # another process: a server, for instance
    assert first_hit(other) == titled
    told: list[str] = []
    adapted = adapting.adapt(
        base, LOCAL_USER, 0.05, [], negatives=True, listener=work.Listener(tell=told.append)
    )
    assert adapted.recipe.steps >= 1
    assert adapted.recipe.share in adapting.SHARES
    assert any("Training on" in sentence for sentence in told)
    assert adapted.verdict.startswith("Better" if adapted.better else "Not better")
    assert (base.encoder().model == adapted.model) is adapted.better
    if not adapted.better:
        adapting.use(base, LOCAL_USER, adapted.name)
    assert first_hit(base) == first_hit(other) == titled
    assert other.search() is not None
    assert base.encoder().model == other.encoder().model == adapted.model != original
    assert read(base).index.problem == ""
    both = vectors(base)
    assert both[original] == both[adapted.model]

    assert adapting.revert(base, LOCAL_USER) == ORIGINAL
    assert base.encoder().model == original
    assert first_hit(base) == first_hit(other) == titled
    assert vectors(base) == both
    with pytest.raises(ConflictError):
        adapting.revert(base, LOCAL_USER)

    assert adapting.prune(base, LOCAL_USER) == [adapted.name]
    assert vectors(base) == {original: both[original]}
    assert list(base.settings.adapted.iterdir()) == []
    assert not list(base.settings.models.glob(f"{adapted.name}*"))
    other.close()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_training_that_is_broken_off_changes_nothing(base: Services, ending: signal.Signals) -> None:
    before = vectors(base)
    command = [*PROGRAM, "--data", str(base.settings.data)]
    with subprocess.Popen(
        [*command, "adapt", "--minutes", "5"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while "Training on" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(ending)
        rest = process.stderr.read()
    assert "Traceback" not in rest
    assert vectors(base) == before
    left = list(base.settings.adapted.iterdir())
    if ending is signal.SIGINT:
        assert process.returncode == 130
        assert "nothing was changed" in rest
        assert left == []
    with base.sessions() as session:
        assert encoders.kept(session) == []
    adapting.prune(base, LOCAL_USER)
    assert list(base.settings.adapted.iterdir()) == []


def test_there_is_one_training_at_a_time(base: Services) -> None:
    with lock.adapting(base.settings.data), pytest.raises(ConflictError, match="Another training"):
        adapting.adapt(base, LOCAL_USER, 0.01, [])


def test_a_full_disk_is_a_sentence(base: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapting, "_ROOM", 10**9)
    with pytest.raises(UnavailableError, match="not enough room"):
        adapting.adapt(base, LOCAL_USER, 0.01, [])
    assert list(base.settings.adapted.iterdir()) == []


def test_too_small_a_base_is_told_so(services: Services) -> None:
    with pytest.raises(InvalidError, match="too little to learn from"):
        adapting.adapt(services, LOCAL_USER, 0.01, [])


def test_queries_on_other_documents_are_refused(services: Services, tmp_path: Path) -> None:
    folder = write_queryset(
        tmp_path / "other", [{"_id": "1", "text": "pump"}], "1\td1\t1\n", [{"_id": "d1", "text": "pump"}]
    )
    with pytest.raises(InvalidError, match="documents of its own"):
        adapting.adapt(services, LOCAL_USER, 0.01, [folder])


def test_models_are_listed_on_the_page_and_in_the_api(services: Services, client: TestClient) -> None:
    setting = services.settings.model
    figures = (Figure("held out", "nDCG@10", 0.5, 0.625, 0.01),)
    made = Adapted("mine", setting, "mine@1", Recipe(500, 8, 60.0, 0.5), figures, True, "Better: it gained.")
    with transaction(services.sessions) as session:
        encoders.add(session, LOCAL_USER, made)
    first, last = client.get("/api/v1/models").json()["models"]
    assert (first["name"], first["in_use"], last["name"], last["in_use"]) == ("mine", False, ORIGINAL, True)
    assert first["training"]["figures"][0]["after"] == 0.625
    assert last["training"] is None
    page = client.get("/insight/models").text
    assert "Better: it gained." in page
    assert "0.625" in page
    assert page.count("In use") == 1


def test_a_missing_model_says_how_to_go_on(services: Services) -> None:
    setting = services.settings.model
    made = Adapted("gone", setting, "gone@1", Recipe(500, 8, 60.0, 0.5), (), True, "Better.")
    with transaction(services.sessions) as session:
        encoders.add(session, LOCAL_USER, made)
        encoders.put_in_force(session, LOCAL_USER, setting, "gone")
    with pytest.raises(UnavailableError, match="kb adapt --revert"):
        services.encoder()
    assert adapting.revert(services, LOCAL_USER) == ORIGINAL
    assert services.encoder().model
    with pytest.raises(UnavailableError, match="backup"):
        adapting.use(services, LOCAL_USER, "gone")
    with pytest.raises(NotFoundError, match="kb adapt --list"):
        adapting.use(services, LOCAL_USER, "nonsense")
    with services.sessions() as session:
        assert encoders.in_force(session, setting) == ORIGINAL


def test_the_command_lists_switches_and_says_what_it_can_not_do(services: Services) -> None:
    data = services.settings.data
    assert "Usage: kb" in kb(data, "adapt", "--help").stdout
    (only,) = json.loads(kb(data, "adapt", "--list", "--json").stdout)
    assert (only["name"], only["in_use"]) == (ORIGINAL, True)
    assert services.settings.model in kb(data, "adapt", "--list").stdout
    assert "nothing to go back to" in kb(data, "adapt", "--revert", code=1).stderr
    assert "kb adapt --list" in kb(data, "adapt", "--use", "nonsense", code=1).stderr
    assert "too little to learn from" in kb(data, "adapt", code=1).stderr
    assert "nothing" in kb(data, "adapt", "--prune").stdout
    assert kb(data, "adapt", "--list", "--prune", code=2).stderr
