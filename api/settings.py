"""Settings: built once at the start and passed down as plain values."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.errors import UnknownSetting

PREFIX = "LIANFANG_"


class Settings(BaseSettings):
    """What can be set by ``LIANFANG_…`` in the environment.

    Attributes
    ----------
    db
        The store's file.
    reads
        The folder of the reads archive; beside the store by default.
    boundaries
        A boundary file that takes the place of the bundled one; None for that.
    inbox
        A folder that files of reads are put into; None for no such folder.
    inbox_most_mb
        Megabytes of the largest file that is taken from it.
    inbox_keep_days
        Days that a file stays in it after it was taken.
    port
        The port on 127.0.0.1; no other address is ever bound, because nobody has
        to log in yet.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    db: Path = Path("var/lianfang.db")
    reads: Path | None = None
    boundaries: Path | None = None
    inbox: Path | None = None
    inbox_most_mb: int = Field(default=256, ge=1, le=2048)
    inbox_keep_days: int = Field(default=7, ge=1)
    port: int = Field(default=8000, ge=1, le=65535)

    @property
    def reads_folder(self) -> Path:
        """The folder of the reads archive."""
        return self.reads or self.db.with_name(f"{self.db.stem}-reads")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings, refusing names that would silently do nothing.

    Raises
    ------
    UnknownSetting
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    strange = sorted(
        name
        for name in environment
        if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if strange:
        raise UnknownSetting(
            f"{', '.join(strange)}: no such setting; known are "
            f"{', '.join(sorted(known))}"
        )
    return Settings()
