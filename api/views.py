"""Records to what is shown over HTTP."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from api.delivery_shapes import DeliveryOut
from api.lead_shapes import (
    CameraOnTheWay,
    ExplanationOut,
    JudgementOut,
    LeadOut,
    LeadReadOut,
    LeadWithWay,
    RecipientOut,
    SimilarOut,
)
from api.person_shapes import ContactOut, contact_out, person_out
from api.service import Service
from api.shapes import (
    AgencyOut,
    BorderOut,
    CameraOut,
    PlaceOut,
    ReadOut,
    ReportOut,
    VehicleOut,
)
from api.site_index import where
from data import queries
from data.records import (
    Agency,
    Delivery,
    Judgement,
    Lead,
    LeadKind,
    LeadRead,
    LeadState,
    Read,
    Report,
    Site,
    Vehicle,
)
from data.store import Transaction
from geo.boundaries import Place
from geo.distance import speed_kmh
from routing.incidents import late_s
from routing.pairing.leads import Similar
from routing.screening import between_m, point_of

DETOUR = 1.15
"""A camera is on the way when passing it makes the straight way at most 15 % longer."""


class Views:
    """Shows records with the names of their agencies, counties and cameras."""

    def __init__(self, service: Service, tx: Transaction) -> None:
        self._service = service
        self._tx = tx
        self._agencies = {agency.id: agency for agency in tx.find(Agency)}

    def leads(self, leads: Iterable[Lead]) -> list[LeadOut]:
        """Show leads, each with its report, read, recipients and judgements."""
        kept = list(leads)
        of = ((lead.report_id, lead.other_report_id) for lead in kept)
        reports = self._tx.get_all(Report, (one for two in of for one in two if one))
        passed = self._passed(lead.id for lead in kept)
        ids = [one.read_id for found in passed.values() for one in found]
        ids += [lead.read_id for lead in kept if lead.read_id]
        reads = self._tx.get_all(Read, ids)
        cameras = self._tx.get_all(Site, (read.camera_id for read in reads.values()))
        told = self._told(lead.id for lead in kept)
        judged = self._judged(lead.id for lead in kept)
        return [
            LeadOut.model_validate(
                _own(lead)
                | _way(lead, reports, reads)
                | {
                    "report": self.report(reports[lead.report_id]),
                    "other_report": self._other(lead, reports),
                    "read": self._read(reads[lead.read_id], cameras)
                    if lead.read_id
                    else None,
                    "contacts": _contacts(lead, reports),
                    "reads": [
                        _lead_read(one, lead, self._read(reads[one.read_id], cameras))
                        for one in passed[lead.id]
                    ],
                    "recipients": [self._recipient(one) for one in told[lead.id]],
                    "judgements": [_judgement(one) for one in judged[lead.id]],
                }
            )
            for lead in kept
        ]

    def lead(self, lead: Lead) -> LeadWithWay:
        """Show one lead, with the cameras on the way that did not read the plate."""
        shown, cameras = self.leads([lead])[0], []
        if lead.read_id is not None:
            report = self._tx.get(Report, lead.report_id)
            cameras = self._cameras_between(report, self._tx.get(Read, lead.read_id))
        return LeadWithWay(**dict(shown), cameras_on_the_way=cameras)

    def similar(self, found: Similar) -> SimilarOut:
        """Show a report that may tell of the same person."""
        return SimilarOut(
            report=self.report(found.report),
            weight_bits=found.explanation["total_bits"],
            probability=found.explanation["probability"],
            explanation=ExplanationOut.model_validate(found.explanation),
            lead=found.lead.id if found.lead else None,
        )

    def _other(self, lead: Lead, reports: dict[str, Report]) -> ReportOut | None:
        other = lead.other_report_id
        return self.report(reports[other]) if other else None

    def report(self, report: Report) -> ReportOut:
        """Show a report."""
        spot = report.spot
        return ReportOut(
            id=report.id,
            kind=report.kind,
            state=report.state,
            version=report.version,
            agency=self.agency(report.agency_id),
            case_number=report.case_number,
            category=report.category,
            reported_at=report.reported_at,
            event_from=report.event_from,
            event_to=report.event_to,
            place=spot.address,
            lng=spot.lng,
            lat=spot.lat,
            error_m=spot.error_m,
            county=self._service.named(spot.county_code),
            town=self._service.named(spot.town_code),
            vehicle=_vehicle(report.vehicle),
            person=person_out(report.person),
            text=report.text,
            has_contact=report.contact is not None,
            synthetic=report.synthetic,
            closed_reason=report.closed_reason,
        )

    def agency(self, agency_id: str) -> AgencyOut:
        """Show an agency by its name."""
        known = self._agencies.get(agency_id)
        return AgencyOut(id=agency_id, name=known.name if known else agency_id)

    def delivery(self, delivery: Delivery) -> DeliveryOut:
        """Show a row of the outbox."""
        return DeliveryOut(
            id=delivery.id,
            subject_kind=delivery.subject_kind,
            subject_id=delivery.subject_id,
            subject_version=delivery.subject_version,
            agency=self.agency(delivery.agency_id),
            role=delivery.role,
            action=delivery.action,
            reason=delivery.reason,
            rules_version=delivery.rules_version,
            created_at=delivery.created_at,
            state=delivery.state,
        )

    def _read(self, read: Read, cameras: dict[str, Site]) -> ReadOut:
        camera = cameras.get(read.camera_id)
        return ReadOut(
            id=read.id,
            at=read.at,
            received_at=read.received_at,
            late=read.late,
            plate_raw=read.plate_raw,
            confidence=read.confidence,
            vehicle_type=read.vehicle_type,
            colour=read.colour,
            lng=read.spot.lng,
            lat=read.spot.lat,
            county=self._service.named(read.spot.county_code),
            town=self._service.named(read.spot.town_code),
            camera=CameraOut(
                id=read.camera_id, name=camera.name if camera else read.camera_id
            ),
        )

    def _recipient(self, delivery: Delivery) -> RecipientOut:
        agency = self._agencies.get(delivery.agency_id)
        return RecipientOut(
            delivery_id=delivery.id,
            agency=self.agency(delivery.agency_id),
            county=self._service.named(agency.county_code if agency else None),
            role=delivery.role,
            action=delivery.action,
            reason=delivery.reason,
            state=delivery.state,
        )

    def _told(self, lead_ids: Iterable[str]) -> dict[str, list[Delivery]]:
        told: dict[str, list[Delivery]] = defaultdict(list)
        query = queries.deliveries_of(lead_ids)
        for delivery in self._tx.select(Delivery, query):
            told[delivery.subject_id].append(delivery)
        return told

    def _passed(self, lead_ids: Iterable[str]) -> dict[str, list[LeadRead]]:
        passed: dict[str, list[LeadRead]] = defaultdict(list)
        for one in self._tx.select(LeadRead, queries.reads_of_leads(lead_ids)):
            passed[one.lead_id].append(one)
        return passed

    def _judged(self, lead_ids: Iterable[str]) -> dict[str, list[Judgement]]:
        judged: dict[str, list[Judgement]] = defaultdict(list)
        query = queries.judgements_of(lead_ids)
        for judgement in self._tx.select(Judgement, query):
            judged[judgement.lead_id].append(judgement)
        return judged

    def _cameras_between(self, report: Report, read: Read) -> list[CameraOnTheWay]:
        start, end = point_of(report.spot), point_of(read.spot)
        if start is None or end is None:
            return []
        index = self._service.sites()
        wanted = where(reads_plates=True)
        near = index.points.along(start=start, end=end, ratio=DETOUR, where=wanted)
        rows = index.rows_of(near.ids)
        watch = self._service.desk.watch
        seen = watch.cameras_that_read(read.plate, report.event_from, read.at)
        return [
            CameraOnTheWay(
                id=row["id"],
                name=row["name"],
                lng=row["lng"],
                lat=row["lat"],
                county=self._service.named(row["county_code"]),
            )
            for row in rows
            if row["id"] not in seen and row["id"] != read.camera_id
        ]


def place_out(service: Service, place: Place) -> PlaceOut:
    """Show whose a point is, and how far the next county."""
    border = None
    if place.county is not None:
        found = service.boundaries.border(lng=place.lng, lat=place.lat)
        county = service.named(found.code) if found else None
        if found is not None and county is not None:
            border = BorderOut(metres=found.metres, county=county)
    return PlaceOut(
        lng=place.lng,
        lat=place.lat,
        county=service.named(place.county.code if place.county else None),
        town=service.named(place.town.code if place.town else None),
        village=service.named(place.village.code if place.village else None),
        counties=[one for c in place.counties if (one := service.named(c.code))],
        note=place.note,
        why=place.why,
        why_zh=place.why_zh,
        border=border,
    )


def cursor_of(at: datetime, record_id: str) -> str:
    """Write where a page ended."""
    return f"{at.astimezone(UTC).isoformat()}~{record_id}"


def _own(lead: Lead) -> dict[str, object]:
    return {
        "id": lead.id,
        "kind": lead.kind,
        "state": lead.state,
        "level": lead.level,
        "created_at": lead.created_at,
        "at": lead.at,
        "late_s": late_s(lead) if lead.read_id else None,
        "must_verify": lead.explanation["expired"],
        "weight_bits": lead.weight_bits,
        "probability": lead.probability,
        "explanation": ExplanationOut.model_validate(dict(lead.explanation)),
    }


def _lead_read(one: LeadRead, lead: Lead, read: ReadOut) -> LeadReadOut:
    return LeadReadOut(
        read=read,
        weight_bits=one.weight_bits,
        probability=one.probability,
        level=one.level,
        explains=one.read_id == (lead.explained_read_id or lead.read_id),
        bridges=list(one.bridges),
    )


def _way(
    lead: Lead, reports: dict[str, Report], reads: dict[str, Read]
) -> dict[str, object]:
    """Say how far and how long it is from the event to the read, or to the finding."""
    report = reports[lead.report_id]
    if lead.read_id is not None:
        end, at = reads[lead.read_id].spot, reads[lead.read_id].at
    else:
        other = reports[str(lead.other_report_id)]
        end, at = other.spot, other.event_from
    metres = between_m(report.spot, end)
    seconds = (at - report.event_from).total_seconds()
    speed = None if metres is None or seconds <= 0 else speed_kmh(metres, seconds)
    return {"distance_m": metres, "seconds_since": seconds, "speed_kmh": speed}


def _contacts(lead: Lead, reports: dict[str, Report]) -> list[ContactOut]:
    """Say whom to call, once both sides have confirmed that it is one person."""
    is_confirmed = lead.state is LeadState.POSITIVE and lead.kind is LeadKind.PERSON
    if lead.other_report_id is None or not is_confirmed:
        return []
    sides = (reports[one] for one in (lead.report_id, lead.other_report_id))
    return [contact_out(one.id, one.contact) for one in sides if one.contact]


def _judgement(judgement: Judgement) -> JudgementOut:
    return JudgementOut(
        verdict=judgement.verdict,
        by=judgement.judged_by,
        agency_id=judgement.agency_id,
        at=judgement.at,
        comment=judgement.comment,
        compared=list(judgement.compared),
    )


def _vehicle(vehicle: Vehicle | None) -> VehicleOut | None:
    if vehicle is None:
        return None
    return VehicleOut(
        plate=vehicle.plate,
        type=vehicle.type,
        colour=vehicle.colour,
        make=vehicle.make,
        model=vehicle.model,
        marks=vehicle.marks,
    )
