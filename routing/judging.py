"""What a person's verdict on a lead needs."""

from dataclasses import replace

from data.records import Judgement, Verdict
from routing.errors import JudgementRefused

COMPARED = frozenset({"plate", "vehicle", "list"})
"""What a person must have compared before a lead may be called positive."""


def require_complete(judgement: Judgement) -> None:
    """Refuse a positive verdict without comparing, and any that nobody signed.

    Raises
    ------
    JudgementRefused
    """
    missing = sorted(COMPARED - set(judgement.compared))
    if judgement.verdict is Verdict.POSITIVE and missing:
        raise JudgementRefused(
            f"not compared yet: {', '.join(missing)}; a lead is positive only "
            "after plate, vehicle and list were compared"
        )
    if not judgement.judged_by.strip():
        raise JudgementRefused("a judgement needs the name of who judged")


def says_the_same(left: Judgement, right: Judgement) -> bool:
    """Tell whether two judgements differ in nothing but id and time."""
    return replace(left, id="", at=right.at) == replace(right, id="")
