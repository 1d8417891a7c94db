"""Model files: Splink's settings as JSON, and beside them what those have no place for.

Beside ``person.json`` stands ``person.shares.json``: ``settings_sha256`` says of which
settings, ``source`` where they come from, and ``term_frequencies`` are the shares of
values, column → text → share of the rows that have a text there, or ``names of Taiwan``
for a column of names. A model without is weighed with the shares of the tables at hand.
"""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from matching.errors import ModelRefused
from matching.linkage.settings import Model, model_of, settings_of
from matching.names.shares import NameShares

MODELS = Path(__file__).parent.parent / "models" / "linkage"
"""The models that come with the project."""

VERSION = 1
NAMES = "names of Taiwan"


def read_model(path: Path) -> Model:
    """Read a model file, and the shares beside it.

    Raises
    ------
    ModelRefused
        It is no JSON, `model_of` refuses what it says, or the shares are of another
        model.
    """
    settings = _read(path)
    beside = shares_path(path)
    shares = _read(beside) if beside.exists() else {}
    if shares and shares.get("settings_sha256") != _sum(path):
        raise ModelRefused(
            f"{beside.name} is of another {path.name}: train it again, or remove it"
        )
    try:
        return model_of(settings, _frequencies(shares.get("term_frequencies", {})))
    except ModelRefused as error:
        raise ModelRefused(f"{path.name}: {error}") from error


def write_model(model: Model, path: Path, *, source: str = "") -> None:
    """Write a model file, and the shares beside it, in place of what was there."""
    path.write_text(_text(settings_of(model)), encoding="utf-8")
    beside = shares_path(path)
    beside.unlink(missing_ok=True)
    if model.frequencies:
        content = {
            "version": VERSION,
            "source": source,
            "settings_sha256": _sum(path),
            "term_frequencies": {
                column: NAMES if isinstance(one, NameShares) else one
                for column, one in model.frequencies.items()
            },
        }
        beside.write_text(_text(content), encoding="utf-8")


@cache
def title_of(path: Path) -> str:
    """Name a model by its content: another file is another model."""
    return f"{path.stem} {_sum(path)[:12]}"


def shares_path(path: Path) -> Path:
    """Return where the shares of a model stand."""
    return path.with_suffix(".shares.json")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelRefused(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ModelRefused(f"{path.name}: want a JSON object")
    return content


def _frequencies(told: Mapping[str, Any]) -> dict[str, Mapping[str, float]]:
    known: dict[str, Mapping[str, float]] = {}
    for column, one in told.items():
        if one != NAMES and not isinstance(one, dict):
            raise ModelRefused(
                f"shares of {column!r}: want numbers by text, or {NAMES!r}"
            )
        known[column] = NameShares() if one == NAMES else one
    return known


def _sum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
