"""The third-party files of the page are the ones that VENDOR.json lists."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
VENDOR = WEB / "vendor"
LISTED = json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))


@pytest.mark.parametrize("entry", LISTED, ids=[entry["file"] for entry in LISTED])
def test_every_vendored_file_is_byte_for_byte_what_was_packed(entry):
    assert (
        hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest()
        == entry["sha256"]
    )


def test_no_vendored_file_is_unlisted():
    names = {path.name for path in VENDOR.iterdir()} - {"VENDOR.json"}
    assert names == {entry["file"] for entry in LISTED}


def test_every_package_ships_its_licence_text():
    for name in {entry["name"] for entry in LISTED}:
        assert any(
            entry["name"] == name and "LICENSE" in entry["file"] for entry in LISTED
        )


def test_the_page_never_builds_markup_from_text():
    own = [path for path in WEB.rglob("*.js") if VENDOR not in path.parents]
    assert own
    for path in own:
        text = path.read_text("utf-8")
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ):
            assert word not in text, f"{path.name} uses {word}"


def test_no_file_of_the_page_is_longer_than_400_lines():
    for path in [*WEB.rglob("*.js"), *WEB.rglob("*.css"), *WEB.rglob("*.html")]:
        if VENDOR not in path.parents:
            assert len(path.read_text("utf-8").splitlines()) <= 400, path.name
