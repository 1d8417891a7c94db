"""The outbox: deliveries written in the transaction of their cause."""

from collections.abc import Iterable
from datetime import datetime

from data.records import ContactPoint, Delivery, content_id
from routing.rules import VERSION, Recipient


def deliveries(
    subject: tuple[str, str, int],
    recipients: Iterable[Recipient],
    *,
    desks: dict[str, ContactPoint],
    at: datetime,
) -> list[Delivery]:
    """Make one delivery for each recipient.

    `subject` is the kind, id and version of what is told; `desks` maps agencies
    to their contact points. The id follows from subject, agency and action, so the
    same cause never tells anyone twice.
    """
    kind, subject_id, version = subject
    return [
        Delivery(
            id=content_id("dlv", kind, subject_id, version, who.agency_id, who.action),
            subject_kind=kind,
            subject_id=subject_id,
            subject_version=version,
            agency_id=who.agency_id,
            contact_point_id=desks[who.agency_id].id,
            role=who.role,
            action=who.action,
            reason=who.reason,
            rules_version=VERSION,
            created_at=at,
        )
        for who in recipients
    ]
