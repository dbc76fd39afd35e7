"""People who sign in, as tests need them."""

from fastapi.testclient import TestClient

from kb.access import LOCAL_USER
from kb.database import transaction
from kb.people import tokens, users
from kb.people.users import UserDraft
from kb.people.values import Scope
from kb.vocabulary import Classification, Role
from web.app import create_app
from web.wiring import Services

WORDS = "copper lantern drifts sideways"
SAME = {"Sec-Fetch-Site": "same-origin"}
"""What browsers say of a request that comes from this server's own pages."""


class Office:
    """A base that several people use, whose passwords are WORDS."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._app = create_app(services)

    def add(self, login: str, *roles: Role, clearance: Classification = Classification.INTERNAL) -> None:
        """Let somebody in."""
        with transaction(self.services.sessions) as session:
            users.add(session, LOCAL_USER, UserDraft(login, login.title(), roles, clearance, password=WORDS))

    def browser(self, base: str = "http://localhost", **headers: str) -> TestClient:
        """A browser in which nobody is signed in."""
        return TestClient(self._app, base_url=base, follow_redirects=False, headers=headers or SAME)

    def signed_in(self, login: str) -> TestClient:
        """A browser in which *login* is signed in."""
        client = self.browser()
        assert client.post("/sign-in", data={"login": login, "password": WORDS}).status_code == 303
        return client

    def program(self, login: str, scope: Scope) -> TestClient:
        """A program that shows a token of *login*."""
        with transaction(self.services.sessions) as session:
            secret = tokens.create(session, LOCAL_USER, login, scope, days=1, note="test").secret
        return self.browser(Authorization=f"Bearer {secret}")
