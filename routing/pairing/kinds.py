"""Which reports may tell of one thing, and what follows when they do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.records import LeadKind, Report, ReportKind
from matching.linkage.settings import Model
from matching.persons import columns as persons
from matching.persons.model import model_title, person_model
from matching.thefts import columns as thefts
from matching.thefts.model import (
    incident_model,
    incident_title,
    vehicle_model,
    vehicle_title,
)

STOLEN = frozenset({ReportKind.STOLEN_VEHICLE})
THEFTS = STOLEN | {ReportKind.STOLEN_PLATE, ReportKind.THEFT, ReportKind.ROBBERY}


@dataclass(frozen=True, slots=True)
class PairKind:
    """One kind of pair.

    Attributes
    ----------
    kind
        Of its leads.
    left, right
        Kinds of reports on either side: what was lost, and what was found. The same for
        two reports of one incident.
    record_of
        Makes a record to compare of a report.
    model, title
        What they are compared by, and what it is called.
    on_file
        Assumed share of new reports whose other side is among the open ones.
    lead_from, action_from
        Probabilities from which a pair is shown, and from which it asks for action.
    against
        Comparisons that must not speak against a lead.
    every_up_to
        Up to so many open reports each is weighed; of more, those that a rule brings.
    told
        Why either side is told.
    compared
        What must have been compared before somebody says yes.
    confirmed
        With which reason both are closed when both sides say yes; None leaves them.
    """

    kind: LeadKind
    left: frozenset[ReportKind]
    right: frozenset[ReportKind]
    record_of: Callable[[Report], Mapping[str, str]]
    model: Callable[[], Model]
    title: Callable[[], str]
    on_file: float
    lead_from: float
    action_from: float
    told: tuple[str, str]
    compared: tuple[str, ...]
    against: tuple[str, ...] = ()
    every_up_to: int = 0
    confirmed: str | None = None

    @property
    def is_one(self) -> bool:
        """Whether both sides are reports of the same kinds."""
        return self.left == self.right

    @property
    def kinds(self) -> frozenset[ReportKind]:
        """All kinds of reports that it compares."""
        return self.left | self.right


PERSON = PairKind(
    kind=LeadKind.PERSON,
    left=frozenset({ReportKind.MISSING_PERSON}),
    right=frozenset({ReportKind.FOUND_PERSON}),
    record_of=persons.record_of,
    model=person_model,
    title=model_title,
    on_file=0.5,
    lead_from=0.02,
    action_from=0.5,
    told=(
        "案主：本局受理之失蹤人口，可能即他案尋獲之人，請比對身分",
        "尋獲地：本局受理之身分不明者，可能即他案失蹤人口，請比對身分",
    ),
    compared=("identity", "appearance", "report"),
    against=("sex",),
    every_up_to=5_000,
    confirmed="兩造確認為同一人",
)
VEHICLE = PairKind(
    kind=LeadKind.VEHICLE,
    left=STOLEN,
    right=frozenset({ReportKind.FOUND_VEHICLE}),
    record_of=thefts.record_of,
    model=vehicle_model,
    title=vehicle_title,
    on_file=0.5,
    lead_from=0.05,
    action_from=0.5,
    told=(
        "案主：本局受理之失竊車輛，可能即他案尋獲之車，請核對車身與引擎號碼",
        "尋獲地：本局尋獲之車輛，可能即他案失竊車輛，請核對車身與引擎號碼",
    ),
    compared=("vehicle", "report"),
    confirmed="兩造確認為同一車輛，已尋回",
)
INCIDENT = PairKind(
    kind=LeadKind.INCIDENT,
    left=THEFTS,
    right=THEFTS,
    record_of=thefts.record_of,
    model=incident_model,
    title=incident_title,
    on_file=0.05,
    lead_from=0.5,
    action_from=0.9,
    told=(
        "重複受理：本案可能與他案為同一事件，請先比對，勿計為連續案件",
        "重複受理：本案可能與他案為同一事件，請先比對，勿計為連續案件",
    ),
    compared=("report",),
)
PAIR_KINDS = (PERSON, VEHICLE, INCIDENT)

PAIR_KIND: Mapping[LeadKind, PairKind] = {one.kind: one for one in PAIR_KINDS}
"""By the kind of their leads; leads of reads have none."""
