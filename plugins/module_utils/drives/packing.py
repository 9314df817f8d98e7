# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to put things of given *sizes* into *rooms*, each whole in one: numbers in, for each thing the number of its room out.

Sizes come in decreasing order, rooms too. A way that finds no place for one of them answers None. None of them looks at a clock or rolls
dice: the same numbers always give the same answer.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from heapq import heapify, heappop, heapreplace

SEARCH_THINGS = 24
SEARCH_STEPS = 50_000
MOST_MOVES = 2_000


def fewest(sizes, rooms, at_least=1, speeds=None):
    """``where`` for as few of the first *rooms* as any way finds, from *at_least* on; None if all rooms are not enough.

    With *speeds* (of each room, in any unit) those that are used are filled so that they are full at about the same time.
    """
    speeds = speeds or [1] * len(rooms)
    for used in range(max(1, at_least), len(rooms) + 1):
        where = even(sizes, rooms[:used], speeds[:used])
        if where is None:
            where = next((found for way in TIGHT if (found := way(sizes, rooms[:used])) is not None), None)
        if where is not None:
            return where
    return None if sizes else []


def even(sizes, rooms, speeds):
    """Each thing into the room that is ready first, of those that still have place for it."""
    if not rooms:
        return None
    free, where, smallest = list(rooms), [], sizes[-1] if sizes else 0
    queue = [(0.0, number) for number in range(len(rooms))]
    for needs in sizes:
        while queue and free[queue[0][1]] < smallest:
            heappop(queue)
        ready = min((one for one in queue if free[one[1]] >= needs), default=None) if _is_full(queue, free, needs) else queue[0]
        if ready is None:
            return None
        since, number = ready
        done = (since + needs / speeds[number], number)
        if ready is queue[0]:
            heapreplace(queue, done)
        else:
            queue[queue.index(ready)] = done
            heapify(queue)
        free[number] -= needs
        where.append(number)
    return where


def _is_full(queue, free, needs):
    """Whether the room that is ready first has no place for a thing of that size, or there is no room."""
    return not queue or free[queue[0][1]] < needs


def first_fit(sizes, rooms):
    """Each thing into the first room that has place for it."""
    free, where = list(rooms), []
    for needs in sizes:
        for number, room in enumerate(free):
            if room >= needs:
                free[number] = room - needs
                where.append(number)
                break
        else:
            return None
    return where


def best_fit(sizes, rooms):
    """Each thing into the room that it fills best."""
    where, over = _best_fit(sizes, rooms)
    return None if over else where


def improved(sizes, rooms):
    """Best fit, and for each thing that is left over: move another one out of its way, or let two change places."""
    where, over = _best_fit(sizes, rooms)
    free = list(rooms)
    for thing, number in enumerate(where):
        if number is not None:
            free[number] -= sizes[thing]
    if len(over) * len(sizes) > MOST_MOVES * 100:
        return None
    for thing in over:
        if not _made_room(thing, sizes, where, free):
            return None
    return where


def _best_fit(sizes, rooms):
    by_room = sorted((room, number) for number, room in enumerate(rooms))
    where, over = [], []
    for thing, needs in enumerate(sizes):
        place = bisect_left(by_room, (needs, -1))
        if place == len(by_room):
            over.append(thing)
            where.append(None)
            continue
        room, number = by_room.pop(place)
        where.append(number)
        insort(by_room, (room - needs, number))
    return where, over


def _made_room(thing, sizes, where, free):
    """Put *thing* into a room after one move or one exchange of others; whether that could be done."""
    needs = sizes[thing]
    for number in sorted(range(len(free)), key=lambda number: -free[number]):
        lacking = needs - free[number]
        move = () if lacking <= 0 else _move(lacking, number, sizes, where, free) or _exchange(lacking, number, sizes, where, free)
        if move is None:
            continue
        for other, to in move:
            free[where[other]] += sizes[other]
            free[to] -= sizes[other]
            where[other] = to
        where[thing] = number
        free[number] -= needs
        return True
    return False


def _move(lacking, number, sizes, where, free):
    """The smallest thing whose move out of room *number* is enough, with the room that takes it."""
    for other in range(len(sizes) - 1, -1, -1):
        if where[other] == number and sizes[other] >= lacking:
            to = next((to for to, room in enumerate(free) if to != number and room >= sizes[other]), None)
            if to is not None:
                return ((other, to),)
    return None


def _exchange(lacking, number, sizes, where, free):
    """Two things that change places so that *lacking* more is free in room *number*."""
    steps = 0
    for mine in range(len(sizes)):
        if where[mine] != number or sizes[mine] < lacking:
            continue
        for theirs in range(mine + 1, len(sizes)):
            steps += 1
            to, gain = where[theirs], sizes[mine] - sizes[theirs]
            if to is not None and to != number and lacking <= gain <= free[to]:
                return ((mine, to), (theirs, number))
            if steps > MOST_MOVES:
                return None
    return None


def search(sizes, rooms):
    """Every way, for few things and with a limit of steps: if one exists it is taken."""
    if len(sizes) > SEARCH_THINGS or not rooms:
        return None
    room, where, steps = list(rooms), [0] * len(sizes), 0

    def place(thing):
        nonlocal steps
        if thing == len(sizes):
            return True
        steps += 1
        if steps > SEARCH_STEPS:
            return False
        needs, tried = sizes[thing], set()
        for number, space in enumerate(room):
            if space < needs or space in tried:
                continue
            tried.add(space)
            room[number] -= needs
            where[thing] = number
            if place(thing + 1):
                return True
            room[number] += needs
        return False

    return where if place(0) else None


TIGHT = (first_fit, best_fit, improved, search)
