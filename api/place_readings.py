"""How a place that was read out of a text is shown, over HTTP and on the terminal."""

from typing import Any

from pydantic import BaseModel

from api.shapes import Named
from geo.places import Name, Note
from geo.written import Interpretation, Reading


class RepairOut(BaseModel):
    """One thing that was mended on the way from the text to the place."""

    name: str
    given: str
    made: str
    why: str
    why_zh: str


class ReadingOut(BaseModel):
    """A place, how it was read, and how exact the text is.

    `precision_m` is what one in the last place written stands for; `bound_m` how far
    the true place can be, for a kilometre of a road, and `error_m` the radius that
    holds it with 68 %. `crs` is `post` for such a kilometre.
    """

    lng: float
    lat: float
    county: Named | None
    town: Named | None
    village: Named | None
    note: Note
    note_why: str
    note_why_zh: str
    crs: str
    how: str
    how_zh: str
    repairs: list[RepairOut]
    precision_m: float
    bound_m: float | None
    error_m: float | None


class WhereOut(ReadingOut):
    """The place that a text means; `alternatives` are other ways to read it."""

    alternatives: list[ReadingOut]


def where_out(reading: Reading, alternatives: tuple[Reading, ...]) -> WhereOut:
    """Show a reading with the other ways to read the same text."""
    return WhereOut(
        **_shown(reading), alternatives=[reading_out(one) for one in alternatives]
    )


def reading_out(reading: Reading) -> ReadingOut:
    """Show one reading."""
    return ReadingOut(**_shown(reading))


def refused_out(found: Interpretation) -> dict[str, Any]:
    """Show why there is no place: the kind as ``note``, and the ways left open."""
    assert found.refusal is not None, "this one is read"
    return {
        "note": found.refusal.kind,
        "detail_zh": found.refusal.why_zh,
        "readings": [
            reading_out(one).model_dump(mode="json") for one in found.alternatives
        ],
    }


def _shown(reading: Reading) -> dict[str, Any]:
    place = reading.place
    return {
        "lng": place.lng,
        "lat": place.lat,
        "county": _named(place.county),
        "town": _named(place.town),
        "village": _named(place.village),
        "note": place.note,
        "note_why": place.why,
        "note_why_zh": place.why_zh,
        "crs": reading.crs,
        "how": reading.how,
        "how_zh": reading.how_zh,
        "repairs": [
            RepairOut(
                name=one.name, given=one.given, made=one.made,
                why=one.why, why_zh=one.why_zh,
            )
            for one in reading.repairs
        ],
        "precision_m": reading.precision_m,
        "bound_m": reading.bound_m,
        "error_m": reading.error_m,
    }  # fmt: skip


def _named(name: Name | None) -> Named | None:
    return None if name is None else Named(code=name.code, name=name.name)
