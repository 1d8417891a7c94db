"""Areas that are being watched: which of them hold a point, and who goes in and out.

``areas`` says what can be watched, ``cutting`` and ``parts`` cut it small, ``rims``
decides exactly at its edge, ``boxes`` keeps the R-tree, ``views``, ``cells`` and
``kernels`` are its compiled form, ``times``, ``order`` and ``ends`` deal with expiry,
``tracks`` and ``crossings`` with movement; ``index`` is what others ask.
"""

from geo.fences.index import NOTES, Circle, Corridor, Fence, Fences, Region

__all__ = ["NOTES", "Circle", "Corridor", "Fence", "Fences", "Region"]
