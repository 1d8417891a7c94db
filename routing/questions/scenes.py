"""Plates that were seen at several scenes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from data.plate_codes import Codes
from data.reads.answers import NO_LIMITS, USUAL, Cut, Limits
from data.reads.columns import Reads, Rows, joined
from data.reads.names import no_reads_of
from data.reads.protocol import ReadsSource
from routing.questions.areas import in_area
from routing.questions.spans import Watch


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


def common(
    archive: ReadsSource,
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
    watch, cut = Watch(limits), None
    early: list[Reads] = []
    for scene in scenes:
        seen, cut = _earliest(archive, scene, watch)
        if cut:
            break
        early.append(seen)
    plate = _ranked(early, at_least)
    if plate.size > limits.most:
        plate, cut = plate[: limits.most], cut or Cut("rows", limits.most)
    which, of, first = _firsts(archive, early, plate)
    is_at = np.zeros((plate.size, len(scenes)), dtype=np.bool_)
    is_at[which, of] = True
    return Common(plate, is_at, which, of, first, len(early), cut)


def _earliest(
    archive: ReadsSource, scene: Scene, watch: Watch
) -> tuple[Reads, Cut | None]:
    """Find the first read of each plate, and say whether the time sufficed for all."""
    since, until, place = scene.since, scene.until, scene.place
    limits = replace(NO_LIMITS, seconds=watch.left())
    if isinstance(place, Polygon | MultiPolygon):
        answer = in_area(archive, place, since=since, until=until, limits=limits)
    elif isinstance(place, str):
        raise ValueError(f"{place!r} is one id: give a list of ids")
    else:
        answer = archive.by_cameras(place, since=since, until=until, limits=limits)
    found = [no_reads_of(archive.names), *map(_first_of_each, answer)]
    return _first_of_each(joined(found)), watch.cut() if answer.cut else None


def _first_of_each(reads: Reads) -> Reads:
    """Keep the first read of each plate, of reads in order."""
    rows = np.unique(reads.plate, return_index=True)[1]
    return reads.taken(np.sort(rows))


def _ranked(early: list[Reads], at_least: int) -> Codes:
    """Return the plates at enough scenes, those at most of them first."""
    seen = [np.empty(0, dtype=np.uint64), *(reads.plate for reads in early)]
    codes, n = np.unique(np.concatenate(seen), return_counts=True)
    codes, n = codes[n >= at_least], n[n >= at_least]
    ranked: Codes = codes[np.lexsort((codes, -n))]
    return ranked


def _firsts(
    archive: ReadsSource, early: list[Reads], plates: Codes
) -> tuple[Rows, Rows, Reads]:
    """Return the first read of each plate at each scene, by plate and scene."""
    wanted = [reads.taken(np.isin(reads.plate, plates)) for reads in early]
    reads = joined([no_reads_of(archive.names), *wanted])
    scene = np.repeat(np.arange(len(wanted)), [len(one) for one in wanted])
    by_code = np.argsort(plates)
    which = by_code[np.searchsorted(plates, reads.plate, sorter=by_code)]
    order = np.lexsort((scene, which))
    return which[order], scene[order], reads.taken(order)
