"""What is shown of missing and found persons."""

from datetime import date

from pydantic import BaseModel

from data.records import Contact, Person


class PersonOut(BaseModel):
    """A person as described."""

    name: str | None
    sex: str | None
    birth_date: date | None
    age_from: int | None
    age_to: int | None
    height_cm: float | None
    build: str | None
    clothing: str | None
    marks: str | None
    dementia: bool | None


class ContactOut(BaseModel):
    """Whom to call, and about which report."""

    report_id: str
    name: str
    phone: str
    relation: str | None


def person_out(person: Person | None) -> PersonOut | None:
    """Show a person."""
    if person is None:
        return None
    shown = {name: getattr(person, name) for name in PersonOut.model_fields}
    return PersonOut(**shown)


def contact_out(report_id: str, contact: Contact) -> ContactOut:
    """Show whom to call."""
    return ContactOut(
        report_id=report_id,
        name=contact.name,
        phone=contact.phone,
        relation=contact.relation,
    )
