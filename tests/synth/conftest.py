from __future__ import annotations

import numpy as np
import pytest

from zipreader.synth import Sources, open_sources
from zipreader.synth.compose import Rng


@pytest.fixture(scope="session")
def sources() -> Sources:
    """What the extra carries, for the population of evaluation."""
    return open_sources()


@pytest.fixture
def rng() -> Rng:
    return np.random.default_rng(12)
