"""Places as people write them: degrees in any form, metres, kilometre posts.

``notation`` takes text apart, ``pairs`` and ``readings`` say what it may mean,
``repairs`` what had to be mended, ``roads`` and ``posts`` place kilometre posts;
``reader`` is what others ask.
"""

from geo.written.reader import Interpretation, PlaceReader, Reading

__all__ = ["Interpretation", "PlaceReader", "Reading"]
