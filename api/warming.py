"""Having all compiled code ready before the first read comes.

Compiling takes a minute after the sources have changed, and a second or two when it was
done before; whoever sends the first batch shall not wait for it.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from api.read_bodies import parse_array, parse_lines
from data.plate_codes import encode
from data.reads.archive import Archive
from data.reads.columns import Camera, Look, Reads, micros_of
from geo.sites import load_kernels
from matching.hotlist import LiveHotList
from matching.model import read_model
from matching.wanted import Wanted
from routing.watch import LookNumbers, could_be, hot_reads

AT = datetime(2026, 3, 1, 19, 5, tzinfo=UTC)
LINE = b'{"camera_id":"camera","at":"2026-03-02T03:05:00+08:00","plate":"BKD-5826"}'
PLATES = ("BKD5826", "BKO5B26")


def warm_up() -> None:
    """Compile, or load, all that a batch of reads and a report need."""
    load_kernels()
    parse_lines(LINE, now=AT).incoming.codes()
    parse_array(b"[" + LINE + b"]", now=AT)
    with TemporaryDirectory() as folder, Archive(Path(folder)) as archive:
        for second in (0, 1):
            reads = archive.append(_reads(AT + timedelta(seconds=second))).new
            archive.rotate()
        archive.append(reads)
        archive.upkeep.join_all()
        archive.by_plates(encode(PLATES)).all()
        archive.by_cameras(["camera"]).all()
        archive.last(encode(PLATES))
        stolen = Wanted("hot", PLATES[0], AT - timedelta(hours=1), AT, AT)
        LiveHotList(read_model(), [stolen]).now.match(
            hot_reads(reads, archive.names, LookNumbers())
        )
    could_be(encode(PLATES), PLATES[0])


def _reads(at: datetime) -> Reads:
    n = len(PLATES)
    moments = np.full(n, micros_of(at))
    return Reads(
        plate=encode(PLATES),
        at=moments,
        received=moments,
        camera=np.zeros(n, dtype=np.int32),
        look=np.zeros(n, dtype=np.int32),
        confidence=np.full(n, 0.8),
        sequence=np.arange(n),
        cameras=[Camera("camera")],
        looks=[Look()],
    )
