"""Running PostgreSQL's programs as a user that it accepts."""

import os
import pwd
import subprocess
from pathlib import Path

USER = "postgres"


class NoUser(Exception):
    """There is no user to run PostgreSQL as."""


def as_user_of_postgres(folder: Path):
    """PostgreSQL does not run as root: become its user there."""
    prefix = []
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam(USER)
        except KeyError as error:
            raise NoUser(f"root needs a user {USER} to run it as") from error
        os.chown(folder, user.pw_uid, user.pw_gid)
        prefix = ["runuser", "-u", USER, "--"]

    def run(words):
        subprocess.run(
            [*prefix, *map(str, words)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )

    return run
