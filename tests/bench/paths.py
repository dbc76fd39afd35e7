"""Measure learning paths: `python -m tests.bench.paths`.

Every step of the career ladder on the starter catalogue, beside a greedy choice and our own first guess; then
the same steps, once and with twice the competences, among 2,000 courses. Prints tables; times are the
processor's, for one path and for three. Where courses of unknown hours are needed, "9 + 1" tells how many.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import process_time

from rich.console import Console
from rich.table import Table

from search.paths import solving, unstated
from search.paths.network import Network, derive, learner, network
from search.paths.tracing import trace
from search.paths.values import Course, Wish
from tests.bench import ladders
from tests.bench.ladders import Rung

SIZE = 2_000

console = Console(width=130)


def main() -> None:
    """Solve and print."""
    courses, rungs = ladders.starter(), ladders.ladder()
    _compare("Starter catalogue", courses, rungs)
    many = ladders.grown(courses, SIZE)
    _compare(f"{SIZE:,} courses, {_competences(many)} competences", many, rungs)
    _compare(f"{SIZE:,} courses, both frameworks asked for", many, list(ladders.wide(rungs)))


def _competences(courses: Sequence[Course]) -> int:
    return len({name for course in courses for name in course.teaches})


def _compare(title: str, courses: Sequence[Course], rungs: Sequence[Rung]) -> None:
    table = Table(
        "step", "levels", "courses", "hours", "proven", "greedy", "guess", "s", "three, s", title=title
    )
    slowest = 0.0
    sums = [0.0, 0.0, 0.0]
    for rung in rungs:
        wish = Wish(rung.goal, rung.held)
        started = process_time()
        found = solving.paths(courses, wish, options=1)
        seconds = process_time() - started
        solving.paths(courses, wish)
        all_seconds = process_time() - started - seconds
        slowest = max(slowest, seconds)
        levels = sum(max(0, level - rung.held.get(name, 0)) for name, level in rung.goal.items())
        if not found:
            apart, least, proven = _unstated(courses, wish)
            table.add_row(rung.name, str(levels), apart, least, proven, "", "", f"{seconds:.2f}")
            continue
        net = network([course for course in courses if course.hours is not None], learner(courses, wish))
        hours = [course.hours or 0 for course in net.courses]
        plain, guess = (sum(hours[n] for n in chosen) for chosen in (_greedy(net, hours), trace(net, hours)))
        sums = [total + value for total, value in zip(sums, (found[0].hours, plain, guess), strict=True)]
        table.add_row(
            rung.name, str(levels), str(len(found[0].steps)), f"{found[0].hours:g}", f"{found[0].bound:g}",
            f"{plain:g}", f"{guess:g}", f"{seconds:.2f}", f"{all_seconds:.2f}",
        )  # fmt: skip
    table.add_row("all", "", "", f"{sums[0]:g}", "", f"{sums[1]:g}", f"{sums[2]:g}", f"≤ {slowest:.2f}")
    console.print(table)


def _unstated(courses: Sequence[Course], wish: Wish) -> tuple[str, str, str]:
    """The path with the fewest courses of unknown hours: courses, known hours, and what is proven of them."""
    found = unstated.paths(courses, replace(wish, unknown=True), options=1)
    if not found:
        return "–", "none", ""
    path = found[0]
    silent = sum(course.hours is None for course in courses if course.key in path.keys)
    return f"{len(path.steps) - silent} + {silent}", f"{path.hours:g}", f"{path.bound:g}"


def _greedy(net: Network, hours: Sequence[float]) -> list[int]:
    """The course that meets most wants for an hour, again and again; what became needless is taken out."""
    taken: list[int] = []
    met: set[int] = set()
    while not met.issuperset(net.goals):
        ready = [n for n in range(len(net.courses)) if n not in taken and met.issuperset(net.needs[n])]
        best = max(ready, key=lambda n: len(set(net.meets[n]) - met) / max(hours[n], 0.5))
        taken.append(best)
        met.update(net.meets[best])
    for course in sorted(taken, key=lambda n: -hours[n]):
        if derive(net, set(taken) - {course})[1].issuperset(net.goals):
            taken.remove(course)
    return taken


if __name__ == "__main__":
    main()
