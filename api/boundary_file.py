"""Which boundaries are in force; apart from the service, which takes longer to load."""

from pathlib import Path

from api.settings import Settings
from data.importers.boundary_files import kept_boundaries


def boundary_file(settings: Settings) -> Path | None:
    """Return the boundary file in force: the set one, the loaded one, or None."""
    return settings.boundaries or kept_boundaries(settings.db.parent)
