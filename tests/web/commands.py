"""The command `kb` as people type it: in this process, where loading everything anew takes no second."""

import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from web.cli import app

PROGRAM = [sys.executable, "-c", "from web.cli import app; app(prog_name='kb')"]
"""The command as a process of its own, for tests of how one begins and ends."""


def kb(data: Path, *arguments: str, code: int = 0, **environment: str) -> Result:
    """What the command prints with *arguments* on the base in *data*, when it ends with *code*."""
    runner = CliRunner(env={"COLUMNS": "100", **environment})
    done = runner.invoke(app, ["--data", str(data), *arguments], prog_name="kb")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.stderr + done.stdout
    return done
