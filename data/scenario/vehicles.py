"""The vehicles of the scenario, and how cameras see their type and colour.

All shares are assumed, of the order of what is on the roads of north Taiwan.
"""

import random

from data.records import Vehicle
from data.scenario.plates import PlatePress

TYPES = {
    "sedan": 38,
    "suv": 22,
    "scooter": 20,
    "truck": 7,
    "van": 6,
    "taxi": 4,
    "bus": 2,
    "heavy-motorcycle": 1,
}
STOLEN_TYPES = {"sedan": 36, "suv": 22, "scooter": 28, "truck": 6, "van": 8}
"""Per cent of the passing, and of the stolen vehicles."""

COLOURS = {
    "white": 33,
    "black": 18,
    "silver": 15,
    "grey": 14,
    "blue": 7,
    "red": 6,
    "brown": 2,
    "green": 2,
    "gold": 1,
    "orange": 1,
    "yellow": 1,
}

MODELS = {
    "sedan": ("Toyota Corolla Altis", "Toyota Vios", "Honda City", "Ford Focus",
              "Mazda 3", "Nissan Sentra", "Mercedes-Benz C-Class", "BMW 3 Series",
              "Lexus ES", "Tesla Model 3"),
    "suv": ("Toyota Corolla Cross", "Toyota RAV4", "Honda CR-V", "Ford Kuga",
            "Nissan Kicks", "Lexus NX", "Hyundai Tucson", "MG HS", "Tesla Model Y"),
    "van": ("Toyota Sienta", "Volkswagen Caddy", "Mitsubishi Delica",
            "Hyundai Staria", "Ford Tourneo"),
    "truck": ("Mitsubishi Canter", "Hino 300", "Isuzu Elf", "Hino 700",
              "Toyota Town Ace"),
    "bus": ("Scania K410", "Hino RN8", "Volvo B8R"),
    "taxi": ("Toyota Corolla Altis", "Toyota Wish", "Toyota Camry"),
    "scooter": ("Kymco Many 110", "SYM Jet 125", "Yamaha Cygnus", "Gogoro 2",
                "Kymco Racing 150", "Yamaha Limi"),
    "heavy-motorcycle": ("Yamaha MT-07", "Honda CB650R", "Kawasaki Ninja 400"),
}  # fmt: skip

TYPE_NEIGHBOURS = {
    "sedan": ("suv", "taxi"),
    "suv": ("sedan", "van"),
    "van": ("suv", "truck"),
    "truck": ("van", "bus"),
    "bus": ("truck",),
    "taxi": ("sedan",),
    "scooter": ("heavy-motorcycle",),
    "heavy-motorcycle": ("scooter",),
}

NIGHT_COLOURS = {
    "white": ("silver", "grey"),
    "silver": ("white", "grey"),
    "grey": ("silver", "black", "blue"),
    "black": ("blue", "grey"),
    "blue": ("black", "grey"),
    "red": ("brown", "black"),
    "brown": ("black", "red"),
    "green": ("black", "blue"),
    "gold": ("silver", "white"),
    "orange": ("red", "gold"),
    "yellow": ("white", "gold"),
}
"""What a type and a colour are mistaken for; infra-red light knows only bright and
dark."""

WRONG_TYPE, WRONG_COLOUR, NOT_SEEN = 0.06, 0.12, 0.05
"""Shares of the reads with a wrong type, a wrong colour, and without either."""


def build_vehicle(
    press: PlatePress, rng: random.Random, types: dict[str, int] = TYPES
) -> Vehicle:
    """Invent a vehicle."""
    kind = rng.choices(list(types), list(types.values()))[0]
    colour = rng.choices(list(COLOURS), list(COLOURS.values()))[0]
    make, model = rng.choice(MODELS[kind]).split(" ", 1)
    plate = press.press(kind)
    return Vehicle(plate, kind, "yellow" if kind == "taxi" else colour, make, model)


def seen_type(vehicle: Vehicle, rng: random.Random) -> str | None:
    """Say which type a camera takes a vehicle for."""
    return _seen(vehicle.type, TYPE_NEIGHBOURS, WRONG_TYPE, rng)


def seen_colour(vehicle: Vehicle, rng: random.Random) -> str | None:
    """Say which colour a camera takes a vehicle for."""
    return _seen(vehicle.colour, NIGHT_COLOURS, WRONG_COLOUR, rng)


def _seen(
    true: str | None,
    neighbours: dict[str, tuple[str, ...]],
    wrong: float,
    rng: random.Random,
) -> str | None:
    luck = rng.random()
    if true is None or luck < NOT_SEEN:
        return None
    return rng.choice(neighbours[true]) if luck < NOT_SEEN + wrong else true
