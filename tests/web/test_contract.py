"""What the page says it reads is what the service sends."""

import re
from pathlib import Path

import pytest

from api import lead_shapes, person_shapes, shapes
from api.inputs import JudgementIn
from data.records import LeadKind
from routing.judging import COMPARED
from routing.pairing.kinds import PAIR_KINDS

WEB = Path(__file__).resolve().parents[2] / "web"
CONTRACT = WEB / "contract.d.ts"
SENT = {
    "Summary": shapes.SummaryOut,
    "Vehicle": shapes.VehicleOut,
    "Person": person_shapes.PersonOut,
    "Report": shapes.ReportOut,
    "Read": shapes.ReadOut,
    "Comparison": lead_shapes.ComparisonOut,
    "Explanation": lead_shapes.ExplanationOut,
    "Recipient": lead_shapes.RecipientOut,
    "Judgement": lead_shapes.JudgementOut,
    "LeadRead": lead_shapes.LeadReadOut,
    "Contact": person_shapes.ContactOut,
    "PersonLead": lead_shapes.LeadWithWay,
    "VehicleLead": lead_shapes.LeadWithWay,
    "IncidentLead": lead_shapes.LeadWithWay,
    "ReadLead": lead_shapes.LeadWithWay,
    "LeadPage": lead_shapes.LeadsPage,
    "JudgementBody": JudgementIn,
}


def fields_of(interface: str) -> set[str]:
    """Return the names of an interface's fields, those it extends included."""
    text = re.sub(r"^\s*(//|/\*\*).*$", "", CONTRACT.read_text("utf-8"), flags=re.M)
    begin = rf"interface {interface}(?: extends (\w+))? "
    found = re.search(begin + r"\{(.*?)\}\n", text, re.S)
    assert found, f"{interface} is not in {CONTRACT.name}"
    base, body = found.groups()
    flat = re.sub(r"\{[^{}]*\}", "{}", body)
    own = set(re.findall(r"(\w+)\??:", flat))
    return own | (fields_of(base) if base else set())


@pytest.mark.parametrize("interface", SENT)
def test_all_that_the_page_reads_is_sent(interface):
    assert fields_of(interface) <= set(SENT[interface].model_fields)


def test_the_page_tells_every_kind_of_lead():
    text = CONTRACT.read_text("utf-8")
    told = re.findall(r'extends LeadBase \{ kind: "(\w+)"', text)
    assert set(told) == {kind.value for kind in LeadKind}


def test_the_page_asks_for_the_ticks_that_the_service_wants():
    text = (WEB / "words.js").read_text("utf-8")
    table = re.search(r"TO_COMPARE = \{(.*?)\};", text, re.S)
    assert table
    rows = re.findall(r"(\w+): \[(.*?)\]", table[1])
    asked = {kind: re.findall(r'"(\w+)"', row) for kind, row in rows}
    wanted = {one.kind.value: list(one.compared) for one in PAIR_KINDS}
    assert asked == wanted | {"read": list(COMPARED)}
