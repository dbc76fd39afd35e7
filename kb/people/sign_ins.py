"""Where somebody is signed in: browsers, each with a secret that is random and expires."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, true, update
from sqlalchemy.orm import Session

from kb import audit
from kb.access import ANONYMOUS
from kb.models import SignIn, User, now
from kb.people import credentials, passwords
from kb.people.credentials import TOUCHED
from kb.people.values import Caller, Opened, Place, SignedIn

_BROWSER, _ADDRESS = 200, 64


def by_password(session: Session, login: str, password: str, place: Place) -> User | None:
    """Whoever signs in with *login* and *password*; None when that is nobody.

    It takes as long, whether there is such a login or not. What came of it is noted.
    """
    row = session.scalar(select(User).where(User.login == login.strip().lower()))
    fits = passwords.fits(password, row.password if row else "")
    if row is None or not fits or row.disabled:
        # Not what was typed: people type their password there.
        subject = f"user {row.login}" if row else "an unknown login"
        audit.record(session, ANONYMOUS, "sign_in_failed", subject, address=place.address)
        return None
    if passwords.outdated(row.password):
        row.password = passwords.again(password)
    return row


def open_for(
    session: Session, user: User, place: Place, lifetime: timedelta, *, way: str = "password"
) -> Opened:
    """Sign *user* in anew; sign-ins of theirs that have expired are forgotten."""
    at = now()
    session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.expires_at <= at))
    secret = credentials.new()
    row = SignIn(
        digest=credentials.digest(secret),
        user_id=user.id,
        created_at=at,
        seen_at=at,
        expires_at=at + lifetime,
        browser=place.browser[:_BROWSER],
        address=place.address[:_ADDRESS],
    )
    session.add(row)
    session.flush()
    principal = credentials.principal(user, ())
    audit.record(session, principal, "sign_in", f"user {user.login}", way=way, address=place.address)
    session.flush()
    return Opened(row.id, secret, row.expires_at)


def caller(session: Session, secret: str, idle: timedelta) -> Caller | None:
    """Who shows *secret*; None when it is not in force, or was not used for longer than *idle*."""
    at = now()
    found = credentials.shown(session, SignIn, secret)
    if found is None:
        return None
    row, user, groups = found
    if user.disabled or row.expires_at <= at or row.seen_at + idle <= at:
        return None
    principal = credentials.principal(user, groups)
    return Caller(principal, user.id, user.login, row.id, None, at - row.seen_at > TOUCHED)


def touch(session: Session, number: int, at: datetime) -> None:
    """Note that a sign-in was used."""
    session.execute(update(SignIn).where(SignIn.id == number).values(seen_at=at))


def listed(session: Session, user: int, idle: timedelta) -> list[SignedIn]:
    """Where a user is signed in, the latest used first."""
    at = now()
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user, SignIn.expires_at > at, SignIn.seen_at > at - idle)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return [
        SignedIn(row.id, row.created_at, row.seen_at, row.expires_at, Place(row.browser, row.address))
        for row in rows
    ]


def close(session: Session, caller: Caller, number: int | None = None) -> None:
    """Sign *caller* out of the browser *number*, or of all of them."""
    chosen = true() if number is None else SignIn.id == number
    session.execute(delete(SignIn).where(SignIn.user_id == caller.user, chosen))
    audit.record(session, caller.principal, "sign_out", f"user {caller.login}", everywhere=number is None)
