"""API tokens: what lets a program in on somebody's behalf."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kb import audit
from kb.access import Permission, Principal
from kb.errors import InvalidError, NotFoundError
from kb.models import ApiToken, User, now
from kb.people import credentials
from kb.people.credentials import TOUCHED
from kb.people.users import changeable, row_of
from kb.people.values import Caller, Opened, Scope, Token
from kb.text import squash

PREFIX = "hs_"
"""By which programs that look for leaked secrets know it."""
LONGEST_DAYS = 365
_NOTE = 200
_ENDING = 4


def create(
    session: Session, principal: Principal, login: str, scope: Scope, *, days: int, note: str
) -> Opened:
    """Make a token for the user *login*: oneself, or anybody when an administrator asks.

    A program with less than all that its user may do can make none. Raises NotFoundError, and InvalidError
    for what can't be used.
    """
    row = changeable(session, principal, login)
    said = squash(note)
    if not said or len(said) > _NOTE:
        raise InvalidError(f"Say in at most {_NOTE} letters what the token is for.")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidError(f"A token holds for 1 to {LONGEST_DAYS} days.")
    secret = PREFIX + credentials.new()
    token = ApiToken(
        digest=credentials.digest(secret),
        ending=secret[-_ENDING:],
        user_id=row.id,
        note=said,
        scope=scope,
        expires_at=now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    audit.record(
        session,
        principal,
        "create_token",
        f"token {token.id}",
        user=row.login,
        scope=scope,
        days=days,
        note=said,
    )
    session.flush()
    return Opened(token.id, secret, token.expires_at)


def caller(session: Session, secret: str) -> Caller | None:
    """On whose behalf a program asks that shows *secret*; None when it is not in force."""
    at = now()
    found = credentials.shown(session, ApiToken, secret)
    if found is None:
        return None
    row, user, groups = found
    if user.disabled or not _token(row, user.login).valid(at):
        return None
    scope = Scope(row.scope)
    principal = credentials.principal(user, groups, scope)
    return Caller(
        principal, user.id, user.login, row.id, scope, row.seen_at is None or at - row.seen_at > TOUCHED
    )


def touch(session: Session, number: int, at: datetime) -> None:
    """Note that a token was used."""
    session.execute(update(ApiToken).where(ApiToken.id == number).values(seen_at=at))


def listed(session: Session, principal: Principal, login: str = "") -> list[Token]:
    """The tokens of a user, or of all when an administrator asks, the newest first. Raises NotFoundError."""
    query = select(ApiToken, User.login).join(User, User.id == ApiToken.user_id)
    if login or not principal.may(Permission.ADMINISTER):
        query = query.where(User.id == row_of(session, principal, login).id)
    return [_token(row, owner) for row, owner in session.execute(query.order_by(ApiToken.id.desc())).all()]


def revoke(session: Session, principal: Principal, number: int) -> Token:
    """Let a token let nobody in any more. Raises NotFoundError."""
    row = session.get(ApiToken, number)
    owner = session.get(User, row.user_id) if row else None
    if row is None or owner is None:
        raise NotFoundError("There is no such token here.")
    row_of(session, principal, owner.login)
    if row.revoked_at is None:
        row.revoked_at = now()
        session.flush()
        audit.record(session, principal, "revoke_token", f"token {row.id}", user=owner.login)
    return _token(row, owner.login)


def _token(row: ApiToken, login: str) -> Token:
    return Token(
        number=row.id,
        login=login,
        note=row.note,
        scope=Scope(row.scope),
        ending=row.ending,
        created_at=row.created_at,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
        revoked_at=row.revoked_at,
    )
