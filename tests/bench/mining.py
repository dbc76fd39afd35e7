"""How well observations are mined out of reports and minutes: `python -m tests.bench.mining`."""

import sys

from tests.lessons import measuring


def main() -> None:
    """Print the measures of both parts of the labels, our own documents and others apart."""
    for part in ("dev", "test"):
        documents = [one for one in measuring.labelled(part) if one.path.exists()]
        for name, chosen in (
            ("own", [one for one in documents if one.own]),
            ("others", [one for one in documents if not one.own]),
        ):
            sys.stdout.write(f"{part}, {name}, {len(chosen)} documents: {measuring.score(chosen)}\n")


if __name__ == "__main__":
    main()
