"""Counts of few people, hidden so that no subtraction brings them back (T09).

A table of counts with its totals is a graph: each place and each kind is a node, each count the edge between
them, the totals a place and a kind of their own. A hidden count follows from the shown ones exactly where no
circle of hidden counts leads through it; so each small count is hidden together with a circle of others, all
at least one, along which one more here and one fewer there leaves everything shown as it was.
"""

import heapq
from collections.abc import Sequence

HIDDEN_BELOW = 3
HIDDEN_MARK = "＊"
HIDDEN_NOTE = f"“{HIDDEN_MARK}”：不足 {HIDDEN_BELOW} 的数，以及可以据以推算它的数，为保护个人信息不显示"
# What hiding costs the reader: a total more than a single count, a larger count a little more than a smaller.
_INNER, _MARGIN, _GRAND = 1.0, 8.0, 40.0

Place = tuple[int, int]


def with_totals(table: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the table with the sum of each row as a last column, and of each column as a last row."""
    rows = [[*row, sum(row)] for row in table]
    width = len(rows[0]) if rows else 1
    return [*rows, [sum(row[at] for row in rows) for at in range(width)]]


def hidden_places(
    table: Sequence[Sequence[int]], *, shows_row_totals: bool = True, below: int = HIDDEN_BELOW
) -> frozenset[Place]:
    """Return which places of `with_totals(table)` are not shown, as (row, column).

    The sums of the columns are always shown, those of the rows with `shows_row_totals`.
    """
    whole = with_totals(table)
    last_row, last_column = len(whole) - 1, len(whole[0]) - 1
    free = set() if shows_row_totals else {(row, last_column) for row in range(len(whole))}
    small = [
        (row, column)
        for row, values in enumerate(whole)
        for column, value in enumerate(values)
        if 0 < value < below and (row, column) not in free
    ]
    hidden = set(small)
    for place in small:
        hidden |= _circle(whole, place, hidden | free, last_row, last_column)
    return frozenset(hidden - free)


def shown_counts(
    table: Sequence[Sequence[int]], *, shows_row_totals: bool = True, below: int = HIDDEN_BELOW
) -> list[list[int | None]]:
    """Return `with_totals(table)` with None for what is hidden; without row totals they are left out."""
    whole = with_totals(table)
    hidden = hidden_places(table, shows_row_totals=shows_row_totals, below=below)
    width = len(whole[0]) if shows_row_totals else len(whole[0]) - 1
    return [
        [None if (row, column) in hidden else values[column] for column in range(width)]
        for row, values in enumerate(whole)
    ]


def _circle(
    whole: Sequence[Sequence[int]], place: Place, hidden: set[Place], last_row: int, last_column: int
) -> set[Place]:
    """Return the cheapest places that, with `place`, form a circle; there is one through the totals at worst.

    Nodes are rows (0, number) and columns (1, number); a count of nothing can lose nothing and is no way.
    """
    start, goal = (0, place[0]), (1, place[1])
    best: dict[Place, float] = {start: 0.0}
    came: dict[Place, Place] = {}
    queue = [(0.0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == goal:
            break
        if cost > best[node]:
            continue
        for step in _steps(whole, node):
            if step == place or not whole[step[0]][step[1]]:
                continue
            following = (1, step[1]) if node[0] == 0 else (0, step[0])
            price = cost + (0.0 if step in hidden else _cost(whole, step, last_row, last_column))
            if price < best.get(following, float("inf")):
                best[following], came[following] = price, node
                heapq.heappush(queue, (price, following))
    return _way(came, start, goal)


def _steps(whole: Sequence[Sequence[int]], node: Place) -> list[Place]:
    side, number = node
    if side == 0:
        return [(number, column) for column in range(len(whole[0]))]
    return [(row, number) for row in range(len(whole))]


def _cost(whole: Sequence[Sequence[int]], step: Place, last_row: int, last_column: int) -> float:
    totals = (step[0] == last_row) + (step[1] == last_column)
    return (_INNER, _MARGIN, _GRAND)[totals] + min(whole[step[0]][step[1]], 10_000) / 10_000


def _way(came: dict[Place, Place], start: Place, goal: Place) -> set[Place]:
    way, node = set(), goal
    while node != start:
        before = came[node]
        row, column = (before, node) if before[0] == 0 else (node, before)
        way.add((row[1], column[1]))
        node = before
    return way
