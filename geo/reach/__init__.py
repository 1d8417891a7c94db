"""How far a person or a car can be by now, and whose ground that is.

``tables`` reads how far people were found, ``laws`` makes distributions of them,
``rail`` adds trains; ``radii`` is what others ask.
"""

from geo.reach.radii import (
    RADII,
    LastSeen,
    Means,
    Mode,
    Reach,
    ReachIndex,
    ReachRefused,
    Stations,
    read_tables,
)

__all__ = [
    "RADII",
    "LastSeen",
    "Means",
    "Mode",
    "Reach",
    "ReachIndex",
    "ReachRefused",
    "Stations",
    "read_tables",
]
