from pathlib import Path

import pytest

from kb.errors import NotFoundError
from kb.files import FileStore, digest_of


def test_a_file_is_kept_once_under_its_content(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    original = tmp_path / "a.txt"
    original.write_text("hello")
    digest = digest_of(original)
    store.put(original, digest)
    store.put(original, digest)
    assert store.path(digest).read_text() == "hello"
    assert list(store.digests()) == [digest]
    store.remove(digest)
    assert list(store.digests()) == []


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "a/b"])
def test_nothing_else_can_be_reached(tmp_path: Path, digest: str) -> None:
    with pytest.raises(NotFoundError):
        FileStore(tmp_path).path(digest)


def test_an_original_that_can_not_be_read_leaves_no_trace(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    with pytest.raises(OSError, match="missing"):
        store.put(tmp_path / "missing", "b" * 64)
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
