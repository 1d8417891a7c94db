"""What can go wrong with a name.

::

    MatchingError
    └── NameRefused     a text that cannot be a name, with the reason
"""

from matching.errors import MatchingError


class NameRefused(MatchingError):
    """A text that cannot be a name; `code` groups equal reasons."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
