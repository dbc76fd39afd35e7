"""What people can do: kept with history, seen by few, compared with roles; API, pages, command line."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from kb.access import Principal
from kb.database import transaction
from kb.errors import InvalidError, NotFoundError
from kb.learning import people
from kb.learning.people import AssessmentDraft, Judged
from kb.values import DocumentFields, ItemDraft
from kb.vocabulary import Classification, DocumentKind, Kind, Role
from tests.samples import store
from tests.web.commands import kb
from tests.web.roles import client_of
from tests.web.test_pages import one, opened
from web.base import work
from web.pictures import radar, sparkline
from web.wiring import Services

NAMES = ("listening", "scheduling", "cost control")
ASKED = """## Required competences

| Competence | Level |
|---|---|
| listening | 4 |
| scheduling | 2 |
| cost control | 1 |
"""


def principal(name: str, *roles: Role) -> Principal:
    return Principal(name, Classification.INTERNAL, bool(roles), frozenset(roles))


ANN, BOB = principal("Ann", Role.CONTRIBUTOR), principal("Bob", Role.CONTRIBUTOR)
TESS, MAX = principal("Tess", Role.TRAINER), principal("Max", Role.MANAGER)
RAE = principal("Rae", Role.READER)


@pytest.fixture
def base(services: Services) -> Services:
    """Three competences, a role, and assessments of Ann and Bob."""
    documents = [
        ItemDraft(Kind.DOCUMENT, name, "", DocumentFields(DocumentKind.COMPETENCE), key=name)
        for name in NAMES
    ]
    role = ItemDraft(
        Kind.DOCUMENT, "Host", ASKED, DocumentFields(DocumentKind.ROLE_PROFILE), key="h", ref="R-1"
    )
    with transaction(services.sessions) as session:
        store(session, *documents, role)
        for who, draft in (
            (ANN, AssessmentDraft("Ann", {"Listening": 3, "scheduling": 1}, team="North")),
            (TESS, AssessmentDraft("Ann", {"listening": 2}, Judged.MANAGER, date(2025, 1, 5), "Seen.")),
            (MAX, AssessmentDraft("Bob", {"cost control": 2}, Judged.EVIDENCE, team="North")),
        ):
            people.record(session, who, draft)
    return services


def test_an_assessment_is_read_by_its_person_its_author_and_those_who_develop_people(base: Services) -> None:
    seen = {
        "Ann": {"Ann": 2},
        "Bob": {"Bob": 1},
        "Tess": {"Ann": 2, "Bob": 1},
        "Max": {"Ann": 2, "Bob": 1},
        "Rae": {},
    }
    with base.sessions() as session:
        for who in (ANN, BOB, TESS, MAX, RAE):
            found = {one.name: len(one.history) for one in people.people(session, who)}
            assert found == seen[who.name]
            assert people.teams(session, who) == (["North"] if found else [])
            for name in ("Ann", "Bob"):
                if name not in found:
                    with pytest.raises(NotFoundError):
                        people.named(session, who, name)
        former = principal("Tess", Role.CONTRIBUTOR)  # she wrote one, and is no trainer any more
        assert [(p.name, len(p.history)) for p in people.people(session, former)] == [("Ann", 1)]


@pytest.mark.parametrize(
    ("who", "draft", "error"),
    [
        (BOB, AssessmentDraft("Ann", {"listening": 1}), NotFoundError),
        (RAE, AssessmentDraft("Rae", {"listening": 1}), NotFoundError),
        (ANN, AssessmentDraft("Ann", {"listening": 1}, Judged.MANAGER), InvalidError),
        (ANN, AssessmentDraft("Ann", {"listening": 6}), InvalidError),
        (ANN, AssessmentDraft("Ann", {"juggling": 1}), InvalidError),
        (ANN, AssessmentDraft("Ann", {}), InvalidError),
        (ANN, AssessmentDraft("Ann", {"listening": 1}, dated=date(2999, 1, 1)), InvalidError),
        (TESS, AssessmentDraft(" ", {"listening": 1}), InvalidError),
    ],
)
def test_what_may_not_be_said_is_refused(
    base: Services, who: Principal, draft: AssessmentDraft, error: type[Exception]
) -> None:
    with base.sessions() as session, pytest.raises(error):
        people.record(session, who, draft)


def test_the_newest_level_counts_and_each_kind_is_told(base: Services) -> None:
    with base.sessions() as session:
        ann = people.named(session, ANN, "ann")
    assert ann.levels == {"listening": 3, "scheduling": 1}
    assert ann.by(Judged.MANAGER) == {"listening": 2}
    assert [one.author for one in ann.history] == ["Ann", "Tess"]


def test_gaps_against_a_role_on_page_and_api(base: Services) -> None:
    client = client_of(base, "Ann", Role.CONTRIBUTOR)
    (ann,) = client.get("/api/v1/learners").json()
    told = client.get(f"/api/v1/learners/{ann['number']}", params={"role": "Host"}).json()
    assert [(line["name"], line["level"], line["wanted"], line["gap"]) for line in told["lines"]] == [
        ("cost control", 0, {"Host": 1}, 1),
        ("listening", 3, {"Host": 4}, 1),
        ("scheduling", 1, {"Host": 2}, 1),
    ]
    page = opened(client, f"/learners/{ann['number']}?role=R-1")
    assert len(page.select(".radar polygon")) == 3
    assert len(page.select("#levels + .wide tbody tr")) == 3
    assert client.get("/api/v1/learners/2").status_code == 404


def test_a_team_tells_what_nobody_reaches(base: Services) -> None:
    client = client_of(base, "Tess", Role.TRAINER)
    told = client.get("/api/v1/teams/north", params={"role": "Host"}).json()
    assert told["best"] == {"listening": 3, "scheduling": 1, "cost control": 2}
    assert {(gap["name"], gap["level"], gap["wanted"]) for gap in told["gaps"]} == {
        ("listening", 3, 4), ("scheduling", 1, 2),
    }  # fmt: skip
    page = opened(client, "/teams/North?role=R-1")
    assert len(page.select(".heat .marked")) == 2
    assert client_of(base, "Rae", Role.READER).get("/teams/North").status_code == 404


def test_the_form_keeps_what_was_chosen(base: Services) -> None:
    client = client_of(base, "Ann", Role.CONTRIBUTOR)
    form = opened(client, "/learners/assess")
    assert one(form, "#learner")["value"] == "Ann"
    said = {"learner": "Ann", "kind": "evidence", "level:scheduling": "2", "dated": "2026-01-02"}
    answer = client.post("/learners/assess", data=said)
    page = opened(client, answer.headers["location"])
    assert len(page.select("#history ~ .wide tbody tr")) == 3


def test_a_team_is_assessed_at_once_or_not_at_all(base: Services) -> None:
    client = client_of(base, "Tess", Role.TRAINER)
    grid = opened(client, "/teams/North/assess")
    squares = [str(field["name"]) for field in grid.select("select[name^='level:']")]
    assert len(squares) == 2 * len(NAMES)
    said = {"kind": "manager", squares[0]: "2", squares[-1]: "3", "dated": "2026-03-01"}
    assert client.post("/teams/North/assess", data=said).headers["location"] == "/teams/North"
    with base.sessions() as session:
        before = {one.name: len(one.history) for one in people.people(session, TESS)}
    address = "/api/v1/teams/North/assessments"
    for levels in ({"Ann": {"listening": 4}, "Bob": {"juggling": 1}}, {"Zoe": {"listening": 1}}, {}):
        assert client.post(address, json={"levels": levels}).status_code == 400
    with base.sessions() as session:
        assert {one.name: len(one.history) for one in people.people(session, TESS)} == before
    told = client.post(address, json={"levels": {"Ann": {"listening": 5}, "Bob": {"listening": 1}}}).json()
    assert [one["name"] for one in told] == ["Ann", "Bob"]
    data = base.settings.data
    assert "1 person" in kb(data, "learner", "assess-team", "North", "--level", "Bob:scheduling=2").stdout
    contributor = client_of(base, "Ann", Role.CONTRIBUTOR)
    assert contributor.get("/teams/North/assess").status_code == 404
    assert contributor.post(address, json={"levels": {"Ann": {"listening": 5}}}).status_code == 404


def test_levels_are_drawn_as_they_went_with_time(base: Services) -> None:
    with base.sessions() as session:
        ann = people.named(session, TESS, "Ann")
    assert [total for _, total in ann.course] == [2, 4]
    drawn = sparkline.draw([(date(2026, 1, 1), 2), (date(2026, 1, 11), 4)], "Sum")
    assert drawn is not None
    assert drawn.points == "4.0,16.0 156.0,16.0 156.0,4.0"
    assert sparkline.draw([(date(2026, 1, 1), 2)], "Sum") is None
    assert opened(client_of(base, "Tess", Role.TRAINER), "/teams/North").select(".spark title")


def test_a_radar_reaches_as_far_as_its_levels() -> None:
    levels: dict[str, int] = dict(zip(NAMES, (5, 0, 3), strict=True))
    drawn = radar.draw(NAMES, {"all": levels})
    points = [tuple(map(float, point.split(","))) for point in drawn.outlines[0].points.split(" ")]
    for (x, y), axis, level in zip(points, drawn.axes, levels.values(), strict=True):
        assert (x**2 + y**2) ** 0.5 == pytest.approx(drawn.rings[-1] * level / 5, abs=0.2)
        assert x * axis.y == pytest.approx(y * axis.x, abs=20)


def test_pages_work_where_nobody_is_known(client: TestClient) -> None:
    for address in ("/learners", "/learners/assess", "/roles", "/competences"):
        one(opened(client, address), "h1")
    assert client.get("/learners/1").status_code == 404


def test_nobody_plans_with_levels_that_they_may_not_read(base: Services) -> None:
    with transaction(base.sessions) as session:
        number = people.record(session, ANN, AssessmentDraft("Ann", {"listening": 4})).number
    work.sync(base)
    address = "/api/v1/learning-paths"
    asked = {"role": "Host", "learner": number}
    assert client_of(base, "Bob", Role.CONTRIBUTOR).get(address, params=asked).status_code == 404
    mine = client_of(base, "Ann", Role.CONTRIBUTOR).get(address, params=asked).json()
    assert [gap["name"] for gap in mine["missing"]] == ["scheduling", "cost control"]
    assert "Nothing here leads to scheduling at level 2; the most is 1." in mine["unmet"]
