import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.access import LOCAL_USER, Principal
from kb.errors import ConflictError, NotFoundError
from kb.models import AuditEvent
from kb.searching import embeddings, encoders
from kb.searching.encoders import ORIGINAL, Adapted, Figure, Recipe
from kb.vocabulary import Classification

SETTING = "some-model"
READER = Principal("reader", Classification.INTERNAL)


def adapted(name: str, setting: str = SETTING) -> Adapted:
    figures = (Figure("held out", "nDCG@10", 0.5, 0.6, 0.01),)
    return Adapted(name, setting, f"{name}@1", Recipe(500, 8, 60.0, 0.5), figures, True, "Better.")


def test_what_was_kept_is_given_back(session: Session) -> None:
    encoders.add(session, LOCAL_USER, adapted("first"))
    (found,) = encoders.kept(session)
    assert found.adapted == adapted("first")
    assert not found.in_force
    assert encoders.in_force(session, SETTING) == ORIGINAL
    assert encoders.named(session, SETTING, "first@1") == "first"
    assert encoders.named(session, "another", "first@1") is None


def test_one_is_in_force_for_its_setting_and_one_goes_back_step_by_step(session: Session) -> None:
    for name in ("first", "second"):
        encoders.add(session, LOCAL_USER, adapted(name))
        encoders.put_in_force(session, LOCAL_USER, SETTING, name)
    assert [one.adapted.name for one in encoders.kept(session) if one.in_force] == ["second"]
    assert encoders.in_force(session, "another") == ORIGINAL
    assert encoders.before(session, SETTING) == "first"
    encoders.put_in_force(session, LOCAL_USER, SETTING, ORIGINAL)
    assert encoders.in_force(session, SETTING) == ORIGINAL
    with pytest.raises(ConflictError, match="nothing to go back to"):
        encoders.before(session, SETTING)


def test_going_back_skips_what_was_removed(session: Session) -> None:
    for name in ("first", "second"):
        encoders.add(session, LOCAL_USER, adapted(name))
        encoders.put_in_force(session, LOCAL_USER, SETTING, name)
    encoders.remove(session, LOCAL_USER, ["first"])
    assert encoders.before(session, SETTING) == ORIGINAL


def test_removing_takes_the_vectors_along_but_never_what_is_in_force(session: Session) -> None:
    for name in ("first", "second"):
        encoders.add(session, LOCAL_USER, adapted(name))
        embeddings.save(session, f"{name}@1", [("digest", b"1234")])
    encoders.put_in_force(session, LOCAL_USER, SETTING, "second")
    embeddings.save(session, "firstborn@1", [("digest", b"1234")])
    assert encoders.remove(session, LOCAL_USER, ["first", "second"]) == ["first"]
    assert embeddings.known(session, "first@1", ["digest"]) == set()
    assert embeddings.known(session, "firstborn@1", ["digest"]) == {"digest"}
    assert [one.adapted.name for one in encoders.kept(session)] == ["second"]
    assert embeddings.known(session, "second@1", ["digest"]) == {"digest"}


def test_what_is_not_there_can_not_be_used_and_readers_change_nothing(session: Session) -> None:
    with pytest.raises(NotFoundError, match="kb adapt --list"):
        encoders.put_in_force(session, LOCAL_USER, SETTING, "none")
    encoders.add(session, LOCAL_USER, adapted("other", "another"))
    with pytest.raises(NotFoundError):
        encoders.put_in_force(session, LOCAL_USER, SETTING, "other")
    for change in (
        lambda: encoders.add(session, READER, adapted("mine")),
        lambda: encoders.put_in_force(session, READER, SETTING, ORIGINAL),
        lambda: encoders.remove(session, READER, ["other"]),
    ):
        with pytest.raises(NotFoundError):
            change()


def test_every_change_is_recorded(session: Session) -> None:
    encoders.add(session, LOCAL_USER, adapted("first"))
    encoders.put_in_force(session, LOCAL_USER, SETTING, "first")
    encoders.put_in_force(session, LOCAL_USER, SETTING, ORIGINAL)
    encoders.remove(session, LOCAL_USER, ["first"])
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
    assert list(actions) == ["adapt", "use_encoder", "use_encoder", "remove_encoder"]
