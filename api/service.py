"""What the routes work with: the desk, the boundaries and the site index."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.settings import Settings
from api.shapes import BoundariesOut, Named
from data import queries
from data.agencies import county_bureaus, duty_desks
from data.bundled import load_boundaries, manifest
from data.importers.boundary_files import kept_boundaries
from data.store import Store, open_store
from geo.boundaries import Boundaries
from geo.sites import Sites
from matching.model import read_model
from routing.desk import Desk


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """The sites of the store that have a point, ready to be searched."""

    points: Sites
    rows: list[dict[str, Any]]

    def of_kinds(
        self, kinds: list[str], *, reads_plates: bool | None = None
    ) -> NDArray[np.bool_]:
        """Return which sites are of these kinds (all when none), as a mask."""
        return np.array(
            [
                (not kinds or row["kind"] in kinds)
                and (reads_plates is None or row["reads_plates"] is reads_plates)
                for row in self.rows
            ],
            dtype=bool,
        )


class Service:
    """The desk with what the door needs around it; close it when done."""

    def __init__(
        self,
        store: Store,
        boundaries: Boundaries,
        *,
        now: Callable[[], datetime],
        about: BoundariesOut | None = None,
    ) -> None:
        self.store = store
        self.boundaries = boundaries
        self.about_boundaries = about or boundaries_out(None)
        self._clock = now
        self.desk = Desk(store, boundaries=boundaries, model=read_model(), now=self.now)
        self.desk.add_agencies(county_bureaus(), duty_desks())
        self.names = _names(boundaries)
        self._turn = threading.Lock()
        self._sites: tuple[object, SiteIndex] | None = None

    def now(self) -> datetime:
        """Return the time of the clock in use."""
        return self._clock()

    def use_clock(self, now: Callable[[], datetime]) -> None:
        """Go on with another clock, as after a replay."""
        self._clock = now

    def named(self, code: str | None) -> Named | None:
        """Return a code with its name; the code alone where the name is not known."""
        if code is None:
            return None
        return Named(code=code, name=self.names.get(code, code))

    def sites(self) -> SiteIndex:
        """Return the index of the sites, made anew when the store has others."""
        with self._turn, self.store.read() as tx:
            mark = tx.rows(queries.sites_mark())[0]
            if self._sites is None or self._sites[0] != mark:
                self._sites = (mark, _index(tx.rows(queries.site_columns())))
            return self._sites[1]

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def open_service(
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    build_tables: Callable[[], object] | None = None,
) -> Service:
    """Open the store and the boundaries that the settings name.

    `build_tables` is called before tables are built, if none are kept; without it
    none are built, and locating is slower.
    """
    path = boundary_file(settings)
    return Service(
        open_store(settings.db),
        load_boundaries(path, build_tables=build_tables),
        now=now or wall_clock,
        about=boundaries_out(path),
    )


def boundary_file(settings: Settings) -> Path | None:
    """Return the boundary file in force: the set one, the loaded one, or None."""
    return settings.boundaries or kept_boundaries(settings.db.parent)


def wall_clock() -> datetime:
    """Return the time; the only place that asks the machine for it."""
    return datetime.now(UTC)


def boundaries_out(path: Path | None) -> BoundariesOut:
    """Say where boundaries come from: those of a file, or the bundled ones."""
    about = manifest(path.with_name("MANIFEST.json")) if path else manifest()
    parts = [about["source"], about.get("version"), about.get("licence")]
    return BoundariesOut(
        vintage=about.get("vintage") or "unknown",
        source=f"內政部（{'，'.join(part for part in parts if part)}）"
        if path is None
        else "，".join(part for part in parts if part),
    )


def release() -> str:
    """Return the version of this service."""
    return version("lianfang")


def _names(boundaries: Boundaries) -> dict[str, str]:
    names: dict[str, str] = {}
    for layer in (boundaries.county, boundaries.town, boundaries.village):
        if layer is not None:
            names |= dict(zip(layer.codes.tolist(), layer.names.tolist(), strict=True))
    return names


def _index(rows: list[dict[str, Any]]) -> SiteIndex:
    points = Sites(
        lng=[row["lng"] for row in rows],
        lat=[row["lat"] for row in rows],
        ids=[row["id"] for row in rows],
    )
    return SiteIndex(points, rows)
