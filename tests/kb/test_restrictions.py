from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from kb import database, facets, items, library, passages, sources
from kb.access import LOCAL_USER, Principal
from kb.errors import InvalidError, NotFoundError
from kb.models import Restriction
from kb.people import groups, readers, restrictions, users
from kb.people.restrictions import Extent
from kb.people.users import UserDraft
from kb.values import Filters, ItemId
from kb.vocabulary import Classification, FacetName, Role
from tests.samples import lesson, store

GROUPS = ("Alpha", "Beta", "Gamma")
SECRET = "correct horse battery staple"  # noqa: S105 - of nobody
PROJECTS = ("Harbour", "Bridge", "")
MANAGER = Principal(
    "manager", Classification.CONFIDENTIAL, roles=frozenset(Role), groups=frozenset({"Alpha"})
)


@pytest.fixture(scope="module")
def base() -> Iterator[database.Sessions]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    database.migrate(engine)
    sessions = database.sessions(engine)
    with sessions.begin() as session:
        for name in GROUPS:
            groups.add(session, LOCAL_USER, name)
        store(
            session,
            *(lesson(f"T{i}", ref=f"T-{i}", project=PROJECTS[i % 3], tags=("tag",)) for i in range(6)),
        )
    yield sessions
    engine.dispose()


some = st.sets(st.sampled_from(GROUPS), min_size=1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.integers(0, 5), some, max_size=4),
    st.dictionaries(st.sampled_from(PROJECTS[:2]), some, max_size=2),
    st.sets(st.sampled_from(GROUPS)),
)
def test_a_reader_sees_what_every_restriction_lets_a_group_of_theirs_see(
    base: database.Sessions, by_item: dict[int, set[str]], by_project: dict[str, set[str]], own: set[str]
) -> None:
    def open_to_reader(number: int) -> bool:
        kept = [by_item.get(number), by_project.get(PROJECTS[number % 3])]
        return all(groups_ is None or groups_ & own for groups_ in kept)

    reader = Principal("reader", Classification.CONFIDENTIAL, groups=frozenset(own))
    with base.begin() as session:
        session.execute(delete(Restriction))
        for number, names in by_item.items():
            restrictions.keep(session, LOCAL_USER, Extent.ITEM, f"t-{number}", names)
        for project, names in by_project.items():
            restrictions.keep(session, LOCAL_USER, Extent.PROJECT, project.lower(), names)
        allowed = {f"T{number}" for number in range(6) if open_to_reader(number)}
        everything = [ItemId(i) for i in range(1, 7)]
        assert {one.title for one in items.browse(session, reader, Filters(), offset=0, limit=9)} == allowed
        assert items.count(session, reader, Filters()) == len(allowed)
        assert len(items.visible_among(session, reader, everything)) == len(allowed)
        assert facets.total(facets.count(session, reader, everything)) == len(allowed)
        assert facets.total(facets.count_all(session, reader, Filters())) == len(allowed)
        assert facets.starting(session, reader, FacetName.TAG, "t", 5) == (["tag"] if allowed else [])
        assert len(passages.read(session, reader, list(passages.keys(session)))) == len(allowed)
        assert items.count(session, LOCAL_USER, Filters()) == 6
        seen = [one for n in range(6) for one in restrictions.of_item(session, reader, f"T-{n}")]
        assert all(set(one.groups) & own for one in seen)


@pytest.fixture
def session(base: database.Sessions) -> Iterator[Session]:
    with base() as session:
        session.execute(delete(Restriction))
        yield session
        session.rollback()


def test_files_of_one_place_are_kept_together_with_what_comes_later(session: Session) -> None:
    source = library.SourceDraft("/srv/closed/one.csv", "one.csv", "d" * 64, 1, "text/csv", "csv")
    library.store(session, LOCAL_USER, source, [lesson("Closed", ref="C-1"), lesson("Open", ref="C-2")])
    kept = restrictions.keep(session, LOCAL_USER, Extent.PLACE, "/srv/closed/", ["alpha"])
    assert (kept.extent, kept.subject, kept.groups, kept.items) == (
        Extent.PLACE,
        "/srv/closed/",
        ("Alpha",),
        2,
    )
    later = replace(source, location="/srv/closed/two.csv", digest="e" * 64)
    library.store(session, LOCAL_USER, later, [lesson("Later", ref="C-3")])
    stranger = Principal("stranger", Classification.CONFIDENTIAL, groups=frozenset({"Beta"}))
    for ref in ("C-1", "C-2", "C-3"):
        assert items.get(session, MANAGER, ref).head.ref == ref
        assert [one.number for one in restrictions.of_item(session, MANAGER, ref)] == [kept.number]
        with pytest.raises(NotFoundError, match=f"There is no item '{ref}' here"):
            items.get(session, stranger, ref)
    restrictions.lift(session, LOCAL_USER, kept.number)
    assert items.get(session, stranger, "C-3").head.title == "Later"


def test_a_file_is_open_to_those_who_may_read_all_that_came_from_it(session: Session) -> None:
    source = library.SourceDraft("/srv/register.csv", "register.csv", "f" * 64, 1, "text/csv", "csv")
    library.store(session, LOCAL_USER, source, [lesson("Shown", ref="R-1"), lesson("Kept", ref="R-2")])
    reader = Principal("reader", Classification.CONFIDENTIAL, groups=frozenset({"Beta"}))
    assert sources.wholly_readable(session, reader, "R-1")
    restrictions.keep(session, LOCAL_USER, Extent.ITEM, "R-2", ["Alpha"])
    assert not sources.wholly_readable(session, reader, "R-1")
    assert sources.wholly_readable(session, MANAGER, "R-1")


def test_what_is_kept_from_an_administrator_is_not_named_to_them(session: Session) -> None:
    kept = restrictions.keep(session, LOCAL_USER, Extent.PROJECT, "Harbour", ["Beta"])
    own = restrictions.keep(session, MANAGER, Extent.PROJECT, "Bridge", ["Alpha", "Gamma"])
    assert [one.number for one in restrictions.listed(session, MANAGER)] == [own.number]
    assert own.groups == ("Alpha", "Gamma")
    assert len(restrictions.listed(session, LOCAL_USER)) == 2
    with pytest.raises(NotFoundError):
        restrictions.lift(session, MANAGER, kept.number)
    with pytest.raises(NotFoundError, match="There is no project 'harbour' here"):
        restrictions.keep(session, MANAGER, Extent.PROJECT, "harbour", ["Alpha"])


def test_an_item_of_no_project_is_not_said_to_be_kept_as_others_are(session: Session) -> None:
    restrictions.keep(session, LOCAL_USER, Extent.ITEM, "T-1", ["Alpha"])
    restrictions.keep(session, LOCAL_USER, Extent.PLACE, "/srv/closed/", ["Alpha"])
    assert restrictions.of_item(session, LOCAL_USER, "T-2") == []  # the samples' third project is none
    assert [one.subject for one in restrictions.of_item(session, LOCAL_USER, "T-1")] == ["T-1"]


def test_what_makes_no_sense_is_refused(session: Session) -> None:
    with pytest.raises(InvalidError, match="at least one group"):
        restrictions.keep(session, LOCAL_USER, Extent.ITEM, "T-1", [])
    with pytest.raises(NotFoundError, match="There is no group 'Delta'"):
        restrictions.keep(session, LOCAL_USER, Extent.ITEM, "T-1", ["Delta"])
    with pytest.raises(InvalidError, match="could not read it yourself"):
        restrictions.keep(session, MANAGER, Extent.ITEM, "T-1", ["Beta"])
    with pytest.raises(InvalidError, match="what the locations"):
        restrictions.keep(session, LOCAL_USER, Extent.PLACE, " ", ["Beta"])
    with pytest.raises(NotFoundError):
        restrictions.keep(session, Principal("reader", Classification.PUBLIC), Extent.ITEM, "T-1", ["Alpha"])


def test_what_is_sent_to_somebody_is_what_they_may_read_today(session: Session) -> None:
    assert readers.absent(session, "Anna", Classification.INTERNAL).all_groups
    draft = UserDraft("root", "Root", [Role.ADMINISTRATOR], password=SECRET)
    users.add(session, LOCAL_USER, draft)
    assert not readers.absent(session, "Anna", Classification.INTERNAL).all_groups
    users.add(
        session,
        LOCAL_USER,
        UserDraft("anna", "Anna", [Role.READER], Classification.RESTRICTED, password=SECRET),
    )
    groups.join(session, LOCAL_USER, "Beta", "anna")
    found = readers.absent(session, "Anna", Classification.CONFIDENTIAL)
    assert (found.clearance, found.groups) == (Classification.RESTRICTED, {"Beta"})
    assert readers.absent(session, "Anna", Classification.PUBLIC).clearance is Classification.PUBLIC
