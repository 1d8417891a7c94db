"""Plates that drive along with one."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from data.plate_codes import Codes, encode
from data.reads.answers import USUAL, Cut, Limits, Windows
from data.reads.columns import Integers, Reads, Rows, Smalls, joined
from data.reads.names import no_reads_of
from data.reads.protocol import ReadsSource
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
    """Reads of others near reads of the plate, which are ``own`` of all of them."""

    met: Reads
    own: Rows


def convoy(
    archive: ReadsSource,
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
    names, code = archive.names, encode([plain(plate)])
    answer = archive.by_plates(code, since=since, until=until, limits=limits)
    pieces = [no_reads_of(names)]
    found = [_Meetings(no_reads_of(names), np.empty(0, dtype=np.int64))]
    within_us, cut = round(company.within_s * SECOND_US), None
    for piece in answer:
        found.append(_near(archive, piece, within_us, behind=sum(map(len, pieces))))
        pieces.append(piece)
        if sum(one.own.size for one in found) > limits.most:
            cut = Cut("rows", limits.most)
            break
    met = joined([one.met for one in found])
    own_row = np.concatenate([one.own for one in found])
    plates, n = _ranked(met, names.stations[met.camera], company.at_least)
    chosen = np.flatnonzero(np.isin(met.plate, plates))
    by_code = np.argsort(plates)
    which = by_code[np.searchsorted(plates, met.plate[chosen], sorter=by_code)]
    keys = own_row[chosen], met.sequence[chosen], met.at[chosen], which
    order = np.lexsort(keys)
    rows = chosen[order]
    return Convoy(
        plates,
        n,
        which[order],
        own_row[rows],
        met.taken(rows),
        joined(pieces),
        cut or answer.cut,
    )


def _near(
    archive: ReadsSource, own: Reads, within_us: int, *, behind: int
) -> _Meetings:
    """Find the reads of others near some reads of the plate, which stand ``behind``."""
    ids = [own.cameras[number].camera_id for number in own.camera.tolist()]
    windows = Windows(ids, own.at - within_us, own.at + within_us)
    of, reads = archive.in_windows(windows)
    is_other = np.flatnonzero(reads.plate != own.plate[:1])
    return _Meetings(reads.taken(is_other), behind + of[is_other])


def _ranked(met: Reads, stations: Smalls, at_least: int) -> tuple[Codes, Integers]:
    """Return the plates that met at enough cameras, and at how many."""
    order = np.lexsort((stations, met.plate))
    codes, stations = met.plate[order], stations[order]
    is_new = np.ones(order.size, dtype=np.bool_)
    is_new[1:] = (codes[1:] != codes[:-1]) | (stations[1:] != stations[:-1])
    plates, n = np.unique(codes[is_new], return_counts=True)
    plates, n = plates[n >= at_least], n[n >= at_least]
    order = np.lexsort((plates, -n))
    return plates[order], n[order].astype(np.int64)
