import pytest

from data.bundled import load_boundaries
from data.scenario import Scenario, Size, generate
from geo.boundaries import Boundaries

SMALL = Size(vehicles=300, wanted=20, near_misses=12)


@pytest.fixture(scope="session")
def boundaries() -> Boundaries:
    return load_boundaries()


@pytest.fixture(scope="session")
def night(boundaries: Boundaries) -> Scenario:
    return generate(boundaries=boundaries)


@pytest.fixture(scope="session")
def small(boundaries: Boundaries) -> Scenario:
    return generate(boundaries=boundaries, size=SMALL)
