"""`kb user`, `kb group` and `kb token`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.web.commands import kb
from web.cli import app
from web.wiring import Services

WORDS = "copper lantern drifts sideways"


@pytest.fixture
def data(services: Services) -> Path:
    return services.settings.data


def typed(data: Path, *arguments: str, said: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--data", str(data), *arguments], input=said, prog_name="kb")
    return done.exit_code, done.output


def test_a_user_is_added_changed_and_kept_out(data: Path) -> None:
    assert "nobody signs in" in kb(data, "user", "list").stdout
    add = (
        "user",
        "add",
        "anna",
        "--name",
        "Anna Berg",
        "--role",
        "administrator",
        "--clearance",
        "confidential",
    )
    assert typed(data, *add, said=f"{WORDS}\n{WORDS}\n")[0] == 0
    code, told = typed(data, "user", "add", "bob", "--role", "reader", "--password-stdin", said="secret\n")
    assert code == 1
    assert "12 to 200" in told
    assert (
        typed(data, "user", "add", "bob", "--role", "reader", "--password-stdin", said=f"{WORDS}\n")[0] == 0
    )
    kb(data, "user", "role", "bob", "coordinator", "trainer")
    assert "coordinator, trainer" in kb(data, "user", "list").stdout
    code, told = typed(
        data, "user", "passwd", "bob", "--password-stdin", said="granite window seldom laughs\n"
    )
    assert code == 0
    assert "granite" not in told
    kb(data, "user", "disable", "bob")
    bob = json.loads(kb(data, "user", "show", "bob", "--json").stdout)
    assert bob["disabled"]
    assert "password" not in bob
    kb(data, "user", "enable", "bob")
    assert "with a password" in kb(data, "user", "show", "bob").stdout
    assert "Somebody has to be left" in kb(data, "user", "disable", "anna", code=1).stderr
    kb(data, "user", "add", "zoe", "--role", "king", code=2)


def test_groups_have_members(data: Path) -> None:
    kb(data, "user", "add", "anna", "--role", "administrator", "--no-password")
    kb(data, "group", "add", "Board")
    kb(data, "group", "member", "board", "anna")
    assert json.loads(kb(data, "group", "list", "--json").stdout) == [{"name": "Board", "logins": ["anna"]}]
    assert "not at all" in kb(data, "user", "show", "anna").stdout
    kb(data, "group", "member", "Board", "anna", "--remove")
    assert "nobody yet" in kb(data, "group", "list").stdout


def test_a_token_is_printed_once(data: Path) -> None:
    kb(data, "user", "add", "anna", "--role", "administrator", "--no-password")
    made = kb(data, "token", "create", "anna", "--note", "Power BI", "--days", "30")
    secret = made.stdout.strip()
    assert secret.startswith("hs_")
    assert "not shown again" in made.stderr
    told = kb(data, "token", "list", "anna").stdout
    assert "Power BI" in told
    assert secret not in told
    kb(data, "token", "revoke", "1")
    assert "revoked" in kb(data, "token", "list").stdout
    kb(data, "token", "revoke", "9", code=1)
