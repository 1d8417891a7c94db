"""Copy the page's third-party files out of their npm tarballs, byte for byte.

``python tools/vendor.py`` fetches the pinned versions with ``npm pack`` and writes
``web/vendor/`` with ``VENDOR.json``; ``python tools/vendor.py --check`` only compares
what is there with that list. Only maintainers need npm, and only to change a version.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "web" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package, and the files of it that the page loads."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package(
        name="ol",
        version="10.11.0",
        licence="BSD-2-Clause",
        files={
            "dist/ol.js": "ol.js",
            "ol.css": "ol.css",
            "LICENSE.md": "ol.LICENSE.md",
        },
    ),
)


def sha256(path: Path) -> str:
    """Hash one file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(package: Package, workdir: Path) -> Path:
    """Download one tarball into ``workdir``."""
    subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=workdir,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(workdir.glob(f"*{package.version}.tgz"))


def unpack(package: Package, tarball: Path) -> list[dict[str, str]]:
    """Write the package's files and return their entries for VENDOR.json."""
    entries = []
    with tarfile.open(tarball) as archive:
        for source, target in package.files.items():
            member = archive.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"{package.name}: {source} is not in the tarball")
            (VENDOR / target).write_bytes(member.read())
            entries.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "file": target,
                    "source": source,
                    "sha256": sha256(VENDOR / target),
                    "licence": package.licence,
                }
            )
    return entries


def differences() -> list[str]:
    """Say which files are missing, changed or not listed."""
    entries = json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))
    listed = {entry["file"]: entry["sha256"] for entry in entries}
    present = {p.name for p in VENDOR.iterdir() if p.name != "VENDOR.json"}
    found = [f"{name}: not listed" for name in sorted(present - set(listed))]
    found += [f"{name}: missing" for name in sorted(set(listed) - present)]
    found += [
        f"{name}: sha256 differs"
        for name in sorted(set(listed) & present)
        if sha256(VENDOR / name) != listed[name]
    ]
    return found


def main() -> None:
    """Fetch, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, fetch nothing")
    if parser.parse_args().check:
        wrong = differences()
        print("\n".join(wrong) or "web/vendor matches VENDOR.json")
        sys.exit(bool(wrong))
    VENDOR.mkdir(parents=True, exist_ok=True)
    entries = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as workdir:
            entries += unpack(package, fetch(package, Path(workdir)))
    listing = json.dumps(entries, indent=2, ensure_ascii=False)
    (VENDOR / "VENDOR.json").write_text(listing + "\n", "utf-8")
    print(f"wrote {len(entries)} files to {VENDOR}")


if __name__ == "__main__":
    main()
