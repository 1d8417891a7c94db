"""When fences end, the next one first."""

from heapq import heapify, heappop, heappush

from geo.fences.areas import Fence
from geo.fences.times import FOREVER

FEWEST_LEFT = 64


class Ends:
    """The ends of fences in a heap.

    What is taken out early stays in the heap until most of the heap is such.
    """

    def __init__(self) -> None:
        self._until: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []

    def put(self, number: int, fence: Fence) -> None:
        """Note when a fence ends, if it does."""
        until = fence.span[1]
        if until != FOREVER:
            self._until[number] = until
            heappush(self._heap, (until, number))

    def drop(self, number: int) -> None:
        """Forget a fence."""
        is_known = self._until.pop(number, None) is not None
        if is_known and len(self._heap) > 2 * len(self._until) + FEWEST_LEFT:
            self._heap = [(until, n) for n, until in self._until.items()]
            heapify(self._heap)

    def ended(self, moment: int) -> list[int]:
        """Take off those that have ended by a moment; their numbers, ascending."""
        found = []
        while self._heap and self._heap[0][0] <= moment:
            _, number = heappop(self._heap)
            if number in self._until:
                found.append(number)
        return sorted(found)
