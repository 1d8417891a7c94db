"""`lianfang where`: a place as people write it, on the command line."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.text import Text

from api.boundary_file import boundary_file
from api.place_readings import refused_out, where_out
from api.settings import read_settings
from data.bundled import load_boundaries
from data.posts import kept_posts
from data.store import open_store
from geo.twd67 import Shift, shift_of
from geo.written import Interpretation, PlaceReader, Reading
from geo.written.posts import Posts


def where(
    text: Annotated[str, typer.Argument(help="The place, in quotes.")],
    county: Annotated[
        str | None, typer.Option(help="County it should be in, code or name.")
    ] = None,
    crs: Annotated[str | None, typer.Option(help="CRS of the numbers.")] = None,
    twd67_shift: Annotated[
        str | None,
        typer.Option(
            help="Your parameters from TWD67: east m, north m, scale, turn; or 3 or "
            "7 as +towgs84; commas between."
        ),
    ] = None,
    db: Annotated[Path | None, typer.Option("--db", help="The store's file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say where a place is that somebody wrote down, and how it was read.

    Understood: decimal degrees in either order, degrees with minutes and seconds,
    TWD97 metres of either zone, and kilometres of freeways when a file of toll
    gantries was loaded. What was mended is told. A text that can be meant in two
    ways is refused with both, exit code 1.

    Examples: `lianfang where "25.0478,121.5170"`,
    `lianfang where "北緯25度2分51秒 東經121度31分1秒"`,
    `lianfang where "302200 2770900" --county 臺北市`,
    `lianfang where "國道1號 66K+300 南下" --db var/lianfang.db`
    """
    settings = read_settings()
    settings = settings.model_copy(update={"db": db} if db else {})
    reader = PlaceReader(
        load_boundaries(boundary_file(settings)),
        _posts(settings.db),
        twd67_shift=_shift(twd67_shift),
    )
    found = reader.interpret(text, county=county, crs=crs)
    if as_json:
        typer.echo(orjson.dumps(_as_json(found)).decode())
    elif found.reading is not None:
        _show(found.reading, found.alternatives)
    else:
        _refuse(found)
    if found.reading is None:
        raise typer.Exit(1)


def _posts(db: Path) -> Posts:
    """Read the gantries of a store; a store that is not there is not made."""
    if not db.exists():
        return Posts()
    with open_store(db) as store, store.read() as tx:
        return kept_posts(tx)


def _shift(numbers: str | None) -> Shift | None:
    if numbers is None:
        return None
    try:
        return shift_of(*map(float, numbers.split(",")))
    except ValueError:
        raise typer.BadParameter(
            "numbers with commas between, such as 807.8,-248.6,0.00001549,0.000006521",
            param_hint="--twd67-shift",
        ) from None


def _as_json(found: Interpretation) -> dict[str, object]:
    if found.reading is not None:
        return where_out(found.reading, found.alternatives).model_dump(mode="json")
    assert found.refusal is not None, "neither read nor refused"
    return {"detail": found.refusal.why} | refused_out(found)


def _show(reading: Reading, alternatives: tuple[Reading, ...]) -> None:
    lines = [_named(reading), f"lng {reading.lng:.6f}  lat {reading.lat:.6f}", ""]
    lines += [reading.how, reading.how_zh]
    for repair in reading.repairs:
        lines += [f"- {repair.why}", f"  {repair.why_zh}"]
    lines += ["", *_how_exact(reading)]
    if alternatives:
        lines += ["", "also possible, less likely 亦可能："]
        lines += [_in_one_line(one) for one in alternatives]
    _print(lines)


def _how_exact(reading: Reading) -> list[str]:
    if reading.bound_m is not None:
        return [
            f"at most {reading.bound_m:.0f} m from there, if the posts are right",
            f"距此至多{reading.bound_m:.0f}公尺（以里程點正確為準）",
        ]
    return [
        f"written to {reading.precision_m:.3g} m",
        f"寫至{reading.precision_m:.3g}公尺",
    ]


def _refuse(found: Interpretation) -> None:
    assert found.refusal is not None, "neither read nor refused"
    refusal = found.refusal
    lines = [f"lianfang: {refusal.kind}: {refusal.why}", refusal.why_zh]
    lines += [_in_one_line(one) for one in found.alternatives]
    _print(lines, is_error=True)


def _named(reading: Reading) -> str:
    place = reading.place
    levels = (place.county, place.town, place.village)
    names = " ".join(name.name for name in levels if name is not None)
    return names or f"{place.why}：{place.why_zh}"


def _in_one_line(reading: Reading) -> str:
    county = reading.place.county
    named = county.name if county else "in no county 不在任何縣市"
    return f"  {named}: {reading.how} {reading.how_zh}"


def _print(lines: list[str], *, is_error: bool = False) -> None:
    console = Console(stderr=is_error, highlight=False)
    for line in lines:
        # as text: square brackets of an input are no markup
        console.print(Text(line, style="red" if is_error else ""), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command()(where)
