"""The thread that looks into the inbox while the service runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

from api.arrow_files import PARQUET
from api.read_files import open_reads
from api.service import Service
from api.settings import Settings
from data.errors import FileRefused
from data.importers.files import first_bytes
from data.importers.parsed import Setting
from routing.inbox import Inbox
from routing.loading import Kept, keep_reads

LOOK_S = 1.0
"""Between two looks into the folder."""

HELD_UP_S = (5.0, 60.0)
"""Between two looks while nothing is taken: at first, and at most."""


@contextmanager
def watched_inbox(service: Service, settings: Settings | None) -> Iterator[None]:
    """Take what comes into the inbox while a block runs, if there is an inbox.

    At its end the piece under way is finished; the rest of its file is taken after
    the next start.
    """
    if settings is None or settings.inbox is None:
        yield
        return
    over = Event()
    service.inbox = inbox_of(service, settings, settings.inbox, over)
    thread = Thread(target=_run, args=(service.inbox, over), name="inbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def inbox_of(service: Service, settings: Settings, folder: Path, over: Event) -> Inbox:
    """Make the inbox of a service."""

    def take(path: Path) -> Iterator[Kept]:
        setting = Setting(service.boundaries, service.now())
        if first_bytes(path).startswith(PARQUET):
            # a page of it may unpack to anything, and only reading it tells
            raise FileRefused(str(path), "is Parquet: send Arrow, or load it by hand")
        return keep_reads(
            service.desk,
            open_reads(path, setting),
            at=setting.at,
            wait=lambda: over.wait(LOOK_S),
        )

    return Inbox(
        folder,
        take,
        most_bytes=settings.inbox_most_mb * 1024**2,
        keep=timedelta(days=settings.inbox_keep_days),
        now=service.now,
        is_over=over.is_set,
    )


def _run(inbox: Inbox, over: Event) -> None:
    pause = LOOK_S
    while not over.wait(pause):
        least, most = HELD_UP_S
        pause = LOOK_S if inbox.look() else min(max(least, 2 * pause), most)
