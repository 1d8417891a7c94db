"""Comparing texts only where the outcome can matter to a level.

Where each likeness of a comparison is held against numbers that are written out, one
that is under all of them can be any other that is: it need not be known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from matching.linkage.functions import LIKENESS
from matching.linkage.letters import LEAST, MOST, Letters
from matching.linkage.pairs import Amounts, Pairs, Words
from matching.linkage.settings import Comparison
from matching.linkage.texts import MISSING, Numbers
from matching.linkage.values import NAMED, name_of

ORDERS = (exp.GT, exp.GTE, exp.LT, exp.LTE)
CLOSE = 1e-9
"""Bounds of likeness are rounded by less than this."""

Steps = Mapping[str, float]


def steps_of(comparison: Comparison) -> Steps:
    """Return the step that each likeness must reach to matter, by its name.

    The least number that a similarity is held against, the greatest for a distance.
    Left out are those that are used in any other way.
    """
    found: dict[str, float] = {}
    unknown = set()
    for name, step in _uses(comparison):
        if step is None:
            unknown.add(name)
        else:
            nearer = max if name in LEAST else min
            found[name] = nearer(found.get(name, step), step)
    return {name: step for name, step in found.items() if name not in unknown}


def _uses(comparison: Comparison) -> Iterator[tuple[str, float | None]]:
    for level in comparison.levels:
        for node in level.condition.tree.walk() if level.condition else ():
            if isinstance(node, exp.Anonymous) or type(node) in NAMED:
                name = name_of(node)
                if name in LIKENESS and (name in MOST or name in LEAST):
                    yield name, _step(node)


def _step(node: exp.Expr) -> float | None:
    """Return the number that a part is held against; None if it is used otherwise."""
    above = node.parent
    while isinstance(above, exp.Paren):
        node, above = above, above.parent
    if not isinstance(above, ORDERS):
        return None
    other = above.expression if above.this is node else above.this
    is_number = isinstance(other, exp.Literal) and not other.is_string
    return float(other.this) if is_number else None


@dataclass(slots=True, eq=False)
class Stepped(Pairs):
    """Pairs of one record with others, of which some likenesses need not be known.

    ``letters`` are those of the texts with the first numbers, those of the stored.
    """

    letters: Letters = field(default_factory=Letters)
    steps: Steps = field(default_factory=dict)

    def likeness(self, name: str, one: Words, other: Words) -> Amounts:
        """Return how like the texts of each pair are.

        Where they cannot reach the step, what is said is beyond it.
        """
        if name not in self.steps or not len(self):
            return Pairs.likeness(self, name, one, other)
        at = np.flatnonzero(self._may_reach(name, one.numbers, other.numbers))
        chosen = Pairs(self.left, self.right, self.left_rows[at], self.right_rows[at])
        known = chosen.likeness(name, Words(one.numbers[at]), Words(other.numbers[at]))
        values = np.full(len(self), np.inf if name in LEAST else -np.inf)
        values[at] = known.values
        return Amounts(values)

    def _may_reach(self, name: str, one: Numbers, other: Numbers) -> NDArray[np.bool_]:
        if (one != one[0]).any():
            one, other = other, one
        if (one != one[0]).any() or one[0] == MISSING:
            return np.ones(len(self), np.bool_)
        asked = Letters(self.left.texts.of(one[:1]))
        is_known = (other >= 0) & (other < len(self.letters))
        numbers = np.where(is_known, other, 0)
        if not len(self.letters):
            return ~is_known
        if name in MOST:
            bound = MOST[name](asked, 0, self.letters, numbers)
            reaches = bound >= self.steps[name] - CLOSE
        else:
            bound = LEAST[name](asked, 0, self.letters, numbers)
            reaches = bound <= self.steps[name]
        found: NDArray[np.bool_] = reaches | ~is_known | (other == one[0])
        return found
