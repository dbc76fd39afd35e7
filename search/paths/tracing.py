"""A good choice of courses at once, without proof: goal by goal the cheapest way, what is taken being free.

The cheapest way to a want is found by Knuth's generalisation of Dijkstra's algorithm (1977), which adds up
what a course needs as if each were reached by itself: the additive heuristic of planning (Bonet and Geffner,
2001). What became needless is taken out at the end.
"""

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush

from search.paths.network import Network, derive


def trace(net: Network, weights: Sequence[float], free: Collection[int] = ()) -> list[int]:
    """Courses that reach all goals, without rings and with none to spare; those of *free* weigh nothing.

    Empty when a goal cannot be reached.
    """
    taken: set[int] = set()
    for goal in net.goals:
        ways = _ways(net, [0 if n in taken or n in free else weight for n, weight in enumerate(weights)])
        if goal not in ways:
            return []
        open_wants = [goal]
        while open_wants:
            course = ways[open_wants.pop()]
            if course not in taken:
                taken.add(course)
                open_wants += net.needs[course]
    return _spared(net, weights, taken)


def _ways(net: Network, weights: Sequence[float]) -> dict[int, int]:
    """Of each want that can be reached, the course by which that is cheapest."""
    left = [len(needs) for needs in net.needs]
    costs = list(weights)
    waiting = net.waiting()
    ways: dict[int, int] = {}
    ready = [
        (costs[course], want, course)
        for course, count in enumerate(left)
        if not count
        for want in net.meets[course]
    ]
    heapify(ready)
    while ready:
        cost, want, course = heappop(ready)
        if want in ways:
            continue
        ways[want] = course
        for other in waiting.get(want, ()):
            costs[other] += cost
            left[other] -= 1
            if not left[other]:
                for further in net.meets[other]:
                    heappush(ready, (costs[other], further, other))
    return ways


def _spared(net: Network, weights: Sequence[float], taken: set[int]) -> list[int]:
    for course in sorted(taken, key=lambda number: (-weights[number], number)):
        if derive(net, taken - {course})[1].issuperset(net.goals):
            taken = taken - {course}
    return derive(net, taken)[0]
