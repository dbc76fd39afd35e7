"""People who may sign in, their groups, and what lets them in."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kb import audit
from kb.access import LOCAL_USER, PERMISSIONS, Permission, Principal, permitted
from kb.errors import ConflictError, InvalidError, NotFoundError
from kb.learning import calendars
from kb.models import ApiToken, CalendarAddress, SignIn, User, now
from kb.people import credentials, groups, passwords, sign_ins, tokens, users
from kb.people.users import UserDraft
from kb.people.values import Place, Scope
from kb.push import subscriptions
from kb.push.subscriptions import SubscriptionDraft, Way
from kb.values import Filters
from kb.vocabulary import Classification, Role

WORDS = "copper lantern drifts sideways"
IDLE = LIFETIME = timedelta(hours=1)


def added(session: Session, login: str, *roles: Role, password: str = "") -> Principal:
    """A user, as they are when they are signed in."""
    users.add(session, LOCAL_USER, UserDraft(login, login.title(), roles, password=password))
    return signed_in(session, login)


def signed_in(session: Session, login: str) -> Principal:
    found = sign_ins.caller(session, opened(session, login), IDLE)
    assert found is not None
    return found.principal


def opened(session: Session, login: str) -> str:
    row = session.scalars(select(User).where(User.login == login)).one()
    return sign_ins.open_for(session, row, Place("Firefox", "192.0.2.7"), LIFETIME).secret


@pytest.fixture
def anna(session: Session) -> Principal:
    return added(session, "anna", Role.ADMINISTRATOR, password=WORDS)


def test_the_first_user_administers(session: Session) -> None:
    assert not users.exist(session)
    with pytest.raises(InvalidError, match="first user has to be an administrator"):
        users.add(session, LOCAL_USER, UserDraft("bob", "Bob", [Role.READER]))
    added(session, "anna", Role.ADMINISTRATOR)
    added(session, "bob", Role.READER)
    assert [one.login for one in users.listed(session, LOCAL_USER)] == ["anna", "bob"]


def test_only_administrators_manage_users(session: Session, anna: Principal) -> None:
    bob = added(session, "bob", *(set(Role) - {Role.ADMINISTRATOR, Role.MANAGER}))
    for forbidden in (
        lambda: users.listed(session, bob),
        lambda: users.get(session, bob, "anna"),
        lambda: users.add(session, bob, UserDraft("zoe", "Zoe", [Role.READER])),
        lambda: users.allow(session, bob, "bob", [Role.MANAGER], Classification.PUBLIC),
        lambda: users.set_disabled(session, bob, "anna", disabled=True),
        lambda: users.set_password(session, bob, "anna", WORDS),
        lambda: groups.add(session, bob, "Auditors"),
        lambda: tokens.create(session, bob, "anna", Scope.READ, days=1, note="mine"),
    ):
        with pytest.raises(NotFoundError):
            forbidden()
    assert users.get(session, bob, "bob").name == "Bob"
    assert users.get(session, anna, "bob").clearance is Classification.INTERNAL


@pytest.mark.parametrize(
    "twin", [UserDraft("ANNA", "Other", [Role.READER]), UserDraft("a", " aNNa ", [Role.READER])]
)
def test_neither_login_nor_name_is_shared(session: Session, anna: Principal, twin: UserDraft) -> None:
    with pytest.raises(ConflictError):
        users.add(session, anna, twin)


@pytest.mark.parametrize(
    "draft",
    [
        UserDraft("an na", "A", [Role.READER]),
        UserDraft("", "A", [Role.READER]),
        UserDraft("a", "\u202eA", [Role.READER]),
        UserDraft("a", " ", [Role.READER]),
        UserDraft("a", "A", []),
        UserDraft("a", "A", [Role.READER], email="no address"),
        *(
            UserDraft("harbour.bridge", "A", [Role.READER], password=bad)
            for bad in ("short", "passwordpassword", WORDS * 7, "harbour.bridge1")
        ),
        UserDraft("a", "A", [Role.READER], Classification.CONFIDENTIAL),
    ],
)
def test_what_can_t_be_a_user_is_said(session: Session, anna: Principal, draft: UserDraft) -> None:
    with pytest.raises(InvalidError):
        users.add(session, anna, draft)


def test_somebody_is_left_who_administers(session: Session, anna: Principal) -> None:
    with pytest.raises(ConflictError, match="Somebody has to be left"), session.begin_nested():
        users.allow(session, anna, "anna", [Role.READER], Classification.INTERNAL)
    with pytest.raises(ConflictError, match="Somebody has to be left"), session.begin_nested():
        users.set_disabled(session, LOCAL_USER, "anna", disabled=True)
    session.expire_all()
    added(session, "bob", Role.MANAGER)
    users.set_disabled(session, LOCAL_USER, "anna", disabled=True)
    assert users.get(session, LOCAL_USER, "anna").disabled


def test_hashes_are_argon2id_as_owasp_says(session: Session, anna: Principal) -> None:
    kept = session.scalars(select(User.password)).one()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert WORDS not in kept


def test_a_password_lets_its_owner_in_and_nobody_else(session: Session, anna: Principal) -> None:
    added(session, "bob", Role.READER)
    here = Place("Firefox", "192.0.2.7")
    assert sign_ins.by_password(session, " Anna ", WORDS, here)
    for login, password in (
        ("anna", WORDS + " "),
        ("anna", ""),
        ("bob", ""),
        ("bob", WORDS),
        ("zoe", "nobody's"),
    ):
        assert sign_ins.by_password(session, login, password, here) is None
    failed = audit.listed(session, LOCAL_USER)[0]
    assert (failed.action, failed.subject, failed.actor) == ("sign_in_failed", "an unknown login", "nobody")
    assert failed.detail == {"address": "192.0.2.7"}
    added(session, "kim", Role.MANAGER)
    users.set_disabled(session, LOCAL_USER, "anna", disabled=True)
    assert sign_ins.by_password(session, "anna", WORDS, here) is None


def test_letters_that_keyboards_send_in_two_ways_are_the_same(session: Session) -> None:
    kept = passwords.hashed("copper lantern drifts Ängström", ())
    assert passwords.fits("copper lantern drifts A\u0308ngstro\u0308m", kept)


def test_a_sign_in_is_known_by_its_secret_until_it_expires(session: Session, anna: Principal) -> None:
    secret = opened(session, "anna")
    assert len(secret) >= 43
    assert secret not in {row.digest for row in session.scalars(select(SignIn))}
    assert sign_ins.caller(session, secret, IDLE)
    assert sign_ins.caller(session, secret[:-1], IDLE) is None
    assert sign_ins.caller(session, credentials.digest(secret), IDLE) is None
    session.execute(update(SignIn).values(seen_at=now() - IDLE))
    assert sign_ins.caller(session, secret, IDLE) is None
    session.execute(update(SignIn).values(seen_at=now(), expires_at=now()))
    assert sign_ins.caller(session, secret, IDLE) is None


def test_what_changes_what_somebody_may_do_ends_their_sign_ins(session: Session, anna: Principal) -> None:
    added(session, "bob", Role.READER)
    for change in (
        lambda: users.allow(session, anna, "bob", [Role.ANALYST], Classification.PUBLIC),
        lambda: users.set_password(session, anna, "bob", WORDS),
        lambda: users.set_disabled(session, anna, "bob", disabled=True),
    ):
        secret = opened(session, "bob")
        assert sign_ins.caller(session, secret, IDLE)
        change()
        assert sign_ins.caller(session, secret, IDLE) is None
    assert [one.action for one in audit.listed(session, anna)[:6:2]] == [
        "disable_user",
        "change_password",
        "change_roles",
    ]


def test_what_is_sent_to_somebody_follows_what_they_may_read(session: Session, anna: Principal) -> None:
    bob = added(session, "bob", Role.CONTRIBUTOR)
    draft = SubscriptionDraft("Pumps", "pumps", Filters(), Way.FEED)
    made, _ = subscriptions.add(session, bob, draft, 6)
    calendars.renew(session, bob)
    users.allow(session, anna, "bob", [Role.READER], Classification.PUBLIC)
    assert subscriptions.recipient(session, bob, made.id).principal.clearance is Classification.PUBLIC
    assert session.scalars(select(CalendarAddress.clearance)).all() == [Classification.PUBLIC]
    users.set_disabled(session, anna, "bob", disabled=True)
    assert subscriptions.get(session, bob, made.id).stopped_why == "because bob is kept out"
    assert session.scalars(select(CalendarAddress)).all() == []


def test_one_signs_out_of_one_browser_or_of_all(session: Session, anna: Principal) -> None:
    added(session, "bob", Role.READER)
    mine, other, bobs = opened(session, "anna"), opened(session, "anna"), opened(session, "bob")
    caller = sign_ins.caller(session, mine, IDLE)
    assert caller
    sign_ins.close(session, caller, caller.credential)
    assert sign_ins.caller(session, mine, IDLE) is None
    assert sign_ins.caller(session, other, IDLE)
    sign_ins.close(session, caller)
    assert sign_ins.caller(session, other, IDLE) is None
    assert sign_ins.listed(session, caller.user, IDLE) == []
    bob = sign_ins.caller(session, bobs, IDLE)
    assert bob
    here = sign_ins.listed(session, bob.user, IDLE)
    assert [one.place for one in here] == [Place("Firefox", "192.0.2.7")] * 2
    sign_ins.close(session, caller, bob.credential)  # somebody else's
    assert sign_ins.caller(session, bobs, IDLE)


def test_a_token_does_what_its_scope_leaves(session: Session, anna: Principal) -> None:
    def may(scope: Scope) -> Principal:
        made = tokens.create(session, anna, "anna", scope, days=30, note="Power BI")
        assert made.secret.startswith("hs_")
        caller = tokens.caller(session, made.secret)
        assert caller
        assert caller.scope is scope
        return caller.principal

    read, write, admin = may(Scope.READ), may(Scope.WRITE), may(Scope.ADMIN)
    assert not read.may_write
    assert not any(read.may(one) for one in (Permission.CONTRIBUTE, Permission.EDIT, Permission.ADMINISTER))
    assert write.may_write
    assert write.may(Permission.CONTRIBUTE)
    assert not write.may(Permission.ADMINISTER)
    assert admin == anna
    for weak in (read, write):
        with pytest.raises(NotFoundError):
            tokens.create(session, weak, "anna", Scope.ADMIN, days=1, note="more")
        with pytest.raises(NotFoundError):
            users.set_password(session, weak, "anna", WORDS)


def test_a_token_is_shown_once_expires_and_is_revoked(session: Session, anna: Principal) -> None:
    bob = added(session, "bob", Role.READER)
    made = tokens.create(session, bob, "bob", Scope.READ, days=30, note="Feed")
    assert made.secret not in str([vars(row) for row in session.scalars(select(ApiToken))])
    assert made.secret not in str(audit.listed(session, LOCAL_USER))
    assert tokens.caller(session, made.secret + "x") is None
    (told,) = tokens.listed(session, bob, "bob")
    assert made.secret.endswith(told.ending)
    session.execute(update(ApiToken).values(expires_at=now()))
    assert tokens.caller(session, made.secret) is None
    again = tokens.create(session, anna, "bob", Scope.READ, days=30, note="Feed")
    with pytest.raises(NotFoundError):
        tokens.revoke(session, added(session, "zoe", Role.READER), again.number)
    tokens.revoke(session, bob, again.number)
    assert tokens.caller(session, again.secret) is None
    for days, note in ((0, "x"), (366, "x"), (1, " ")):
        with pytest.raises(InvalidError):
            tokens.create(session, bob, "bob", Scope.READ, days=days, note=note)


def test_groups_are_known_with_who_is_in_them(session: Session, anna: Principal) -> None:
    added(session, "bob", Role.READER)
    groups.add(session, anna, "Auditors")
    groups.add(session, anna, "Board")
    with pytest.raises(ConflictError):
        groups.add(session, anna, "auditors")
    with pytest.raises(NotFoundError):
        groups.join(session, anna, "Nobody", "bob")
    groups.join(session, anna, "board", "bob")
    groups.join(session, anna, "Auditors", "bob")
    assert signed_in(session, "bob").groups == {"Auditors", "Board"}
    groups.leave(session, anna, "Board", "bob")
    assert [(one.name, one.logins) for one in groups.listed(session, anna)] == [
        ("Auditors", ("bob",)),
        ("Board", ()),
    ]
    assert users.get(session, anna, "bob").groups == ("Auditors",)


@given(st.sets(st.sampled_from(Role)), st.sampled_from((None, *Scope)))
def test_no_scope_gives_more_than_the_roles_do(roles: set[Role], scope: Scope | None) -> None:
    user = User(name="A", roles=sorted(roles), clearance="internal")
    own, given_ = credentials.principal(user, ()), credentials.principal(user, (), scope)
    assert own.may_write is bool(permitted(roles))
    assert all(own.may(one) is any(one in PERMISSIONS[role] for role in roles) for one in Permission)
    assert own.may_write or not given_.may_write
    assert all(own.may(one) for one in Permission if given_.may(one))
