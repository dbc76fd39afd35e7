"""Who is let in: as long as there are no users, whoever sits at this machine; then those who sign in."""

from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from kb.database import transaction
from kb.errors import NotFoundError
from kb.models import now
from kb.people import sign_ins, tokens, users
from kb.people.values import Caller
from web.signin.throttle import Throttle
from web.wiring import Services

if TYPE_CHECKING:
    from web.signin.openid import Provider

_LOOK_AGAIN = 1.0
"""Seconds within which a first user, added by another process, closes the door."""


class Entrance:
    """Knows whether one has to sign in, and whom a credential is of."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._closed = services.settings.oidc.configured
        self._looked: float | None = None
        self._provider: Provider | None = None
        self.throttle = Throttle()
        settings = services.settings
        self.idle = timedelta(minutes=settings.session_idle_minutes)
        self.lifetime = timedelta(hours=settings.session_hours)

    @property
    def known(self) -> bool | None:
        """Whether one has to sign in; None when that has to be looked up."""
        if self._closed:
            return True
        fresh = self._looked is not None and monotonic() - self._looked < _LOOK_AGAIN
        return False if fresh else None

    def look(self) -> bool:
        """Look up whether one has to sign in: once there are users, that never ends.

        While the database can't be read, the last answer holds; nothing can be read then anyway.
        """
        try:
            with self._services.sessions() as session:
                self._closed = self._closed or users.exist(session)
        except SQLAlchemyError:
            if self._looked is None:
                raise
        self._looked = monotonic()
        return self._closed

    def provider(self) -> "Provider":
        """The OpenID provider. Raises NotFoundError when the settings name none."""
        settings = self._services.settings
        if not settings.oidc.configured:
            raise NotFoundError("No OpenID provider signs people in here.")
        if self._provider is None:
            from web.signin.openid import Provider  # cryptography is loaded only where it is used

            self._provider = Provider(settings.oidc, settings.base)
        return self._provider

    def caller(self, token: str | None, secret: str | None) -> Caller | None:
        """Who shows this API *token*, or else this *secret* of a browser."""
        with self._services.sessions() as session:
            if token is not None:
                return tokens.caller(session, token)
            return sign_ins.caller(session, secret, self.idle) if secret else None

    def touch(self, caller: Caller) -> None:
        """Note that a credential was used; next time when the database is busy."""
        note = sign_ins.touch if caller.scope is None else tokens.touch
        with suppress(OperationalError), transaction(self._services.sessions) as session:
            note(session, caller.credential, now())
