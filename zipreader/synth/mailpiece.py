"""One synthetic mailpiece: plan, face, camera, sensor, truth."""

from __future__ import annotations

import math

import numpy as np

from zipreader.elements import Matrix
from zipreader.errors import UsageError
from zipreader.synth.camera import photograph, scan
from zipreader.synth.front import Front, draw_front
from zipreader.synth.plan import KINDS, MIXED, Plan, check_kind, choose_kind, choose_plan
from zipreader.synth.sensor import choose_exposure, expose
from zipreader.synth.sources import Sources
from zipreader.synth.truth import Corners, DigitTruth, Mailpiece, Truth, corners_of


def make_mailpiece(kind: str, seed: int, sources: Sources) -> Mailpiece:
    """Make one piece of mail; the same for the same kind, seed and population.

    Args:
        kind: One of ``KINDS``, or ``mixed`` for any of them in natural shares.
        seed: Not negative.
        sources: What ``open_sources`` gave.
    """
    check_kind(kind)
    if seed < 0:
        raise UsageError(f"a seed cannot be negative: {seed}")
    population = sources.population.number
    if kind == MIXED:
        kind = choose_kind(kind, np.random.default_rng([population, len(KINDS), seed]))
    rng = np.random.default_rng([population, KINDS.index(kind), seed])
    plan = choose_plan(kind, rng)
    front = draw_front(plan, sources, rng)
    if plan.photo:
        shot = photograph(front.image, plan, rng)
    else:
        shot = scan(front.image, front.dpi, plan, rng)
    exposure = choose_exposure(plan, front.dpi, front.dark, rng)
    image = expose(shot.image, exposure, front.dpi, rng)
    truth = _truth(plan, seed, front, shot.to_image)
    return Mailpiece(image, _resolution(front, truth.page), truth)


def _truth(plan: Plan, seed: int, front: Front, matrix: Matrix) -> Truth:
    height, width = front.image.shape[:2]
    address = front.address
    place = address.place if address else None
    return Truth(
        kind=plan.kind,
        seed=seed,
        zip=front.zip,
        plus4=address.plus4 if address and front.zip else None,
        must_flag=bool(plan.variant),
        orientation=(360 - plan.turn) % 360,
        writing=front.writing,
        block=corners_of(front.block, matrix) if front.block else None,
        field=corners_of(front.field, matrix) if front.field else None,
        digits=tuple(DigitTruth(m.value, corners_of(m.bounds, matrix)) for m in front.marks),
        page=corners_of((0, 0, width, height), matrix),
        city=place.city if place else None,
        state=place.state if place else None,
        variant=plan.variant,
    )


def _resolution(front: Front, page: Corners) -> int:
    """Pixels an inch of the picture, from the area of the page in it."""
    x, y = np.array(page).T
    area = 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))
    height, width = front.image.shape[:2]
    return round(front.dpi * math.sqrt(area / (width * height)))
