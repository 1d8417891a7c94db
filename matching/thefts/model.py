"""The models of thefts: found vehicles by look, and one theft reported twice."""

from functools import cache

from matching.linkage.model_files import MODELS, read_model, title_of
from matching.linkage.settings import Model

VEHICLE = MODELS / "vehicle.json"
INCIDENT = MODELS / "incident.json"


@cache
def vehicle_model() -> Model:
    """Return the model that stolen and found vehicles are compared by."""
    return read_model(VEHICLE)


@cache
def incident_model() -> Model:
    """Return the model that tells whether two reports are of one theft."""
    return read_model(INCIDENT)


def vehicle_title() -> str:
    """Name the model of vehicles by its content."""
    return title_of(VEHICLE)


def incident_title() -> str:
    """Name the model of incidents by its content."""
    return title_of(INCIDENT)
