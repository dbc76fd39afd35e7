import subprocess
import sys
from pathlib import Path

import pytest

from kb.errors import ConflictError
from web.base.lock import serving, writing

HOLD = """
import sys, time
from pathlib import Path
from web.base.lock import writing
with writing(Path(sys.argv[1]), wait=False):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_so(tmp_path: Path) -> None:
    with (
        writing(tmp_path, wait=False),
        pytest.raises(ConflictError, match="Another import"),
        writing(tmp_path, wait=False),
    ):
        pass


def test_a_server_and_a_writer_do_not_hinder_each_other(tmp_path: Path) -> None:
    with serving(tmp_path), writing(tmp_path, wait=False):
        pass


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path), pytest.raises(ConflictError, match="Another server"), serving(tmp_path):
        pass


def test_a_killed_writer_leaves_nothing_locked(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ConflictError), writing(tmp_path, wait=False):
            pass
        other.kill()
    told: list[str] = []
    with writing(tmp_path, wait=True, waiting=lambda: told.append("waiting")):
        pass
    assert told in ([], ["waiting"])
