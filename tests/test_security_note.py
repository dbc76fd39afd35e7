"""The note on security names tests that exist."""

import re
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
_NOTE = _TESTS.parent / "docs" / "security.md"


@pytest.mark.skipif(not _NOTE.is_file(), reason="the note is in the source tree only")
def test_each_answer_is_shown_by_a_test_that_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", _NOTE.read_text("utf-8"))
    assert named
    texts = {file: (_TESTS / file).read_text("utf-8") for file, _ in named}
    assert [(file, test) for file, test in named if f"def {test}(" not in texts[file]] == []
