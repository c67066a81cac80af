"""Marks that are no digits: dots, dashes, rules, waves and arcs of postmarks, blots."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from zipreader.elements import InkMap

_SIDE = 96
Canvas = npt.NDArray[np.uint8]


def mark(rng: np.random.Generator) -> InkMap:
    """A random mark: (96, 96) float32 coverage."""
    canvas = np.zeros((_SIDE, _SIDE), np.uint8)
    _KINDS[int(rng.integers(len(_KINDS)))](canvas, rng)
    return (canvas.astype(np.float32) / 255).astype(np.float32)


def _dot(canvas: Canvas, rng: np.random.Generator) -> None:
    """A dot is round and full; an open ring would be a zero, a narrow one a 1."""
    axes = (int(rng.integers(20, 40)), int(rng.integers(20, 32)))
    cv2.ellipse(canvas, (48, 48), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)


def _dash(canvas: Canvas, rng: np.random.Generator) -> None:
    rise = int(rng.integers(-22, 23))
    thick = int(rng.integers(3, 22))
    cv2.line(canvas, (8, 48 - rise // 2), (88, 48 + rise // 2), 255, thick, cv2.LINE_AA)


def _rules(canvas: Canvas, rng: np.random.Generator) -> None:
    """Two or more parallel lines, as of a postmark or a form."""
    count, thick = int(rng.integers(2, 5)), int(rng.integers(2, 8))
    turn = rng.uniform(0, np.pi)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    pitch = rng.uniform(14, 26)
    for number in range(count):
        middle = 48 + across * pitch * (number - (count - 1) / 2)
        ends = [tuple(np.rint(middle + sign * 40 * along).astype(int).tolist()) for sign in (-1, 1)]
        cv2.line(canvas, ends[0], ends[1], 255, thick, cv2.LINE_AA)


def _wave(canvas: Canvas, rng: np.random.Generator) -> None:
    """Flat waves of a cancellation."""
    x = np.linspace(4, 92, 60)
    amplitude, period = rng.uniform(4, 14), rng.uniform(30, 80)
    for number in range(int(rng.integers(1, 4))):
        y = 22 + 24 * number + amplitude * np.sin(2 * np.pi * x / period + rng.uniform(0, 6))
        line = np.rint(np.column_stack([x, y])).astype(np.int32)
        cv2.polylines(canvas, [line], False, 255, int(rng.integers(2, 9)), cv2.LINE_AA)


def _arcs(canvas: Canvas, rng: np.random.Generator) -> None:
    """Pieces of the double ring of a postmark, flat enough not to be a digit."""
    radius, start = int(rng.integers(60, 200)), rng.uniform(60, 120)
    side = -1 if rng.random() < 0.5 else 1
    thick, inner = int(rng.integers(2, 7)), int(rng.integers(10, 24))
    for r in (radius, radius - inner):
        centre = (48, 48 - side * radius)
        cv2.ellipse(canvas, centre, (r, r), 0, side * (start - 35), side * (start + 35), 255, thick)


def _cross(canvas: Canvas, rng: np.random.Generator) -> None:
    for turn in (rng.uniform(0.3, 1.2), rng.uniform(1.9, 2.8)):
        dx, dy = int(40 * np.cos(turn)), int(40 * np.sin(turn))
        thick = int(rng.integers(3, 10))
        cv2.line(canvas, (48 - dx, 48 - dy), (48 + dx, 48 + dy), 255, thick, cv2.LINE_AA)


def _blot(canvas: Canvas, rng: np.random.Generator) -> None:
    """A shapeless patch with holes."""
    nodes = rng.random((int(rng.integers(5, 16)),) * 2, np.float32)
    field = cv2.resize(nodes, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    canvas[field > rng.uniform(0.45, 0.75)] = 255


def _specks(canvas: Canvas, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(2, 9))):
        x, y = (int(v) for v in rng.integers(8, 88, 2))
        cv2.circle(canvas, (x, y), int(rng.integers(2, 9)), 255, -1, cv2.LINE_AA)


def _box(canvas: Canvas, rng: np.random.Generator) -> None:
    """A corner of a frame or three sides of it."""
    left, top = (int(v) for v in rng.integers(6, 24, 2))
    thick = int(rng.integers(2, 9))
    cv2.line(canvas, (left, top), (90, top), 255, thick)
    cv2.line(canvas, (left, top), (left, 90), 255, thick)
    if rng.random() < 0.5:
        cv2.line(canvas, (left, 90), (90, 90), 255, thick)


_KINDS: tuple[Callable[[Canvas, np.random.Generator], None], ...] = (
    _dot, _dash, _rules, _wave, _arcs, _cross, _blot, _specks, _box,
)  # fmt: skip
