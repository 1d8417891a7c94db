"""Reads against wanted plates: a live index of the open hot list.

The index is a pure function of the open entries: plate to entries, by the plate's
look-alike skeleton and by the skeleton with one character left out (deletion keys:
Mor & Fraenkel 1982, *A Hash Code Method for Detecting and Correcting Spelling
Errors*, CACM 25(12)). What it returns are candidates; weighing decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from data.records import HotListEntry
from matching.plates import skeleton


class HotList:
    """The open entries; add, remove, and find the candidates of a reading.

    Not safe under threads: its owner holds a lock.
    """

    def __init__(self, entries: Iterable[HotListEntry] = ()) -> None:
        self._entries: dict[str, HotListEntry] = {}
        self._by_key: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            self.add(entry)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: HotListEntry) -> None:
        """Want a plate; an entry of the same id is replaced."""
        self.remove(entry.id)
        self._entries[entry.id] = entry
        for key in keys(entry.plate):
            self._by_key[key].add(entry.id)

    def remove(self, entry_id: str) -> None:
        """Stop wanting a plate; nothing happens when it was not wanted."""
        entry = self._entries.pop(entry_id, None)
        if entry is None:
            return
        for key in keys(entry.plate):
            self._by_key[key].discard(entry_id)
            if not self._by_key[key]:
                del self._by_key[key]

    def candidates(self, plate: str) -> list[HotListEntry]:
        """Return the entries whose plate could be read so, in id order.

        Complete and exact for `could_be`.
        """
        found: set[str] = set()
        for key in keys(plate):
            found |= self._by_key.get(key, set())
        entries = (self._entries[entry_id] for entry_id in sorted(found))
        return [entry for entry in entries if could_be(plate, entry.plate)]


def could_be(seen: str, plate: str) -> bool:
    """Tell whether a reading is near enough to a plate to be weighed at all.

    It is when their skeletons are equal or one replaced, dropped or added
    character apart: any number of look-alikes and one other error.
    """
    left, right = sorted((skeleton(seen), skeleton(plate)), key=len)
    if len(left) == len(right):
        return sum(a != b for a, b in zip(left, right, strict=True)) <= 1
    return len(right) - len(left) == 1 and any(
        right[:at] + right[at + 1 :] == left for at in range(len(right))
    )


def keys(plate: str) -> Iterator[str]:
    """Yield the keys under which a plain plate is looked up.

    Its skeleton, and the skeleton with any one character left out: two plates of
    which one could be read as the other share a key.
    """
    own = skeleton(plate)
    yield own
    for at in range(len(own)):
        yield own[:at] + own[at + 1 :]


def near_skeletons(plate: str) -> Iterator[str]:
    """Yield every skeleton that a reading of this plate may have, for a search.

    The plate's own, and those one replaced, dropped or added character away: what
    `could_be` accepts, so that past reads are searched exactly as live ones are.
    """
    own = skeleton(plate)
    alphabet = sorted({skeleton(c) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"})
    found = {own}
    for at in range(len(own) + 1):
        found |= {own[:at] + c + own[at:] for c in alphabet}
        found |= {own[:at] + c + own[at + 1 :] for c in alphabet if at < len(own)}
        found.add(own[:at] + own[at + 1 :])
    yield from sorted(found)
