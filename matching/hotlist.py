"""Reads against wanted plates: a live index of the open hot list.

The index is a pure function of the open entries: plate to entries, by the plate's
look-alike skeleton and by every string that one edit leads to (deletion keys:
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

        Complete for one replaced, dropped or added character, and for any number
        of replacements within look-alike groups.
        """
        found: set[str] = set()
        for key in keys(plate):
            found |= self._by_key.get(key, set())
        return [self._entries[entry_id] for entry_id in sorted(found)]


def keys(plate: str) -> Iterator[str]:
    """Yield the keys under which a plain plate is looked up.

    Two plates share a key when their skeletons are equal, or when one edit leads
    from one to the other. The prefixes keep the two kinds apart.
    """
    yield "=" + skeleton(plate)
    yield "-" + plate
    for at in range(len(plate)):
        yield "-" + plate[:at] + plate[at + 1 :]


def near_skeletons(plate: str) -> Iterator[str]:
    """Yield every skeleton that a reading of this plate may have, for a search.

    The plate's own, and those one replaced, dropped or added character away.
    Complete for what `HotList.candidates` finds.
    """
    own = skeleton(plate)
    alphabet = sorted({skeleton(c) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"})
    found = {own}
    for at in range(len(own) + 1):
        found |= {own[:at] + c + own[at:] for c in alphabet}
        found |= {own[:at] + c + own[at + 1 :] for c in alphabet if at < len(own)}
        found.add(own[:at] + own[at + 1 :])
    yield from sorted(found)
