"""Two circles whose areas, and the area that they share, are as large as three numbers. Pure."""

import math
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 560, 260, 12
STEPS = 60


@dataclass(frozen=True)
class Circle:
    x: float
    y: float
    r: float


@dataclass(frozen=True)
class Circles:
    """The places of the two circles, and where the number of each part is written."""

    first: Circle
    second: Circle
    only_first: float
    shared: float
    only_second: float


def circles(first: int, both: int, second: int) -> Circles | None:
    """None where there is nothing to draw. The parts are numbers of people."""
    if not first + both + second:
        return None
    r1, r2 = math.sqrt((first + both) / math.pi), math.sqrt((second + both) / math.pi)
    apart = _distance(r1, r2, both)
    left, right = min(-r1, apart - r2), max(r1, apart + r2)
    room = min((WIDTH - 2 * MARGIN) / (right - left), (HEIGHT / 2 - MARGIN) / max(r1, r2))
    start = WIDTH / 2 - room * (left + right) / 2
    x1, x2 = start, start + room * apart
    r1, r2 = r1 * room, r2 * room
    return Circles(
        first=Circle(round(x1, 1), HEIGHT / 2, round(r1, 1)),
        second=Circle(round(x2, 1), HEIGHT / 2, round(r2, 1)),
        only_first=round((x1 - r1 + max(x1 - r1, min(x1 + r1, x2 - r2))) / 2, 1),
        shared=round((max(x1 - r1, x2 - r2) + min(x1 + r1, x2 + r2)) / 2, 1),
        only_second=round((x2 + r2 + min(x2 + r2, max(x2 - r2, x1 + r1))) / 2, 1),
    )


def _distance(r1: float, r2: float, shared: float) -> float:
    """How far apart the centres are; the shared area shrinks as they part."""
    low, high = abs(r1 - r2), r1 + r2
    if not shared:
        return high * 1.06
    for _step in range(STEPS):
        middle = (low + high) / 2
        if lens(r1, r2, middle) > shared:
            low = middle
        else:
            high = middle
    return low


def lens(r1: float, r2: float, apart: float) -> float:
    """The area that two circles share."""
    if apart >= r1 + r2:
        return 0.0
    if apart <= abs(r1 - r2):
        return math.pi * min(r1, r2) ** 2
    a1 = math.acos(_cosine((apart**2 + r1**2 - r2**2) / (2 * apart * r1)))
    a2 = math.acos(_cosine((apart**2 + r2**2 - r1**2) / (2 * apart * r2)))
    return r1**2 * (a1 - math.sin(2 * a1) / 2) + r2**2 * (a2 - math.sin(2 * a2) / 2)


def _cosine(value: float) -> float:
    return max(-1.0, min(1.0, value))
