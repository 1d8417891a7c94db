"""Reads of number plates as a whole country's cameras would send them, invented.

Seeded, so that one seed and one size are always the same reads. They come slice by
slice of time, so that any number of them fits in memory: vehicles drive trips from
camera to camera, the cameras read, misread, number and send what they read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import shapely
from scipy.spatial import cKDTree

from benchmarks.reads_looks import looks_of, told
from data.bundled import load_boundaries
from geo.boundaries import Level
from geo.crs import to_metres

SEED = 20_261_001
BEGAN_US = 1_772_294_400_000_000
"""Midnight of 2026-03-01 in Taiwan (UTC+8)."""

SECOND_US, HOUR_US, DAY_US = 1_000_000, 3_600_000_000, 86_400_000_000
N_CAMERAS = 20_000
N_PLATES = 1_500_000
READS_PER_PLATE = 13.3
SLICE = 500_000
LONGEST_TRIP, MEAN_LEGS = 40, 9
MISREAD, LATE, LOST = 0.03, 0.01, 0.02
CONVOYS, CONVOY_LEGS = 24, 14

RHYTHM = (
    *(9, 6, 4, 4, 6, 14, 36, 68, 72, 56, 50, 52),
    *(54, 50, 50, 54, 62, 76, 74, 56, 46, 38, 28, 16),
)
"""Trips that begin in each hour of the day, one beside another; assumed."""

FORMS = {
    "plldddd": 420, "mlldddd": 170, "LLDDDD": 90, "DDDDLL": 90, "LLLDDD": 80,
    "DDDLLL": 50, "DLDDDD": 30, "Rlldddd": 25, "Tlldddd": 20, "Elldddd": 15,
    "LLDDDDD": 5, "DDDLL": 5,
}  # fmt: skip
"""Forms of plates and how many of a thousand vehicles have them; assumed. The series of
2012 (``d``) has no 4."""

SLOTS = {
    "L": b"ABCDEFGHJKLMNPQRSTUVWXYZ",
    "l": b"ABCDEFGHJKLMNPQRSTUVWXYZ",
    "D": b"0123456789",
    "d": b"012356789",
    "p": b"ABC",
    "m": b"MN",
}

CONFUSED = {
    "0": "ODQ8", "1": "ITL7", "2": "Z7", "3": "8B", "4": "A", "5": "S6", "6": "5G8",
    "7": "1TZ", "8": "B306", "9": "86P", "A": "4R", "B": "8R3", "C": "G0", "D": "0O",
    "E": "FB", "F": "EP", "G": "C6", "H": "NM", "I": "1L", "J": "U", "K": "XH",
    "L": "1I", "M": "NH", "N": "MH", "O": "0D", "P": "FR", "Q": "O0", "R": "BP",
    "S": "58", "T": "17", "U": "VJ", "V": "UY", "W": "VM", "X": "KY", "Y": "VX",
    "Z": "27",
}  # fmt: skip
"""What each character is taken for, likeliest first; assumed, from their looks."""

AREAS = {
    "09007": "LJ", "09020": "KM", "10002": "IL", "10004": "HC", "10005": "ML",
    "10007": "CH", "10008": "NA", "10009": "YL", "10010": "CY", "10013": "PT",
    "10014": "TT", "10015": "HL", "10016": "PH", "10017": "KL", "10018": "HS",
    "10020": "JY", "63000": "TP", "64000": "KH", "65000": "NT", "66000": "TC",
    "67000": "TN", "68000": "TY",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """Some reads in the order in which they came, columns of shape (n,).

    ``camera`` is a row of `Cameras`; ``at`` and ``received`` are microseconds since
    1970 UTC, the first whole milliseconds, the second whole seconds after the first;
    ``plate`` is what was read, plain, as eight bytes; ``confidence`` is in hundredths;
    ``type`` and ``colour`` are numbers; ``sequence`` counts each camera's reads, some
    of which were lost.
    """

    camera: np.ndarray
    at: np.ndarray
    plate: np.ndarray
    confidence: np.ndarray
    type: np.ndarray
    colour: np.ndarray
    sequence: np.ndarray
    received: np.ndarray

    def __len__(self) -> int:
        return len(self.at)

    def taken(self, rows) -> "Batch":
        return Batch(*(getattr(self, one.name)[rows] for one in fields(self)))


def joined(parts: Sequence[Batch]) -> Batch:
    columns = ([getattr(part, one.name) for part in parts] for one in fields(Batch))
    return Batch(*map(np.concatenate, columns))


@dataclass(frozen=True, slots=True)
class Cameras:
    """Where cameras stand, and the next one each way, in eight directions."""

    ids: Sequence[str]
    county: Sequence[str]
    lng: np.ndarray
    lat: np.ndarray
    plane: np.ndarray
    next: np.ndarray
    metres: np.ndarray

    def near(self, camera: int, radius_m: float) -> np.ndarray:
        """Return the cameras within some metres of one."""
        apart = np.hypot(*(self.plane - self.plane[camera]).T)
        return np.flatnonzero(apart <= radius_m).astype(np.int32)


def cameras_of(n: int, rng: np.random.Generator) -> Cameras:
    """Put up cameras, crowded where villages are small."""
    taiwan = load_boundaries()
    places = shapely.get_coordinates(shapely.point_on_surface(taiwan.village.shapes))
    lng, lat = (places[rng.integers(0, len(places), n)] + rng.normal(0, 2e-3, (n, 2))).T
    county = taiwan.leads(lng=lng, lat=lat, finest=Level.COUNTY).county
    codes = [taiwan.county.codes[i] if i >= 0 else "68000" for i in county.tolist()]
    plane = np.column_stack(to_metres(lng, lat))
    onward, metres = _neighbours(plane)
    ids = [f"{AREAS[code]}-{i:05d}" for i, code in enumerate(codes)]
    return Cameras(ids, codes, lng, lat, plane, onward, metres)


def _neighbours(plane: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the next camera in each eighth of the sky; where there is none, any near."""
    metres, near = cKDTree(plane).query(plane, k=min(25, len(plane)))
    metres, near = metres[:, 1:], near[:, 1:]
    apart = plane[near] - plane[:, None]
    eighth = np.floor(np.arctan2(apart[..., 1], apart[..., 0]) / (np.pi / 4)) % 8
    onward = np.repeat(near[:, :1], 8, axis=1)
    length = np.repeat(metres[:, :1], 8, axis=1)
    for way in range(8):
        is_there = eighth == way
        first = is_there.argmax(axis=1)
        rows = np.flatnonzero(is_there.any(axis=1))
        onward[rows, way] = near[rows, first[rows]]
        length[rows, way] = metres[rows, first[rows]]
    return onward.astype(np.int32), np.maximum(length, 60.0)


def vehicles_of(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Invent plates, each once, in no order, as eight bytes, and what carries them.

    The second are types and colours, shape (n, 2).
    """
    share = np.array(list(FORMS.values())) / sum(FORMS.values())
    drawn, looks = [], []
    for form, part in zip(FORMS, share, strict=True):
        size = int(n * part * 1.1) + 10
        text = np.zeros((size, 8), dtype=np.uint8)
        for place, slot in enumerate(form):
            choice = np.frombuffer(SLOTS.get(slot, slot.encode()), dtype=np.uint8)
            text[:, place] = rng.choice(choice, size)
        drawn.append(rng.permutation(np.unique(text.view("S8").ravel()))[: size - 9])
        looks.append(looks_of(form, len(drawn[-1]), rng))
    order = rng.permutation(sum(map(len, drawn)))[:n]
    return np.concatenate(drawn)[order], np.concatenate(looks)[order]


class World:
    """Cameras, vehicles and their habits, and the reads of some days.

    Attributes
    ----------
    convoys
        The plates of each planted convoy, the leader first: they pass at least twelve
        cameras one behind another, seconds apart.
    """

    def __init__(self, n_reads: int, *, n_days: int = 10, seed: int = SEED) -> None:
        rng = self._rng = np.random.default_rng(seed)
        self.n_reads, self.n_days = n_reads, n_days
        self.cameras = cameras_of(N_CAMERAS, rng)
        n = min(N_PLATES, max(5_000, int(n_reads / READS_PER_PLATE)))
        self.plates, self._looks = vehicles_of(n, rng)
        n = len(self.plates)
        # what a vehicle drives is skewed: taxis and vans beside cars that mostly stand
        self._driven = np.cumsum(rng.lognormal(0, 1.0, n))
        crowd = np.cumsum(rng.lognormal(0, 0.7, N_CAMERAS))
        ends = np.searchsorted(crowd, rng.random((2, n)) * crowd[-1])
        self._ends = ends.astype(np.int32)
        self.convoys = rng.choice(self.plates, (CONVOYS, 3), replace=False)
        self._taken = np.zeros(N_CAMERAS, dtype=np.int64)

    @cached_property
    def _rhythm(self) -> np.ndarray:
        share = np.cumsum([0, *RHYTHM * self.n_days])
        return share / share[-1]

    @property
    def until_us(self) -> int:
        return BEGAN_US + self.n_days * DAY_US

    def batches(self, size: int = SLICE) -> Iterator[Batch]:
        """Give all reads in the order in which they arrive, so many at a time."""
        held: list[Batch] = []
        for part in self._arriving():
            held.append(part)
            if sum(map(len, held)) < size:
                continue
            whole = joined(held)
            n = len(whole) // size * size
            for start in range(0, n, size):
                yield whole.taken(slice(start, start + size))
            held = [whole.taken(slice(n, None))]
        rest = joined(held)
        if len(rest):
            yield rest

    def _arriving(self) -> Iterator[Batch]:
        """Drive, number in order of time, send in order of arrival."""
        n_slices = max(-(-self.n_reads // SLICE), 2 * self.n_days)
        cuts = np.linspace(0, self.n_reads, n_slices + 1).astype(int)
        on_road, on_way = [], []
        for nth in range(n_slices):
            share = np.array((nth, nth + 1)) / n_slices
            is_last = nth == n_slices - 1
            end = np.inf if is_last else self._moment(share[1])
            on_road.append(self._driven_in(share, cuts[nth + 1] - cuts[nth], nth))
            made, on_road = _split(on_road, "at", end)
            on_way.append(self._numbered(made))
            sent, on_way = _split(on_way, "received", end)
            sent = sent.taken(np.argsort(sent.received, kind="stable"))
            delay = -((sent.at - sent.received) // SECOND_US) * SECOND_US
            yield replace(sent, received=sent.at + delay)

    def _moment(self, share):
        hours = np.arange(24 * self.n_days + 1)
        return BEGAN_US + np.interp(share, self._rhythm, hours) * HOUR_US

    def _driven_in(self, share: np.ndarray, n: int, nth: int) -> Batch:
        """Give n reads of the trips that begin in a share of all the time."""
        rng = self._rng
        trips = int(n / MEAN_LEGS * 1.3) + 50
        legs = np.minimum(rng.geometric(1 / MEAN_LEGS, trips), LONGEST_TRIP)
        convoys = range(nth, CONVOYS, max(-(-self.n_reads // SLICE), 2 * self.n_days))
        legs[: len(convoys)] = CONVOY_LEGS
        rows = np.searchsorted(self._driven, rng.random(trips) * self._driven[-1])
        vehicle = rows.astype(np.int32)
        began = self._moment(rng.uniform(*share, trips))
        camera, at, trip = self._walked(vehicle, began, legs, rng)
        plate, looks = self.plates[vehicle[trip]], self._looks[vehicle[trip]]
        for which, number in enumerate(convoys):
            plate[trip == which] = self.convoys[number][0]
        parts = [(camera, at, plate, looks)]
        for which, number in enumerate(convoys):
            parts += _followers(parts[0], trip == which, self.convoys[number][1:], rng)
        camera, at, plate, looks = map(
            np.concatenate, zip(*reversed(parts), strict=True)
        )
        return self._read(camera[:n], at[:n], plate[:n], looks[:n])

    def _walked(self, vehicle, began, legs, rng):
        """Walk trips from camera to camera, all of them a leg at a time."""
        home = rng.random(len(vehicle)) < 0.6
        camera = np.where(home, self._ends[0][vehicle], self._ends[1][vehicle])
        at, way = began.copy(), rng.integers(0, 8, len(vehicle))
        speed = rng.uniform(7, 19, len(vehicle))  # m/s between cameras
        going, seen = np.arange(len(vehicle)), []
        for leg in range(int(legs.max())):
            going = going[legs[going] > leg]
            seen.append((camera[going], at[going], going))
            turn = (way[going] + rng.choice((-1, 0, 0, 0, 1), going.size)) % 8
            here = camera[going]
            metres = self.cameras.metres[here, turn] * rng.uniform(1.1, 1.9, going.size)
            at[going] += metres / speed[going] * 1e6
            camera[going] = self.cameras.next[here, turn]
        camera, at, trip = map(np.concatenate, zip(*seen, strict=True))
        order = np.argsort(trip, kind="stable")
        return camera[order], at[order], trip[order]

    def _read(self, camera, at, plate, looks) -> Batch:
        """Let cameras read what passes, not always rightly, and send it."""
        rng, n = self._rng, len(camera)
        at = at.astype(np.int64) // 1_000 * 1_000
        wrong = rng.random(n) < MISREAD
        confidence = np.clip(rng.normal(93, 5, n) - 12 * wrong, 30, 99).astype(np.int16)
        kind, colour = told(looks, rng)
        delay = rng.exponential(1.2e6, n) + 2e5
        late = rng.random(n) < LATE
        delay[late] = np.clip(rng.lognormal(21.3, 1.2, late.sum()), 1.2e8, 3e10)
        return Batch(
            camera.astype(np.int32),
            at,
            misread(plate, np.flatnonzero(wrong), rng),
            confidence,
            kind,
            colour,
            np.zeros(n, dtype=np.int64),
            at + delay.astype(np.int64),
        )

    def _numbered(self, made: Batch) -> Batch:
        """Number each camera's reads in order of time, with gaps."""
        order = np.lexsort((made.at, made.camera))
        camera = made.camera[order]
        lost = self._rng.random(len(order)) < LOST
        steps = np.cumsum(1 + lost * self._rng.integers(1, 6, len(order)))
        begins = np.flatnonzero(np.diff(camera, prepend=-1))
        ends = np.append(begins[1:], len(camera)) - 1
        before = np.concatenate(([0], steps))[begins]
        offset = self._taken[camera[begins]] - before
        made.sequence[order] = steps + np.repeat(offset, ends - begins + 1)
        self._taken[camera[begins]] = made.sequence[order[ends]]
        return made


def _split(parts: list[Batch], column: str, end: float) -> tuple[Batch, list[Batch]]:
    whole = joined(parts)
    is_before = getattr(whole, column) < end
    return whole.taken(is_before), [whole.taken(~is_before)]


def _followers(leader, rows, plates, rng):
    """Let others pass the same cameras some seconds later."""
    camera, at, _, looks = leader
    for nth, plate in enumerate(plates, start=1):
        behind = nth * rng.uniform(6e6, 1.8e7, int(rows.sum()))
        name = np.full(len(behind), plate)
        yield camera[rows], at[rows] + behind, name, looks[rows]


def misread(plate: np.ndarray, rows: np.ndarray, rng: np.random.Generator):
    """Take one character of some plates for another, mostly one that looks like it."""
    text = plate.copy().view(np.uint8).reshape(-1, 8)
    length = (text[rows] > 0).sum(axis=1)
    place = (rng.random(len(rows)) * length).astype(int)
    table = np.zeros((256, 8), dtype=np.uint8)
    anything = np.frombuffer("".join(CONFUSED).encode(), dtype=np.uint8)
    for character, others in CONFUSED.items():
        likely = (others * 4)[:4].encode()
        table[ord(character)] = [*likely, *likely[:2], *rng.choice(anything, 2)]
    text[rows, place] = table[text[rows, place], rng.integers(0, 8, len(rows))]
    return text.reshape(-1).view("S8")
