"""Learning confusions from repeated reads of one vehicle, whose plate nobody told.

A track is what cameras read of one vehicle that passed. Its true plate is hidden; so is
which character of a reading came from which. Expectation-maximisation (Dempster, Laird
& Rubin 1977, *Maximum Likelihood from Incomplete Data via the EM Algorithm*, JRSS B 39)
goes over both: the plates that a track may be of, weighed by how well they explain all
its readings, and the expected counts of each pair HMM (Durbin et al. 1998, section
3.3). A Dirichlet prior around a table holds what was seen too seldom; what is learned
of one camera has the table of all of them as its prior.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log

from matching.confusions import ALPHABET, DEFAULT, Confusions
from matching.misreads import Misreads

STRENGTH = 20.0
"""Errors of each character that the prior counts for.

Source: a choice. A character that was never seen wrong keeps the row of the prior; one
that was seen wrong some hundred times follows what was seen.
"""

MOST_OF_A_TRACK = 20.0
"""Readings of one track count for no more than so many: they are of one plate, mostly
by one camera from one side, and wrong in the same way."""

FIRST_ERROR = 0.05
ROUNDS = 30
ENOUGH = 1e-5
"""Relative growth of the likelihood at which learning stops."""

_CANDIDATES = 12
_TOO_LITTLE = 1e-4
_UNFIT = log(1e-3)
"""How much less likely a plate is that fits no form, before anything was read."""


@dataclass(frozen=True, slots=True)
class Track:
    """Plain readings of one vehicle, by one camera or by cameras that are not told."""

    readings: tuple[str, ...]
    camera_id: str | None = None


@dataclass(slots=True)
class _Counts:
    """Expected numbers of what happened to characters."""

    right: float = 0.0
    dropped: float = 0.0
    added: float = 0.0
    replaced: dict[str, dict[str, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )

    @property
    def n_replaced(self) -> float:
        return sum(sum(row.values()) for row in self.replaced.values())


def learn(
    tracks: Iterable[Track],
    *,
    prior: Confusions = DEFAULT,
    fits: Callable[[str], bool] | None = None,
    source: str = "",
    strength: float = STRENGTH,
) -> Confusions:
    """Learn a table from tracks; a table of its own for each camera that is named.

    `fits` says which plates there can be (such as ``forms_of``); others are a thousand
    times less likely to be the true one, never impossible. Tracks with one reading
    teach nothing and are left out. Without any the prior comes back. The order of the
    tracks makes no difference but for rounding.
    """
    kept = [track for track in tracks if len(track.readings) > 1]
    if not kept:
        return prior
    general = _learned(kept, prior, fits, strength)
    by_camera = defaultdict(list)
    for track in kept:
        by_camera[track.camera_id].append(track)
    cameras = {
        camera_id: replace(_learned(own, general, fits, strength), source=source)
        for camera_id, own in by_camera.items()
        if camera_id is not None
    }
    return replace(general, cameras=cameras, source=source)


def log_likelihood(track: Track, confusions: Confusions, error: float) -> float:
    """Return log P(readings), the true plate being one that the readings suggest."""
    chances = _chances(track, Misreads(error, confusions), None)
    return _log_sum(list(chances.values())) - log(len(chances))


def true_plates(
    track: Track,
    confusions: Confusions,
    *,
    error: float,
    fits: Callable[[str], bool] | None = None,
) -> list[tuple[str, float]]:
    """Return the plates a track may be of with their probabilities, likeliest first.

    Candidates are what was read, and the text that most readings agree on place by
    place. Ties go to the plate that sorts first.
    """
    chances = _chances(track, Misreads(error, confusions), fits)
    total = _log_sum(list(chances.values()))
    found = [(plate, exp(chance - total)) for plate, chance in chances.items()]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _learned(
    tracks: Sequence[Track],
    prior: Confusions,
    fits: Callable[[str], bool] | None,
    strength: float,
) -> Confusions:
    model, error, before = prior, prior.error or FIRST_ERROR, None
    for _ in range(ROUNDS):
        counts, likelihood = _expected(tracks, Misreads(error, model), fits)
        model, error = _most_likely(counts, prior, strength)
        if before is not None and likelihood - before < ENOUGH * abs(before):
            break
        before = likelihood
    n_readings = sum(len(track.readings) for track in tracks)
    return replace(model, n_tracks=len(tracks), n_readings=n_readings)


def _expected(
    tracks: Sequence[Track], misreads: Misreads, fits: Callable[[str], bool] | None
) -> tuple[_Counts, float]:
    """Count what is expected to have happened, under a model; and its likelihood."""
    counts, likelihood = _Counts(), 0.0
    for track in tracks:
        chances = _chances(track, misreads, fits)
        total = _log_sum(list(chances.values()))
        likelihood += total
        each = min(1.0, MOST_OF_A_TRACK / len(track.readings))
        for plate, chance in chances.items():
            share = exp(chance - total)
            if share < _TOO_LITTLE:
                continue
            for seen, often in Counter(track.readings).items():
                _count(seen, plate, misreads, share * each * often, counts)
    return counts, likelihood


def _chances(
    track: Track, misreads: Misreads, fits: Callable[[str], bool] | None
) -> dict[str, float]:
    """Return log P(readings | plate), the prior of fitting ones added, by plate."""
    readings = Counter(track.readings)
    chances = {}
    for plate in _candidates(readings):
        before = 0.0 if fits is None or fits(plate) else _UNFIT
        chances[plate] = before + sum(
            often * log(max(misreads.reading(seen, plate), 1e-300))
            for seen, often in readings.items()
        )
    return chances


def _candidates(readings: Mapping[str, int]) -> list[str]:
    ranked = sorted(readings, key=lambda seen: (-readings[seen], seen))
    lengths: Counter[int] = Counter()
    for seen, often in readings.items():
        lengths[len(seen)] += often
    length = max(lengths, key=lambda n: (lengths[n], n))
    votes: list[Counter[str]] = [Counter() for _ in range(length)]
    for seen, often in readings.items():
        if len(seen) == length:
            for place, character in enumerate(seen):
                votes[place][character] += often
    return sorted({*_agreed(votes), *ranked[:_CANDIDATES]})


def _agreed(votes: Sequence[Counter[str]]) -> list[str]:
    """Put together the characters that most readings have at each place."""
    beam = [("", 1.0)]
    for vote in votes:
        grown = [
            (text + character, often * vote[character])
            for text, often in beam
            for character in sorted(vote)
        ]
        beam = sorted(grown, key=lambda pair: -pair[1])[:_CANDIDATES]
    return [text for text, _ in beam]


def _count(
    seen: str, plate: str, misreads: Misreads, weight: float, counts: _Counts
) -> None:
    """Add the expected counts of one reading of a plate, by forward and backward."""
    forward = _table(seen, plate, misreads)
    backward = _table(seen[::-1], plate[::-1], misreads)
    n, k = len(seen), len(plate)
    total = forward[n][k] / weight
    for at in range(n + 1):
        for place in range(k + 1):
            before = forward[at][place] / total
            if place < k:
                after = backward[n - at][k - place - 1]
                counts.dropped += before * misreads.dropping * after
            if at < n:
                after = backward[n - at - 1][k - place]
                counts.added += before * misreads.adding * after
            if at < n and place < k:
                after = backward[n - at - 1][k - place - 1]
                here, true = seen[at], plate[place]
                much = before * misreads.written(here, true) * after
                if here == true:
                    counts.right += much
                else:
                    counts.replaced[true][here] += much


def _table(seen: str, plate: str, misreads: Misreads) -> list[list[float]]:
    """Return P(first of a reading | first of a plate) for all lengths of both."""
    rows = [[misreads.dropping**place for place in range(len(plate) + 1)]]
    for here in seen:
        above = rows[-1]
        row = [above[0] * misreads.adding]
        for place, true in enumerate(plate, start=1):
            row.append(
                above[place - 1] * misreads.written(here, true)
                + above[place] * misreads.adding
                + row[place - 1] * misreads.dropping
            )
        rows.append(row)
    return rows


def _most_likely(
    counts: _Counts, prior: Confusions, strength: float
) -> tuple[Confusions, float]:
    replaced = {}
    for true in ALPHABET:
        row, before = counts.replaced[true], prior.replaced[true]
        total = strength + sum(row.values())
        replaced[true] = {
            seen: (row[seen] + strength * before[seen]) / total for seen in before
        }
    n_wrong = counts.n_replaced + counts.dropped + counts.added
    n_errors = strength + n_wrong
    error = (n_wrong + 1) / (n_wrong + counts.right + 1 / FIRST_ERROR)
    learned = Confusions(
        replaced=replaced,
        dropped=(counts.dropped + strength * prior.dropped) / n_errors,
        added=(counts.added + strength * prior.added) / n_errors,
        error=error,
    )
    return learned, error


def _log_sum(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + log(sum(exp(one - most) for one in logs))
