"""Files that go out: tables, their names, their headers."""
