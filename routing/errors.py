"""What can go wrong at the desk.

::

    RoutingError
    ├── UnknownAgency       an agency that is not in the directory
    ├── NobodyToTell        an agency without a contact point
    ├── ReportRefused       a report that cannot be kept as it is
    ├── ReportNotOpen       a change to a report that is closed
    ├── NotCompared         a question for similar reports to one that has none
    └── JudgementRefused    a verdict without what it needs
"""


class RoutingError(Exception):
    """The base of everything this package raises on purpose."""


class UnknownAgency(RoutingError):
    """There is no such agency in the directory."""

    def __init__(self, agency_id: str) -> None:
        super().__init__(
            f"there is no agency {agency_id!r}: agencies are named by the county "
            "code of their jurisdiction, such as 10005"
        )
        self.agency_id = agency_id


class NobodyToTell(RoutingError):
    """An agency has no contact point, so that nobody there could be told."""

    def __init__(self, agency_id: str) -> None:
        super().__init__(
            f"agency {agency_id!r} has no contact point: enter one with it, or "
            "nobody there can be told of anything"
        )
        self.agency_id = agency_id


class ReportRefused(RoutingError):
    """A report that cannot be kept; the message says what is missing."""


class ReportNotOpen(RoutingError):
    """The report is closed or withdrawn already."""

    def __init__(self, report_id: str, state: str) -> None:
        super().__init__(f"report {report_id!r} is {state}: only an open one changes")
        self.report_id = report_id


class NotCompared(RoutingError):
    """Reports of this kind are compared with none, so none are similar."""

    def __init__(self, report_id: str, kind: str) -> None:
        super().__init__(
            f"report {report_id!r} is a {kind}: only persons, vehicles and thefts are "
            "compared with others"
        )
        self.report_id = report_id


class JudgementRefused(RoutingError):
    """A verdict that is not acceptable; the message says what it needs."""
