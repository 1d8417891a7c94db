"""The demo's night, made once."""

import pytest

from data.scenario import Scenario, generate
from geo.boundaries import Boundaries


@pytest.fixture(scope="session")
def night(boundaries: Boundaries) -> Scenario:
    return generate(boundaries=boundaries)
