"""Leads of two reports that may tell of one thing.

One lead for each pair, whichever report came first. What somebody judged to be two
things does not come again. Both agencies must say that it is one.
"""

from datetime import datetime
from typing import Any, NamedTuple

from data.records import Lead, LeadLevel, Report, content_id
from matching.linkage.settings import Comparison
from routing.pairing.kinds import PairKind
from routing.pairing.open_reports import Candidate, OpenReports
from routing.pairing.words import told

MOST = 5
"""How many leads a report raises at most: what one officer can check at once."""


class Similar(NamedTuple):
    """A report that may tell of the same thing; ``lead`` where there is one."""

    report: Report
    explanation: dict[str, Any]
    lead: Lead | None


def other_of(lead: Lead, report_id: str) -> str | None:
    """Return the other report of a pair's lead; None for a lead of reads."""
    is_first = lead.report_id == report_id
    return lead.other_report_id if is_first else lead.report_id


def in_order(pair: PairKind, one: Report, other: Report) -> tuple[Report, Report]:
    """Return what was lost before what was found; of one kind the earlier one first."""
    if pair.is_one:
        is_first = (one.event_from, one.id) <= (other.event_from, other.id)
    else:
        is_first = one.kind in pair.left
    return (one, other) if is_first else (other, one)


def pair_lead(
    among: OpenReports, report: Report, other: Report, found: Candidate, *, at: datetime
) -> Lead:
    """Return the lead of a pair of reports."""
    pair = among.pair
    lost, here = in_order(pair, report, other)
    probability = found.probability
    is_sure = probability >= pair.action_from
    return Lead(
        id=content_id("lead", pair.kind.value, lost.id, here.id),
        kind=pair.kind,
        report_id=lost.id,
        entry_id=None,
        read_id=None,
        other_report_id=here.id,
        created_at=at,
        at=max(lost.reported_at, here.reported_at),
        weight_bits=found.hit.bits,
        probability=probability,
        level=LeadLevel.ACTION if is_sure else LeadLevel.ADVICE,
        county_code=here.spot.county_code,
        explanation=explanation(among, report, other, found),
    )


def explanation(
    among: OpenReports, report: Report, other: Report, found: Candidate
) -> dict[str, Any]:
    """Return what is shown and kept: everything needed to add the weight up again."""
    pair, hit = among.pair, found.hit
    sides = told(pair, *in_order(pair, report, other))
    return {
        "model": pair.title(),
        "prior_bits": found.prior_bits,
        "total_bits": hit.bits,
        "probability": found.probability,
        "lead_from": pair.lead_from,
        "action_from": pair.action_from,
        "exact": False,
        "expired": False,
        "comparisons": [
            _finding(comparison, level, bits, sides)
            for comparison, level, bits in zip(
                among.model.comparisons, hit.levels, hit.parts, strict=True
            )
        ],
        "rivals": [],
    }


def _finding(
    comparison: Comparison,
    label: str,
    bits: float,
    sides: tuple[dict[str, str], dict[str, str]],
) -> dict[str, Any]:
    numbers = {level.label: number for number, level in enumerate(comparison.levels)}
    level = comparison.levels[numbers[label]]
    left, right = (side.get(comparison.name) for side in sides)
    return {
        "name": comparison.name,
        "label": comparison.description or comparison.name,
        "level": None if level.is_missing else str(numbers[label]),
        "level_label": label,
        "bits": bits,
        "left": left,
        "right": right,
    }
