"""The model of persons: where it stands, and what it is called in a lead."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from matching.linkage.model_files import read_model
from matching.linkage.settings import Model

MODELS = Path(__file__).parent.parent / "models" / "linkage"
PATH = MODELS / "person.json"


@cache
def person_model() -> Model:
    """Return the model that missing and found persons are compared by."""
    return read_model(PATH)


def model_title() -> str:
    """Name the model of persons by its content."""
    return title_of(PATH)


@cache
def title_of(path: Path) -> str:
    """Name a model by its content: another file is another model."""
    return f"{path.stem} {sha256(path.read_bytes()).hexdigest()[:12]}"
