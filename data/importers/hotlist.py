"""Hot lists: rows to reports of stolen vehicles and plates.

A hot list is a list of reports that name a plate; the desk makes the entry that is
searched for out of each. Only the plate and the time are indispensable.
"""

from data.importers.reports import make_reports as make_hotlist

__all__ = ["make_hotlist"]
