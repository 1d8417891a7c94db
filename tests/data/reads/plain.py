"""Another archive: a plain list of records in memory, asked by looking at each."""

from datetime import timedelta

import numpy as np

from data.plate_codes import encode
from data.reads.answers import USUAL, Answer, Appended
from data.reads.columns import (
    Camera,
    Reads,
    in_order,
    micros_of,
    reads_of,
)
from data.reads.names import Names, no_reads_of

HOUR = timedelta(hours=1)


class PlainArchive:
    """Keeps reads as `data.reads.protocol.ReadsArchive` says."""

    def __init__(self):
        self.names = Names()
        self._rows = []  # (record, where its camera stood)

    def __len__(self):
        return len(self._rows)

    def span(self):
        times = [read.at for read, _ in self._rows]
        return (min(times), max(times)) if times else (None, None)

    def append(self, reads):
        known = {read.id for read, _ in self._rows}
        is_new = np.zeros(len(reads), dtype=bool)
        pairs = zip(reads.records(), reads.camera.tolist(), strict=True)
        for row, (read, number) in enumerate(pairs):
            is_new[row] = read.id not in known
            if is_new[row]:
                known.add(read.id)
                self._rows.append((read, reads.cameras[number].spot))
        self.names.numbers_of([reads.cameras[one] for one in set(reads.camera)])
        return Appended(is_new, reads.taken(is_new), len(self._rows))

    def purge(self, before, *, now, is_held, sure=False):
        of = self._reads(self._rows)
        held = is_held(of)
        kept = [
            row
            for row, hold in zip(self._rows, held.tolist(), strict=True)
            if hold or row[0].at >= before
        ]
        n = len(self._rows) - len(kept)
        self._rows = kept
        return n

    def by_plates(self, codes, *, since=None, until=None, limits=USUAL):
        wanted = set(codes.tolist())
        return self._answer(
            lambda read: encode([read.plate])[0] in wanted, (since, until), limits
        )

    def plates_between(self, first, behind):
        return self.plates_where(
            lambda codes: codes[(codes >= first) & (codes < behind)]
        )

    def plates_where(self, keep):
        return keep(np.unique(encode([read.plate for read, _ in self._rows])))

    def by_cameras(
        self, camera_ids, *, since=None, until=None, limits=USUAL, or_own_spot=False
    ):
        ids = set(camera_ids)
        stood = {read.id: spot for read, spot in self._rows}

        def is_wanted(read):
            has_own = or_own_spot and read.spot != stood[read.id]
            return read.camera_id in ids or has_own

        return self._answer(is_wanted, (since, until), limits)

    def between(self, *, since=None, until=None, limits=USUAL):
        return self._answer(lambda _: True, (since, until), limits)

    def in_windows(self, windows):
        which, rows = [], []
        spans = zip(windows.camera_ids, windows.first, windows.last, strict=True)
        for number, (camera_id, first, last) in enumerate(spans):
            for row in self._rows:
                is_there = row[0].camera_id == camera_id
                if is_there and first <= micros_of(row[0].at) <= last:
                    which.append(number)
                    rows.append(row)
        return np.array(which, dtype=np.int64), self._reads(rows)

    def last(self, codes):
        newest = {}
        wanted = set(codes.tolist())
        for row in sorted(self._rows, key=lambda row: row[0].at):
            if encode([row[0].plate])[0] in wanted:
                newest[row[0].plate] = row
        return in_order(self._reads(list(newest.values())))

    def hourly(self, camera_ids, *, since, until):
        ids = {read.camera_id for read, _ in self._rows}
        asked = sorted(ids if camera_ids is None else ids & set(camera_ids))
        counts = np.zeros((len(asked), max(-(-(until - since) // HOUR), 0)), np.int64)
        for read, _ in self._rows:
            if read.camera_id in asked and since <= read.at < until:
                counts[asked.index(read.camera_id), (read.at - since) // HOUR] += 1
        return asked, counts

    def _answer(self, is_wanted, span, limits):
        since, until = span
        rows = [
            row
            for row in self._rows
            if is_wanted(row[0])
            and (since is None or row[0].at >= since)
            and (until is None or row[0].at <= until)
        ]
        pieces = iter([in_order(self._reads(rows))] if rows else [])
        return Answer(pieces, limits)

    def _reads(self, rows) -> Reads:
        if not rows:
            return no_reads_of(self.names)
        made = [reads_of([read], {read.camera_id: spot}) for read, spot in rows]
        cameras = [Camera(read.camera_id, spot) for read, spot in rows]
        looks = self.names.looks_of([one.looks[0] for one in made])
        return Reads(
            plate=np.concatenate([one.plate for one in made]),
            at=np.concatenate([one.at for one in made]),
            received=np.concatenate([one.received for one in made]),
            camera=self.names.numbers_of(cameras),
            look=looks,
            confidence=np.concatenate([one.confidence for one in made]),
            sequence=np.concatenate([one.sequence for one in made]),
            cameras=self.names.cameras,
            looks=self.names.looks,
            extras={
                row: one.extras[0] for row, one in enumerate(made) if 0 in one.extras
            },
        )
