"""How plates, types and colours go together: what a vehicle of some plate looks like.

A form of plates says which types carry it, and a taxi is yellow. So types and colours
are weighed against vehicles whose plate can be read so, not against all: that a yellow
taxi was seen says little of a plate that only taxis have.

Every value is generative. ``m`` is the probability that a camera tells a type, given
the wanted one: the level's, shared by the types of that level. ``u`` is the same summed
over the vehicles that may have passed, by the model's shares.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.evidence import COLOURS, TYPES, compare_colour, compare_type
from matching.forms import FORMS, PlateForm

Floats = NDArray[np.float64]
Numbers = dict[str | None, int]

TYPE_NUMBERS: Numbers = {word: n for n, word in enumerate((None, *sorted(TYPES)))}
"""What each vehicle type is in an array; 0 says that there is nothing to compare."""

COLOUR_NUMBERS: Numbers = {word: n for n, word in enumerate((None, *sorted(COLOURS)))}
"""What each colour is in an array; 0 says that there is nothing to compare."""

CLASSES = tuple(sorted({form.vehicles for form in FORMS}))
"""The sets of types that carry one form of plates; plates of one class look alike."""

_NO_WORD = 0


class Looks(NamedTuple):
    """What cameras tell of vehicles; axes of types and colours by number, 0 unknown.

    ``types`` (wanted, seen) and ``colours`` (wanted, seen) are P(told | wanted), 1
    where there is nothing to compare. ``shares`` (told type, told colour, class) is
    P(told | a vehicle with a plate of this class passes), summed over what is not told.
    ``traffic`` (class,) is how often vehicles of a class pass.
    """

    types: Floats
    colours: Floats
    shares: Floats
    traffic: Floats

    def given(self, by_class: Floats, kind: int, colour: int) -> tuple[float, float]:
        """Return P(type told) and P(colour told | type told) of whoever passed.

        `by_class` is how probable it is that the reading is of a plate of each class,
        shape (classes,), not normalised; all 0 says that nothing is known of it.
        """
        among = by_class if by_class.sum() > 0 else self.traffic
        of_type = float(among @ self.shares[kind, _NO_WORD])
        of_both = float(among @ self.shares[kind, colour])
        return of_type / float(among.sum()), of_both / of_type


def class_of(form: PlateForm) -> int:
    """Return the number of a form's class in `CLASSES`."""
    return CLASSES.index(form.vehicles)


def looks_of(
    type_m: Mapping[str, float],
    colour_m: Mapping[str, float],
    *,
    type_shares: Mapping[str, float],
    colour_shares: Mapping[str, float],
    by_type: Mapping[str, Mapping[str, float]],
    strays: float,
) -> Looks:
    """Work out the tables.

    Parameters
    ----------
    type_m, colour_m
        P(level | it is the wanted vehicle), by the levels of `matching.evidence`.
    type_shares, colour_shares
        Shares of the passing vehicles; they need not add up to 1.
    by_type
        Types with colours of their own; what is left to 1 is as of all vehicles.
    strays
        Share of the vehicles on a form that are of a type that should not carry it.
    """
    types = _told(type_m, compare_type, TYPE_NUMBERS)
    colours = _told(colour_m, compare_colour, COLOUR_NUMBERS)
    passing = _by_number(type_shares, TYPE_NUMBERS)
    painted = _by_number(colour_shares, COLOUR_NUMBERS)
    of_class = np.stack([_carriers(one, passing, strays) for one in CLASSES])
    shares = np.zeros((len(TYPE_NUMBERS), len(COLOUR_NUMBERS), len(CLASSES)))
    for word, number in list(TYPE_NUMBERS.items())[1:]:
        own = _by_number(by_type.get(str(word), {}), COLOUR_NUMBERS, total=None)
        of_type = own + (1 - own.sum()) * painted
        told = np.outer(types[number], of_type[1:] @ colours[1:])
        shares += told[:, :, None] * of_class[:, number]
    return Looks(types, colours, shares, _traffic())


def _told(
    levels: Mapping[str, float],
    compare: Callable[[str | None, str | None], str | None],
    numbers: Numbers,
) -> Floats:
    """Return P(told | wanted): a level's, shared evenly by the words of that level."""
    words = list(numbers)[1:]
    found = np.ones((len(numbers), len(numbers)))
    for wanted in words:
        level_of = {word: str(compare(wanted, word)) for word in words}
        n_of = {level: _count(level_of.values(), level) for level in levels}
        row = [levels[level_of[word]] / n_of[level_of[word]] for word in words]
        found[numbers[wanted], 1:] = np.array(row) / sum(row)
    return found


def _count(found: Iterable[str], level: str) -> int:
    return sum(one == level for one in found)


def _by_number(
    shares: Mapping[str, float], numbers: Numbers, *, total: float | None = 1.0
) -> Floats:
    """Return shares in an array, adding up to `total`, or as they are."""
    found = np.zeros(len(numbers))
    for word, share in shares.items():
        found[numbers[word]] = share
    scaled: Floats = found if total is None else total * found / found.sum()
    return scaled


def _carriers(vehicles: Sequence[str], passing: Floats, strays: float) -> Floats:
    """Return the shares of types among vehicles whose plates are of a class."""
    own = np.zeros(passing.size)
    for word in vehicles:
        own[TYPE_NUMBERS[word]] = passing[TYPE_NUMBERS[word]]
    if not own.any():
        return passing
    shares: Floats = (1 - strays) * own / own.sum() + strays * passing
    return shares


def _traffic() -> Floats:
    found = np.zeros(len(CLASSES))
    for form in FORMS:
        found[class_of(form)] += form.share
    return found
