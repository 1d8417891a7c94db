"""The colours of the style sheet can be told apart, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).resolve().parents[2] / "web" / "style.css").read_text("utf-8")
TEXT, SYMBOL = 4.5, 3.0  # WCAG 2.1: 1.4.3 and 1.4.11
PAIRS = [
    *[
        (ink, ground, TEXT)
        for ink in ("text", "soft", "link", "for", "against")
        for ground in ("surface", "raised")
    ],
    *[("soft", ground, TEXT) for ground in ("lead-soft", "page")],
    *[("text", ground, TEXT) for ground in ("lead-soft", "mark", "page")],
    *[("lead-text", ground, TEXT) for ground in ("lead-soft", "surface")],
    ("case", "case-soft", TEXT),
    ("case", "surface", TEXT),
    ("transit", "transit-soft", TEXT),
    ("transit", "land", TEXT),
    ("surface", "for", TEXT),
    ("warn-text", "warn", TEXT),
    ("on-primary", "primary", TEXT),
    ("label", "land", TEXT),
    ("surface", "text", TEXT),
    *[
        (mark, "land", SYMBOL)
        for mark in (
            "camera",
            "gantry",
            "speed-camera",
            "atm",
            "station",
            "lead",
            "case",
            "neutral",
        )
    ],
    *[
        (mark, "sea", SYMBOL)
        for mark in (
            "camera",
            "gantry",
            "speed-camera",
            "atm",
            "station",
            "lead",
            "case",
            "neutral",
        )
    ],
    *[
        (edge, "surface", SYMBOL)
        for edge in ("edge", "focus", "for", "against", "neutral")
    ],
    ("surface", "lead", SYMBOL),
]


def palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r"(?::root[^{]*)\{([^{}]*)\}", STYLE)
    light, chosen, system = (
        dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", one)) for one in blocks[:3]
    )
    return {"light": light, "dark": light | chosen, "system": light | system}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_stands_out_from_its_ground(theme, ink, ground, least):
    colours = palettes()[theme]
    assert contrast(colours[ink], colours[ground]) >= least


def test_dark_is_the_same_whoever_chose_it():
    found = palettes()
    assert found["dark"] == found["system"]
    assert found["dark"] != found["light"]
