from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.drawing import blank
from zipreader.elements import Page
from zipreader.reading.halftone import descreened, is_dithered


def grey_mail() -> np.ndarray:
    """Dark writing on grey paper."""
    image = blank(600, 300, 215)
    cv2.putText(image, "40703", (40, 180), cv2.FONT_HERSHEY_SIMPLEX, 3, 40, 9)
    return image


def dithered(image: np.ndarray) -> np.ndarray:
    """As a scanner set to black and white shows greys: by error diffusion."""
    return np.asarray(Image.fromarray(image).convert("1").convert("L"), np.uint8)


def test_a_dithered_page_is_made_grey_again() -> None:
    image = grey_mail()
    page = Page(dithered(image), "fax.png")
    assert is_dithered(page.image)
    shown = descreened(page)
    assert shown.path == page.path
    inner = np.s_[8:-8, 8:-8]
    off = np.abs(shown.image[inner].astype(int) - cv2.GaussianBlur(image, (0, 0), 1.3)[inner])
    assert off.mean() < 12


def test_and_so_is_one_whose_pixels_were_not_square() -> None:
    image = dithered(grey_mail())
    stretched = cv2.resize(image, (612, 300), interpolation=cv2.INTER_LINEAR)
    assert is_dithered(stretched)


@pytest.mark.parametrize("grain", [0, 12])
def test_greys_and_plain_black_and_white_are_left_as_they_are(grain: int) -> None:
    rng = np.random.default_rng(1)
    image = grey_mail()
    noisy = np.clip(image + rng.normal(0, grain, image.shape), 0, 255).astype(np.uint8)
    for shown in (noisy, np.where(noisy > 128, 255, 0).astype(np.uint8), np.dstack([noisy] * 3)):
        page = Page(shown, "scan.png")
        assert descreened(page) is page


def test_an_empty_page_is_not_dithered() -> None:
    assert not is_dithered(blank(40, 30))


def test_of_a_tiny_image_nothing_can_be_told() -> None:
    """A slanting stroke of one pixel has no neighbours beside it."""
    image = blank(70, 20)
    for k in range(20):
        image[k, 3 * k : 3 * k + 1] = 0
    assert not is_dithered(image)
    assert not is_dithered(blank(1, 1))
