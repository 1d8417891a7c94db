"""What a person's verdict on a lead needs, and what the verdicts say together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from data.records import Judgement, LeadKind, LeadState, Report, Verdict
from routing.errors import JudgementRefused
from routing.pairing.kinds import PAIR_KIND

COMPARED = ("plate", "vehicle", "list")
"""What must have been compared before a lead of a read may be called positive; for
pairs of reports see `routing.pairing.kinds`."""


def require_signed(judgement: Judgement) -> None:
    """Refuse a verdict that nobody signed.

    Raises
    ------
    JudgementRefused
    """
    if not judgement.judged_by.strip():
        raise JudgementRefused("a judgement needs the name of who judged")


def require_complete(
    judgement: Judgement, kind: LeadKind, sides: Sequence[Report]
) -> None:
    """Refuse a positive verdict without comparing, and one on other agencies' reports.

    Parameters
    ----------
    sides
        The report of a read's lead, which everybody may judge; the two of a pair's.

    Raises
    ------
    JudgementRefused
    """
    agencies = sorted({report.agency_id for report in sides})
    pair = PAIR_KIND.get(kind)
    if pair is not None and judgement.agency_id not in agencies:
        raise JudgementRefused(
            f"only {' and '.join(agencies)} can judge this pair: the reports are theirs"
        )
    wanted = COMPARED if pair is None else pair.compared
    missing = sorted(set(wanted) - set(judgement.compared))
    if judgement.verdict is Verdict.POSITIVE and missing:
        *most, last = wanted
        every = f"{', '.join(most)} and {last} were" if most else f"{last} was"
        raise JudgementRefused(
            f"not compared yet: {', '.join(missing)}; a lead is positive only after "
            f"{every} compared"
        )


def state_of(said: Iterable[Judgement], sides: Sequence[Report]) -> LeadState:
    """Return what the verdicts say together, the last one last.

    Of a read's lead the last verdict counts. Of a pair the last one of each agency
    that has a report: one no is enough, for yes it takes both.
    """
    verdicts = list(said)
    if len(sides) < 2:
        return LeadState(verdicts[-1].verdict.value)
    last = {one.agency_id: one.verdict for one in verdicts}
    both = {last.get(report.agency_id) for report in sides}
    if Verdict.NEGATIVE in both:
        return LeadState.NEGATIVE
    if both == {Verdict.POSITIVE}:
        return LeadState.POSITIVE
    return LeadState.UNSURE if Verdict.UNSURE in both else LeadState.UNVERIFIED


def says_the_same(left: Judgement, right: Judgement) -> bool:
    """Tell whether two judgements differ in nothing but id and time."""
    return replace(left, id="", at=right.at) == replace(right, id="")
