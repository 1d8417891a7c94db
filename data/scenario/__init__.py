"""A seeded night in the eight northern counties, everything in it invented."""

from data.scenario.night import SEED, generate
from data.scenario.nouns import (
    NIGHT_FROM,
    NIGHT_TO,
    Batch,
    Closing,
    Decoy,
    Event,
    Scenario,
    Size,
)
from data.scenario.summary import Summary, digest, summary

__all__ = [
    "NIGHT_FROM",
    "NIGHT_TO",
    "SEED",
    "Batch",
    "Closing",
    "Decoy",
    "Event",
    "Scenario",
    "Size",
    "Summary",
    "digest",
    "generate",
    "summary",
]
