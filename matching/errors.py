"""What can go wrong when matching.

::

    MatchingError
    ├── PlateRefused    a reading that is no plate, with the reason
    ├── ModelRefused    a model file that cannot be used
    ├── TableRefused    a table that cannot be linked
    └── NoSuchThreshold fewer false alerts wanted than any threshold brings
"""


class MatchingError(Exception):
    """The base of everything this package raises on purpose."""


class PlateRefused(MatchingError):
    """A reading that cannot be a plate; `code` groups equal reasons."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class ModelRefused(MatchingError):
    """A model file with a missing, unknown or impossible value."""


class TableRefused(MatchingError):
    """A table without what a model needs, or with an id that is there twice."""


class NoSuchThreshold(MatchingError):
    """Fewer false alerts are wanted than any threshold brings."""
