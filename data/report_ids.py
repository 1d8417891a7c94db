"""How reports are named, so that one case is one report however it is written."""

import unicodedata

from data.records import content_id


def report_id(agency_id: str, case_number: str, plate: str | None) -> str:
    """Name the report of a vehicle: one for each plate of an agency's case.

    Width, case, dashes and spaces of the plate make no difference.
    """
    narrow = unicodedata.normalize("NFKC", plate or "").upper()
    own = "".join(character for character in narrow if character.isalnum())
    return content_id("report", agency_id, case_number.strip(), own)
