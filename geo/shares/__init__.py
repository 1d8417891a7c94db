"""How the error of a location is shared out among boundaries.

``laws`` says what an error means, ``lines``, ``tree`` and ``columns`` are the ground,
``clearance`` answers points that no line is near, ``sums`` and ``kernels`` the others,
``aside`` those on a line; ``reference`` is the same by looking at every line, and
``index`` what others ask.
"""

from geo.shares.index import OUTSIDE, Meaning, Share, SharesIndex

__all__ = ["OUTSIDE", "Meaning", "Share", "SharesIndex"]
