from hypothesis import given
from hypothesis import strategies as st

from web.files.names import distinct, safe_name


@given(st.text(max_size=400))
def test_a_name_from_outside_stays_in_its_folder(given_name: str) -> None:
    name = safe_name(given_name)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('/\\\x00\n\r:*?"<>|')
    assert len(name.encode()) <= 255 or not name.isascii()
    assert len(name) <= 150


def test_folders_are_dropped_and_the_ending_is_kept() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("C:\\Users\\me\\Lessons 2020.xlsx") == "Lessons 2020.xlsx"
    assert safe_name("a" * 500 + ".docx").endswith(".docx")


def test_names_of_one_upload_differ() -> None:
    assert distinct("a.md", []) == "a.md"
    assert distinct("a.md", ["A.md"]) == "a (2).md"
    assert distinct("a.md", ["a.md", "a (2).md"]) == "a (3).md"
