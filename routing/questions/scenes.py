"""Plates that were seen at several scenes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from data.plate_codes import Codes
from data.reads.answers import Cut, Limits
from data.reads.columns import Integers, Reads, Rows, joined
from data.reads.names import Names
from data.reads.search import USUAL, Search, no_reads_of
from data.reads.state import Part, View
from routing.questions.areas import Area, area_of, rows_in
from routing.questions.spans import Watch, span_between


@dataclass(frozen=True, slots=True)
class Scene:
    """A place and a time, ends included; None is open.

    ``place`` is a polygon (WGS 84; see `routing.questions.in_area`), or the ids of
    cameras, wherever they stood.
    """

    place: Polygon | MultiPolygon | Sequence[str]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Some n plates that were seen at several of s scenes.

    Those seen at most scenes come first, ties in order of the plates' texts.

    Attributes
    ----------
    plate
        Shape (n,).
    is_at
        Whether a plate was seen at a scene, shape (n, s).
    which, scene
        Of each of the m first reads: the row of its plate, and its scene, in ascending
        order of both, shape (m,).
    first
        The first read of each plate at each scene where it was seen, m reads; of those
        of one moment, the one with the lowest sequence, then camera id.
    looked_at
        How many scenes were looked at, from the first on: all, if the time sufficed.
    cut
        ``time``: the other scenes were not looked at. ``rows``: there are more plates.
    """

    plate: Codes
    is_at: NDArray[np.bool_]
    which: Rows
    scene: Rows
    first: Reads
    looked_at: int
    cut: Cut | None

    def __len__(self) -> int:
        return self.plate.size


@dataclass(frozen=True, slots=True, eq=False)
class _Early:
    """The reads of a part that may be the first of their plate at a scene."""

    part: Part
    rows: Rows
    codes: Codes
    at: Integers
    scene: int

    def taken(self, chosen: NDArray[np.bool_] | Rows) -> "_Early":
        columns = self.rows[chosen], self.codes[chosen], self.at[chosen]
        return _Early(self.part, *columns, self.scene)


def common(
    archive: Search,
    scenes: Sequence[Scene],
    *,
    at_least: int,
    limits: Limits = USUAL,
) -> Common:
    """Find the plates that were read at so many of some scenes, or at more.

    A read at two scenes that overlap counts for both. Misreads are other plates.
    ``limits.most`` is how many plates are given.

    Raises
    ------
    SitesRefused, CoordinateRefused
        A polygon that is none.
    ValueError
        ``at_least`` is below 1.
    """
    if at_least < 1:
        raise ValueError(f"at_least={at_least}: want 1 to the number of scenes")
    watch, view = Watch(limits), archive.view
    asked = [(_area(archive.names, scene), scene) for scene in scenes]
    early: list[list[_Early]] = []
    cut = None
    for number, (area, scene) in enumerate(asked):
        seen = _earliest(view, area, scene, number, watch)
        if seen is None:
            cut = watch.cut()
            break
        early.append(seen)
    plate = _ranked(early, at_least)
    if plate.size > limits.most:
        plate, cut = plate[: limits.most], cut or Cut("rows", limits.most)
    which, of, first = _firsts(archive.names, early, plate)
    is_at = np.zeros((plate.size, len(scenes)), dtype=np.bool_)
    is_at[which, of] = True
    return Common(plate, is_at, which, of, first, len(early), cut)


def _area(names: Names, scene: Scene) -> Area:
    if isinstance(scene.place, Polygon | MultiPolygon):
        return area_of(names, scene.place)
    if isinstance(scene.place, str):
        raise ValueError(f"{scene.place!r} is one id: give a list of ids")
    return Area(names.of_ids(scene.place), None, names)


def _earliest(
    view: View, area: Area, scene: Scene, number: int, watch: Watch
) -> list[_Early] | None:
    """Find the earliest reads of each plate; None when the time is over."""
    found = []
    span = span_between(scene.since, scene.until)
    days = frozenset(view.days(*span))
    for part in [part for part in view.parts if part.days & days]:
        if watch.cut():
            return None
        rows = rows_in(part, area, *span)
        if rows.size:
            early = _Early(part, rows, part.codes(rows), part.times(rows), number)
            found.append(early.taken(_are_first(early.codes, early.at)))
    return found


def _are_first(codes: Codes, at: Integers) -> Rows:
    """Return the rows at the first moment of their plate; several if they tie."""
    order = np.lexsort((at, codes))
    is_new = np.ones(order.size, dtype=np.bool_)
    is_new[1:] = np.diff(codes[order]) != 0
    begins = np.flatnonzero(is_new)
    sizes = np.diff(begins, append=order.size)
    earliest = np.repeat(at[order][begins], sizes)
    rows: Rows = order[at[order] == earliest]
    return rows


def _ranked(early: list[list[_Early]], at_least: int) -> Codes:
    """Return the plates at enough scenes, those at most of them first."""
    seen = [np.unique(np.concatenate([one.codes for one in of])) for of in early if of]
    if not seen:
        return np.empty(0, dtype=np.uint64)
    codes, n = np.unique(np.concatenate(seen), return_counts=True)
    codes, n = codes[n >= at_least], n[n >= at_least]
    ranked: Codes = codes[np.lexsort((codes, -n))]
    return ranked


def _firsts(
    names: Names, early: list[list[_Early]], plates: Codes
) -> tuple[Rows, Rows, Reads]:
    """Return the first read of each plate at each scene, by plate and scene."""
    kept = list(_of_plates(early, plates))
    if not kept:
        none = np.empty(0, dtype=np.int64)
        return none, none, no_reads_of(names)
    reads = joined([one.part.reads(one.rows, names) for one in kept])
    scene = np.repeat([one.scene for one in kept], [one.rows.size for one in kept])
    by_code = np.argsort(plates)
    which = by_code[np.searchsorted(plates, reads.plate, sorter=by_code)]
    ids = np.array([reads.cameras[number].camera_id for number in reads.camera])
    order = np.lexsort((ids, reads.sequence, reads.at, scene, which))
    which, scene = which[order], scene[order]
    is_first = np.ones(order.size, dtype=np.bool_)
    is_first[1:] = (np.diff(which) != 0) | (np.diff(scene) != 0)
    return which[is_first], scene[is_first], reads.taken(order[is_first])


def _of_plates(early: list[list[_Early]], plates: Codes) -> Iterator[_Early]:
    for one in (one for of in early for one in of):
        chosen = np.isin(one.codes, plates)
        if chosen.any():
            yield one.taken(chosen)
