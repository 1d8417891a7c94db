"""What the vehicles of the invented stream look like, and what cameras take them for.

Each form of plates is carried by some types, and colours are as on the road; a camera
that is wrong takes a type or a colour for a neighbour of it. Shares are assumed.
"""

import numpy as np

TYPES = ("sedan", "suv", "van", "truck", "bus", "taxi", "scooter", "heavy-motorcycle")
COLOURS = (
    "white", "silver", "grey", "black", "red", "blue", "green", "yellow", "brown",
    "gold", "orange", "purple", "pink",
)  # fmt: skip
RIGHT_LOOK = 0.9

_CAR = {"sedan": 50, "suv": 33, "van": 8, "truck": 9}
_LARGE = {"taxi": 30, "bus": 30, "truck": 40}
CARRIED_BY = {
    "m": {"scooter": 100},
    "LLL": {"scooter": 97, "heavy-motorcycle": 3},
    "DDDLLL": {"scooter": 100},
    "T": {"taxi": 100},
    "DDDLL": _LARGE,
}
"""Types by the beginning of a form, the longest that fits; others are cars."""

_COLOUR_SHARES = np.array([33, 15, 14, 19, 6, 7, 2, 2, 2, 1, 1, 0.5, 0.5])
_TAKEN_FOR = np.array([1, 0, 1, 2, 3, 0, 7, 6])
"""For which type each is taken, by number; a sedan for an SUV."""


def looks_of(form: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw types and colours of vehicles with plates of a form, shape (n, 2)."""
    begins = [begin for begin in CARRIED_BY if form.startswith(begin)]
    shares = CARRIED_BY[max(begins, key=len)] if begins else _CAR
    chances = np.array(list(shares.values())) / sum(shares.values())
    types = rng.choice([TYPES.index(kind) for kind in shares], n, p=chances)
    colours = rng.choice(len(COLOURS), n, p=_COLOUR_SHARES / _COLOUR_SHARES.sum())
    yellow = (types == TYPES.index("taxi")) & (rng.random(n) < 0.8)
    colours[yellow] = COLOURS.index("yellow")
    return np.column_stack((types, colours)).astype(np.int8)


def told(looks: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the types and the colours that cameras tell of vehicles."""
    types, colours = looks.T
    wrong = rng.random((2, len(looks))) > RIGHT_LOOK
    near = rng.integers(0, 4, len(looks))  # white, silver, grey, black
    return (
        np.where(wrong[0], _TAKEN_FOR[types], types).astype(np.int8),
        np.where(wrong[1], near, colours).astype(np.int8),
    )
