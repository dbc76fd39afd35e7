from pathlib import Path

from search import opening


def model(folder: Path, weights: bytes) -> str:
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    return opening._fingerprint(str(folder))  # pyright: ignore[reportPrivateUsage]


def test_models_whose_weights_differ_only_in_the_middle_are_told_apart(tmp_path: Path) -> None:
    size = 6_000_000
    middle = bytearray(size)
    middle[size // 2 : size // 2 + 200_000] = b"\x01" * 200_000
    one, other = model(tmp_path / "one", bytes(size)), model(tmp_path / "other", bytes(middle))
    assert one != other
    assert one == model(tmp_path / "again", bytes(size))


def test_models_whose_weights_differ_only_at_an_end_are_told_apart(tmp_path: Path) -> None:
    size = 6_000_000
    prints = {
        model(tmp_path / str(place), bytes(place) + b"\x01" + bytes(size - place - 1))
        for place in (0, size - 1)
    }
    assert len(prints | {model(tmp_path / "none", bytes(size))}) == 3


def test_small_files_are_read_wholly(tmp_path: Path) -> None:
    prints = {model(tmp_path / str(n), bytes(n) + b"\x01" + bytes(900 - n)) for n in range(0, 900, 90)}
    assert len(prints) == 10
