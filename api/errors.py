"""What can go wrong at the door before or besides a request.

::

    DoorError
    ├── UnknownSetting   a LIANFANG_… name that no setting has
    ├── PortTaken        somebody else listens on the port
    └── DemoRunning      another demo uses the folder
"""

from pathlib import Path


class DoorError(Exception):
    """The base of everything this package raises on purpose."""


class UnknownSetting(DoorError):
    """A ``LIANFANG_…`` name that no setting has, most likely a misspelt one."""


class PortTaken(DoorError):
    """Somebody else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is in use: stop what listens there, or give "
            f"--port {port + 1}"
        )


class DemoRunning(DoorError):
    """Another demo uses the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another demo is running in {folder}: stop it first, or start this one "
            "in another folder"
        )
