"""The model of persons: where it stands, and what it is called in a lead."""

from functools import cache

from matching.linkage.model_files import MODELS, read_model, title_of
from matching.linkage.settings import Model

PATH = MODELS / "person.json"


@cache
def person_model() -> Model:
    """Return the model that missing and found persons are compared by."""
    return read_model(PATH)


def model_title() -> str:
    """Name the model of persons by its content."""
    return title_of(PATH)
