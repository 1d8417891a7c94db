"""What letters texts have: how like one they can be at most, without comparing them.

Two texts can have no more letters in common than the bag of either has in the other.
That bounds every distance that changes letters and every likeness that counts common
ones, in a few steps for a million texts.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.linkage.functions import BOOSTED_FROM, PREFIX, Floats
from matching.linkage.texts import Numbers

Bags = NDArray[np.uint64]
Heads = NDArray[np.uint32]
T = TypeVar("T", bound=np.generic)

SLOTS = 32
"""Letters are thrown together by their code; a bag says which slots have one letter,
and which have two or more."""

AT_ONCE = 50_000


class Letters:
    """The letters of texts by their numbers.

    Attributes
    ----------
    bags
        For each slot one bit for one letter or more, one for two or more, shape (n,).
    heads
        The last eight bits of each of the first four letters, shape (n,).
    sizes
        How many letters, shape (n,).
    """

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self.bags: Bags = np.empty(0, np.uint64)
        self.heads: Heads = np.empty(0, np.uint32)
        self.sizes: Numbers = np.empty(0, np.int32)
        self._n = 0
        self.add(texts)

    def __len__(self) -> int:
        return self._n

    def add(self, texts: Sequence[str]) -> None:
        """Add texts, which get the next numbers."""
        end = self._n + len(texts)
        if end > self.bags.size:
            room = max(end, self.bags.size + self.bags.size // 2)
            self.bags = grown(self.bags, room)
            self.heads = grown(self.heads, room)
            self.sizes = grown(self.sizes, room)
        for begin in range(0, len(texts), AT_ONCE):
            self._put(texts[begin : begin + AT_ONCE])

    def _put(self, texts: Sequence[str]) -> None:
        sizes = np.fromiter(map(len, texts), np.int32, len(texts))
        every = "".join(texts).encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(every, np.uint32)
        at = slice(self._n, self._n + len(texts))
        self.bags[at] = _bags(codes, sizes)
        self.heads[at] = _heads(codes, sizes)
        self.sizes[at] = sizes
        self._n = at.stop

    def common(self, number: int, others: "Letters", numbers: Numbers) -> Floats:
        """Return how many letters a text has in common with others at most."""
        bag, bags = self.bags[number], others.bags[numbers]
        here = self.sizes[number] - np.bitwise_count(bag & ~bags).astype(np.int32)
        there = others.sizes[numbers] - np.bitwise_count(bags & ~bag)
        found: Floats = np.maximum(np.minimum(here, there), 0).astype(np.float64)
        return found

    def prefix(self, number: int, others: "Letters", numbers: Numbers) -> Floats:
        """Return how many of the first four letters are equal at most."""
        unlike = self.heads[number] ^ others.heads[numbers]
        found = np.zeros(numbers.size)
        for bits in (8, 16, 24, 32):
            found += unlike & np.uint32(2**bits - 1) == 0
        return found


def most_jaro(one: Letters, number: int, others: Letters, numbers: Numbers) -> Floats:
    """Return the Jaro similarity of a text with others at most."""
    common = one.common(number, others, numbers)
    sizes = np.maximum(others.sizes[numbers], 1)
    found = (common / max(one.sizes[number], 1) + common / sizes + 1) / 3
    return np.where(common > 0, found, 0.0)


def most_jaro_winkler(
    one: Letters, number: int, others: Letters, numbers: Numbers
) -> Floats:
    """Return the Jaro-Winkler similarity of a text with others at most."""
    plain = most_jaro(one, number, others, numbers)
    share = np.minimum(one.prefix(number, others, numbers), PREFIX) * 0.1
    return np.where(plain > BOOSTED_FROM, plain + share * (1 - plain), plain)


def least_distance(
    one: Letters, number: int, others: Letters, numbers: Numbers
) -> Floats:
    """Return how many changes of a letter lie between a text and others at least."""
    sizes = np.maximum(others.sizes[numbers], one.sizes[number])
    found: Floats = sizes - one.common(number, others, numbers)
    return found


Bound = Callable[[Letters, int, Letters, Numbers], Floats]
MOST: dict[str, Bound] = {
    "jaro_similarity": most_jaro,
    "jaro_winkler_similarity": most_jaro_winkler,
}
LEAST: dict[str, Bound] = {
    "damerau_levenshtein": least_distance,
    "levenshtein": least_distance,
}
"""By the name of a likeness or a distance: its bound."""


def grown(array: NDArray[T], room: int) -> NDArray[T]:
    """Return an array with more room behind what it has."""
    made = np.empty(room, array.dtype)
    made[: array.size] = array
    return made


def _bags(codes: Heads, sizes: Numbers) -> Bags:
    text = np.repeat(np.arange(sizes.size) * SLOTS, sizes)
    n_of = np.bincount(text + codes % SLOTS, minlength=sizes.size * SLOTS)
    n_of = n_of.reshape(-1, SLOTS)
    packed = np.packbits(np.hstack([n_of > 0, n_of > 1]), axis=1)
    return packed.view(np.uint64).ravel()


def _heads(codes: Heads, sizes: Numbers) -> Heads:
    begins = np.cumsum(sizes) - sizes
    heads = np.zeros(sizes.size, np.uint32)
    for place in range(PREFIX):
        has = sizes > place
        heads[has] |= (codes[begins[has] + place] & 255) << np.uint32(8 * place)
    return heads
