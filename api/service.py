"""What the routes work with: the desk, the boundaries and the site index."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from api.boundary_file import boundary_file
from api.request_keys import RequestKeys
from api.settings import Settings
from api.shapes import BoundariesOut, Named
from api.site_index import SiteBook, SiteIndex
from data.agencies import county_bureaus, duty_desks
from data.bundled import load_boundaries, manifest
from data.posts import posts_of
from data.reads.archive import Archive
from data.records import SiteKind
from data.store import Store, open_store
from geo.boundaries import Boundaries
from geo.sites import Sites
from geo.written.posts import Posts
from matching.model import read_model
from routing.desk import Desk
from routing.inbox import Inbox


class Service:
    """The desk with what the door needs around it; close it when done."""

    def __init__(
        self,
        store: Store,
        boundaries: Boundaries,
        *,
        archive: Archive | None,
        now: Callable[[], datetime],
        about: BoundariesOut | None = None,
    ) -> None:
        self.store = store
        self.boundaries = boundaries
        self.about_boundaries = about or boundaries_out(None)
        self._clock = now
        self.archive = archive
        self.desk = Desk(
            store, archive, boundaries=boundaries, model=read_model(), now=self.now
        )
        self.desk.add_agencies(county_bureaus(), duty_desks())
        self.desk.catch_up()
        self.names = _names(boundaries)
        self._sites = SiteBook(store)
        self._posts: tuple[Sites, Posts] | None = None
        self.inbox: Inbox | None = None
        self.keys = RequestKeys(store, self.now)

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
        """Return the sites as the store has them now, ready to be searched."""
        return self._sites.now()

    def posts(self) -> Posts:
        """Return the kilometre posts of the gantries, made anew when sites change."""
        index = self.sites()
        if self._posts is None or self._posts[0] is not index.points:
            gantries = (
                row for row in index.rows.values() if row["kind"] == SiteKind.GANTRY
            )
            self._posts = index.points, posts_of(gantries)
        return self._posts[1]

    def close(self) -> None:
        """Let go of the store and the archive."""
        if self.archive is not None:
            self.archive.close()
        self.store.close()


def open_service(
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    build_tables: Callable[[], object] | None = None,
    archive_of: Callable[[Settings], Archive | None] = lambda settings: None,
) -> Service:
    """Open the store, the boundaries and the reads archive that the settings name.

    Without an archive no reads are recorded, and past reads are searched by whoever
    has it.

    `build_tables` is called before tables are built, if none are kept; without it
    none are built, and locating is slower.
    """
    path = boundary_file(settings)
    with ExitStack() as opened:
        store = opened.enter_context(open_store(settings.db))
        archive = archive_of(settings)
        if archive is not None:
            opened.enter_context(archive)
        service = Service(
            store,
            load_boundaries(path, build_tables=build_tables),
            archive=archive,
            now=now or wall_clock,
            about=boundaries_out(path),
        )
        opened.pop_all()
    return service


def open_archive(settings: Settings) -> Archive:
    """Open the reads archive that the settings name.

    Logs are kept until their reads are screened.

    Raises
    ------
    ArchiveRefused
        Another process has it.
    """
    return Archive(settings.reads_folder, released=0)


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


@cache
def release() -> str:
    """Return the version of this service."""
    return version("lianfang")


def _names(boundaries: Boundaries) -> dict[str, str]:
    names: dict[str, str] = {}
    for layer in (boundaries.county, boundaries.town, boundaries.village):
        if layer is not None:
            names |= dict(zip(layer.codes.tolist(), layer.names.tolist(), strict=True))
    return names
