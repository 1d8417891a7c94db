"""`lianfang evaluate`: how many wanted plates are found, at how many false alerts."""

import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from data.plate_codes import encode
from data.records import Vehicle
from data.scenario.misreads import misread_all
from data.scenario.plates import PlatePress
from data.scenario.vehicles import NIGHT_COLOURS, TYPE_NEIGHBOURS, build_vehicle
from matching.alerts import alert_curve
from matching.confusions import ALPHABET, DEFAULT, Confusions
from matching.forms import NEW_DIGITS, NEW_LETTERS
from matching.hot_tables import numbers
from matching.hotlist import LiveHotList
from matching.hotview import Hits, HotReads
from matching.learning import Track, learn
from matching.looks import COLOUR_NUMBERS, TYPE_NUMBERS
from matching.model import read_model
from matching.plates import forms_of, plain
from matching.wanted import Wanted

Floats = NDArray[np.float64]

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PER = 10_000
"""False alerts are told per so many reads."""

SHOWN = (0.1, 0.3, 1.0, 3.0, 10.0)
"""False alerts per 10,000 reads at which recall is told."""

DEEPEST = 60.0
"""Expected false alerts per 10,000 reads down to which is searched."""

MOST_WRONG = 0.4
READ_TIMES = 4
_N_WANTED_READS = 20_000


class Errors(StrEnum):
    """Whose misreads: the scenario's cameras, or any character for any other."""

    SCENARIO = "scenario"
    UNIFORM = "uniform"


class Vehicles(StrEnum):
    """Which vehicles pass: the scenario's, or any plate ABC-1235 as often as another.

    In the scenario plate, type and colour go together as in life: a taxi's plate, a
    taxi, and yellow. In the other they are independent, and no plate is of old.
    """

    SCENARIO = "scenario"
    UNIFORM = "uniform"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured; see the options of the command."""

    entries: int
    reads: int
    errors: Errors
    vehicles: Vehicles
    tracks: int
    right_share: float
    seed: int


@dataclass(frozen=True, slots=True)
class Found:
    """Recall at one error rate and one number of false alerts, as measured.

    ``expected_per_10k`` is what `matching.alerts` had said of that threshold.
    """

    wrong_per_character: float
    false_per_10k: float
    recall: float
    least_bits: float
    expected_per_10k: float


def evaluate(  # noqa: PLR0913 - these are the options of the command line
    wrong: Annotated[
        list[float] | None,
        typer.Option(help="Wrong characters per position; may be repeated."),
    ] = None,
    entries: Annotated[int, typer.Option(min=10, help="Wanted plates.")] = 5_000,
    reads: Annotated[
        int, typer.Option(min=1_000, help="Reads of vehicles that nobody wants.")
    ] = 400_000,
    errors: Annotated[Errors, typer.Option(help="Whose misreads.")] = Errors.SCENARIO,
    vehicles: Annotated[
        Vehicles, typer.Option(help="Which vehicles pass.")
    ] = Vehicles.SCENARIO,
    tracks: Annotated[
        int,
        typer.Option(
            min=0, help="First learn the misreads from so many vehicles, read 4 times."
        ),
    ] = 0,
    right: Annotated[
        float, typer.Option(min=0, max=1, help="Types and colours told right.")
    ] = 0.9,
    seed: Annotated[int, typer.Option(help="Another stream.")] = 20260301,
    plot: Annotated[
        Path | None, typer.Option(help="Draw recall by false alerts to a file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:  # fmt: skip
    """Measure how many wanted plates are found, at how many false alerts.

    An invented, seeded list and stream: the scenario's vehicles, each plate once, with
    misreads of plate, type and colour that the matcher's model does not know. A read of
    a wanted plate is found if its own entry is; every read of another vehicle that
    brings an alert brings a false one.

    Examples: `lianfang evaluate`, `lianfang evaluate --wrong 0.05 --wrong 0.1 --json`,
    `lianfang evaluate --errors uniform --entries 100000 --plot recall.svg`,
    `lianfang evaluate --vehicles uniform --tracks 3000`
    """
    rates = wrong or [0.05, 0.1]
    if any(not 0 < rate < 0.4 for rate in rates):
        raise typer.BadParameter("--wrong is a share above 0 and below 0.4")
    asked = Asked(entries, reads, errors, vehicles, tracks, right, seed)
    curves = {rate: measured(asked, rate) for rate in rates}
    if plot is not None:
        draw(curves, plot)
    rows = [
        row for curve in curves.values() for row in curve if row in _rows_told(curve)
    ]
    if as_json:
        told = {"asked": asdict(asked), "rows": [asdict(row) for row in rows]}
        typer.echo(orjson.dumps(told).decode())
    else:
        _print(asked, rows)


def measured(asked: Asked, wrong: float) -> list[Found]:
    """Measure one error rate; one row a threshold, the fewest false alerts first."""
    rng, chance = np.random.default_rng(asked.seed), random.Random(asked.seed)
    made = _vehicles(asked.entries + asked.reads, asked.vehicles, chance)
    wanted, others = made[: asked.entries], made[asked.entries :]
    table = _learned(asked, wrong, rng, chance)
    view = LiveHotList(read_model(), _wanted(wanted), confusions=(table,)).now
    curve = alert_curve(view, error=wrong)
    least = curve.threshold_for(alerts_per_day=DEEPEST, reads_per_day=PER)
    own = rng.integers(0, asked.entries, _N_WANTED_READS)
    seen = _seen([wanted[row] for row in own.tolist()], asked, wrong, rng)
    right = view.match(seen, least_bits=least)
    ids = np.array([view.wanted(row).id for row in right.rows.tolist()], dtype=str)
    bits = _bits(right)[ids == own[right.reads].astype(str)]
    false = _bits(view.match(_seen(others, asked, wrong, rng), least_bits=least))
    return [
        Found(
            wrong_per_character=wrong,
            false_per_10k=float((false >= threshold).sum()) / asked.reads * PER,
            recall=float((bits >= threshold).sum()) / _N_WANTED_READS,
            least_bits=threshold,
            expected_per_10k=curve.at(threshold) * PER,
        )
        for threshold in np.arange(30.0, least, -0.25).tolist()
    ]


def _bits(hits: Hits) -> Floats:
    """Return the bits of pairs, of an exact reading without end: it always passes."""
    return np.where(hits.is_exact, np.inf, hits.bits)


def _rows_told(curve: list[Found]) -> list[Found]:
    """Return the row of each number of false alerts that is told: the most found."""
    told = []
    for most in SHOWN:
        within = [row for row in curve if row.false_per_10k <= most]
        if within and within[-1] not in told:
            told.append(within[-1])
    return told


def _vehicles(n: int, which: Vehicles, chance: random.Random) -> list[Vehicle]:
    """Invent vehicles, each plate once."""
    if which is Vehicles.SCENARIO:
        press = PlatePress(chance)
        return [build_vehicle(press, chance) for _ in range(n)]
    plates: dict[str, None] = {}
    while len(plates) < n:
        letters, digits = (
            chance.choices(NEW_LETTERS, k=3),
            chance.choices(NEW_DIGITS, k=4),
        )
        plates["".join(letters + digits)] = None
    shares = {
        name: read_model().comparisons[name].shares for name in ("type", "colour")
    }
    types, colours = (
        chance.choices(list(found), list(found.values()), k=n)
        for found in shares.values()
    )
    return [Vehicle(*one) for one in zip(plates, types, colours, strict=True)]


def _learned(
    asked: Asked, wrong: float, rng: np.random.Generator, chance: random.Random
) -> Confusions:
    """Learn what the cameras take for what, from vehicles of other plates."""
    if not asked.tracks:
        return DEFAULT
    vehicles = _vehicles(asked.tracks, asked.vehicles, chance)
    plates = [plain(vehicle.plate or "") for vehicle in vehicles]
    passes = [_misread(plates, asked.errors, wrong, rng) for _ in range(READ_TIMES)]
    tracks = [Track(readings) for readings in zip(*passes, strict=True)]
    return learn(tracks, fits=lambda plate: bool(forms_of(plate)))


def _wanted(vehicles: list[Vehicle]) -> list[Wanted]:
    return [
        Wanted(
            id=str(row),
            plate=plain(vehicle.plate or ""),
            since=AT - timedelta(hours=1),
            verified_at=AT,
            expires_at=AT + timedelta(days=30),
            type=vehicle.type,
            colour=vehicle.colour,
        )
        for row, vehicle in enumerate(vehicles)
    ]


def _seen(
    vehicles: list[Vehicle], asked: Asked, wrong: float, rng: np.random.Generator
) -> HotReads:
    """Read vehicles as cameras would that know how often they are wrong."""
    n = len(vehicles)
    plates = [plain(vehicle.plate or "") for vehicle in vehicles]
    types = [vehicle.type for vehicle in vehicles]
    colours = [vehicle.colour for vehicle in vehicles]
    return HotReads(
        codes=encode(_misread(plates, asked.errors, wrong, rng)),
        at_us=np.full(n, int(AT.timestamp() * 1_000_000)),
        errors=np.full(n, min(max(wrong, 0.005), 0.2)),
        types=numbers(_told(types, TYPE_NEIGHBOURS, asked, rng), TYPE_NUMBERS),
        colours=numbers(_told(colours, NIGHT_COLOURS, asked, rng), COLOUR_NUMBERS),
    )


def _misread(
    plates: list[str], errors: Errors, wrong: float, rng: np.random.Generator
) -> list[str]:
    if errors is Errors.SCENARIO:
        return misread_all(plates, np.full(len(plates), wrong) / _EDGES, rng=rng)
    readings = []
    for plate in plates:
        is_wrong = rng.random(len(plate)) < wrong
        others = rng.integers(0, len(ALPHABET) - 1, len(plate))
        readings.append(
            "".join(
                ALPHABET.replace(character, "")[other] if bad else character
                for character, bad, other in zip(plate, is_wrong, others, strict=True)
            )
        )
    return readings


_EDGES = 8 / 7
"""The scenario misreads the first and last character half as often again: over seven
characters that is 8 / 7 of its error, which is taken back here."""


def _told(
    words: list[str | None],
    neighbours: dict[str, tuple[str, ...]],
    asked: Asked,
    rng: np.random.Generator,
) -> list[str | None]:
    """Take some words for one of those that the scenario's cameras take them for."""
    is_right = (rng.random(len(words)) < asked.right_share).tolist()
    luck = rng.random(len(words)).tolist()
    return [
        word if right or word not in neighbours else _one_of(neighbours[word], chance)
        for word, right, chance in zip(words, is_right, luck, strict=True)
    ]


def _one_of(words: tuple[str, ...], chance: float) -> str:
    return words[int(chance * len(words))]


def draw(curves: dict[float, list[Found]], path: Path) -> None:
    """Draw recall by false alerts per 10,000 reads.

    Raises
    ------
    typer.BadParameter
        matplotlib is not installed.
    """
    try:
        import matplotlib
    except ModuleNotFoundError:
        raise typer.BadParameter(
            "--plot needs matplotlib: pip install -r requirements-dev.txt"
        ) from None
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    for wrong, rows in curves.items():
        alerts = [max(row.false_per_10k, 0.01) for row in rows]
        axes.plot(alerts, [row.recall for row in rows], label=f"{wrong:.0%} wrong")
    axes.set(xlabel="false alerts per 10,000 reads", ylabel="recall", xscale="log")
    axes.legend()
    figure.savefig(path)
    pyplot.close(figure)


def _print(asked: Asked, rows: list[Found]) -> None:
    table = Table(
        "wrong per character", "false per 10,000", "recall", "threshold", "expected",
        title=f"{asked.entries:,} wanted, {asked.reads:,} reads of others, "
        f"{asked.vehicles} vehicles, {asked.errors} misreads",
    )  # fmt: skip
    for row in rows:
        table.add_row(
            f"{row.wrong_per_character:.0%}",
            f"{row.false_per_10k:.2f}",
            f"{row.recall:.1%}",
            f"{row.least_bits:+.2f} bits",
            f"{row.expected_per_10k:.2f}",
        )
    Console().print(table)


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command()(evaluate)
