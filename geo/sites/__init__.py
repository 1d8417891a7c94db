"""Points with an id (cameras, ATMs, stations), and which of them are near.

``columns`` is what is known of them, ``tree``, ``kernels``, ``metres`` and ``search``
the compiled search, ``scan`` looks at every site and ``settling`` has the last word;
``areas`` and ``paths`` are for polygons and ways, ``questions`` refuses, ``answers``
says what comes out, ``ranks`` and ``live`` are for sites that change; ``index`` is
what others ask.
"""

from geo.sites.answers import Beside, Near, Within
from geo.sites.columns import Where
from geo.sites.index import ANY, Sites
from geo.sites.live import LiveSites
from geo.sites.search import load_kernels

__all__ = [
    "ANY",
    "Beside",
    "LiveSites",
    "Near",
    "Sites",
    "Where",
    "Within",
    "load_kernels",
]
