"""Plates that drive along with one."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from data.plate_codes import Codes, encode
from data.reads.answers import Cut, Limits
from data.reads.columns import Integers, Reads, Rows, Smalls, joined
from data.reads.names import Names
from data.reads.search import USUAL, Search, no_reads_of
from data.reads.state import Part, View
from matching.plates import plain

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Company:
    """What drives along: seconds before or behind at most, and how many cameras.

    Both are included. Cameras are told apart by their ids, wherever they stood.
    """

    within_s: float = 60.0
    at_least: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.within_s < np.inf or self.at_least < 1:
            raise ValueError(f"{self}: want 0 seconds or more, and 1 camera or more")


@dataclass(frozen=True, slots=True, eq=False)
class Convoy:
    """Some n plates that drove along with one, and their m meetings with it.

    Those that met at most cameras come first, ties in order of the plates' texts.

    Attributes
    ----------
    plate, cameras
        The plates, and at how many cameras they met, shape (n,).
    which
        The row of the plate of each meeting, ascending, shape (m,).
    own_row
        The row in ``own`` that was met, shape (m,).
    met
        The reads of the others, m; those of a plate in order of time.
    own
        The reads of the plate itself, in order of time.
    cut
        The limit that bit, or None; what is given is right but not all.
    """

    plate: Codes
    cameras: Integers
    which: Rows
    own_row: Rows
    met: Reads
    own: Reads
    cut: Cut | None

    def __len__(self) -> int:
        return self.plate.size


@dataclass(frozen=True, slots=True, eq=False)
class _Meetings:
    """Rows of a part near reads of the plate, which are ``own`` of all of them."""

    part: Part
    rows: Rows
    own: Rows
    codes: Codes
    stations: Smalls


def convoy(
    archive: Search,
    plate: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    company: Company | None = None,
    limits: Limits = USUAL,
) -> Convoy:
    """Find plates that passed several cameras shortly before or after one did.

    ``since`` and ``until`` are for the reads of the plate itself, ends included; it is
    left out of the answer. Misreads are other plates. ``limits.most`` is for the
    meetings that are looked at.

    Raises
    ------
    PlateRefused
        No plain plate.
    """
    company = company or Company()
    view, names = archive.view, archive.names
    code = encode([plain(plate)])
    answer = archive.by_plates(code, since=since, until=until, limits=limits)
    pieces: list[Reads] = []
    found: list[_Meetings] = []
    cut = None
    for piece in answer:
        before = sum(map(len, pieces))
        found += _near(view, names, piece, round(company.within_s * SECOND_US), before)
        pieces.append(piece)
        if sum(one.rows.size for one in found) > limits.most:
            cut = Cut("rows", limits.most)
            break
    own = joined(pieces) if pieces else no_reads_of(names)
    plates, n = _ranked(found, company.at_least)
    which, own_row, met = _met(names, found, plates)
    return Convoy(plates, n, which, own_row, met, own, cut or answer.cut)


def _near(
    view: View, names: Names, own: Reads, within_us: int, before: int
) -> list[_Meetings]:
    """Find the reads of others near some reads of the plate, behind ``before``."""
    stations = names.stations
    of, cameras = names.at_stations(stations[own.camera])
    first, last = own.at[of] - within_us, own.at[of] + within_us
    found = []
    for part in view.parts:
        windows, rows = part.rows_at(cameras, first, last)
        codes = part.codes(rows)
        is_other = np.flatnonzero(codes != own.plate[:1])
        if is_other.size:
            at = windows[is_other]
            near = stations[cameras[at]]
            rows, codes = rows[is_other], codes[is_other]
            found.append(_Meetings(part, rows, before + of[at], codes, near))
    return found


def _ranked(found: list[_Meetings], at_least: int) -> tuple[Codes, Integers]:
    """Return the plates that met at enough cameras, and at how many."""
    none = np.empty(0, dtype=np.int64)
    codes = np.concatenate([none, *(one.codes.astype(np.int64) for one in found)])
    stations = np.concatenate([none, *(one.stations for one in found)])
    order = np.lexsort((stations, codes))
    codes, stations = codes[order], stations[order]
    is_new = np.ones(order.size, dtype=np.bool_)
    is_new[1:] = (np.diff(codes) != 0) | (np.diff(stations) != 0)
    plates, n = np.unique(codes[is_new], return_counts=True)
    plates, n = plates[n >= at_least], n[n >= at_least]
    order = np.lexsort((plates, -n))
    return plates[order].astype(np.uint64), n[order].astype(np.int64)


def _met(
    names: Names, found: list[_Meetings], plates: Codes
) -> tuple[Rows, Rows, Reads]:
    """Return the meetings with the plates that count: plate, own read, other read."""
    parts, own = [no_reads_of(names)], [np.empty(0, dtype=np.int64)]
    for one in found:
        chosen = np.flatnonzero(np.isin(one.codes, plates))
        if chosen.size:
            parts.append(one.part.reads(one.rows[chosen], names))
            own.append(one.own[chosen])
    reads, own_row = joined(parts), np.concatenate(own)
    by_code = np.argsort(plates)
    which = by_code[np.searchsorted(plates, reads.plate, sorter=by_code)]
    order = np.lexsort((own_row, reads.sequence, reads.at, which))
    return which[order], own_row[order], reads.taken(order)
