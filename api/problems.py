"""Errors as ``application/problem+json`` (RFC 9457), one table for all of them."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from data.errors import (
    ArchiveDamaged,
    ArchiveRefused,
    DataError,
    FileRefused,
    KeyReused,
    RecordNotFound,
    RowRefused,
    StaleVersion,
    StoreRefused,
)
from geo.errors import (
    BoundaryRefused,
    ColumnsRefused,
    CoordinateRefused,
    CrsMismatch,
    FenceRefused,
    GeoError,
    ReachRefused,
    SitesRefused,
    UncertaintyRefused,
)
from matching.errors import (
    MatchingError,
    ModelRefused,
    NoSuchThreshold,
    PlateRefused,
    TableRefused,
)
from matching.names.errors import NameRefused
from routing.errors import (
    JudgementRefused,
    NobodyToTell,
    NotCompared,
    ReportNotOpen,
    ReportRefused,
    RoutingError,
    UnknownAgency,
)

log = logging.getLogger(__name__)

TITLES: dict[str, str] = {
    "record-not-found": "There is no such record",
    "stale-version": "A newer version is kept already",
    "key-reused": "The same key was sent with different content",
    "idempotency-key-reused": "Another request had the same key",
    "idempotency-key-busy": "The same request is being worked on",
    "row-refused": "A row cannot be a record",
    "file-refused": "The file cannot be loaded",
    "store-refused": "The store cannot be used",
    "archive-refused": "The reads archive cannot take or give reads now",
    "archive-damaged": "A file of the reads archive is broken",
    "coordinate-refused": "These are not degrees in Taiwan",
    "crs-mismatch": "The coordinate system is missing or another one",
    "columns-refused": "The columns do not belong together",
    "boundary-refused": "The boundary file cannot be used",
    "fence-refused": "The fence cannot be watched",
    "uncertainty-refused": "The error of the location cannot be used",
    "reach-refused": "The reach cannot be worked out",
    "sites-refused": "The question about sites cannot be answered",
    "plate-refused": "This is no plate",
    "model-refused": "The model cannot be used",
    "name-refused": "This is no name",
    "table-refused": "The table cannot be linked",
    "no-such-threshold": "No threshold brings so few false alerts",
    "unknown-agency": "There is no such agency",
    "nobody-to-tell": "An agency has no contact point",
    "report-refused": "The report cannot be kept as it is",
    "report-not-open": "The report is not open",
    "not-compared": "Reports of this kind are compared with none",
    "judgement-refused": "The judgement cannot be kept as it is",
    "bad-request": "The request cannot be read",
    "body-too-large": "The body is too large",
    "unsupported-type": "The body is of another type",
    "invalid": "The request does not have the right shape",
    "not-found": "There is nothing at this address",
    "method-not-allowed": "Not with this method",
    "internal": "Something went wrong here",
}
"""Every kind of problem; its page is docs/problems.md under the same heading."""

PROBLEMS: dict[type[Exception], tuple[HTTPStatus, str]] = {
    RecordNotFound: (HTTPStatus.NOT_FOUND, "record-not-found"),
    StaleVersion: (HTTPStatus.CONFLICT, "stale-version"),
    KeyReused: (HTTPStatus.CONFLICT, "key-reused"),
    RowRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "row-refused"),
    FileRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "file-refused"),
    StoreRefused: (HTTPStatus.SERVICE_UNAVAILABLE, "store-refused"),
    ArchiveRefused: (HTTPStatus.SERVICE_UNAVAILABLE, "archive-refused"),
    ArchiveDamaged: (HTTPStatus.SERVICE_UNAVAILABLE, "archive-damaged"),
    CoordinateRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "coordinate-refused"),
    CrsMismatch: (HTTPStatus.UNPROCESSABLE_ENTITY, "crs-mismatch"),
    ColumnsRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "columns-refused"),
    BoundaryRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "boundary-refused"),
    FenceRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "fence-refused"),
    UncertaintyRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "uncertainty-refused"),
    ReachRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "reach-refused"),
    SitesRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "sites-refused"),
    PlateRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "plate-refused"),
    ModelRefused: (HTTPStatus.SERVICE_UNAVAILABLE, "model-refused"),
    NameRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "name-refused"),
    TableRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "table-refused"),
    NoSuchThreshold: (HTTPStatus.UNPROCESSABLE_ENTITY, "no-such-threshold"),
    UnknownAgency: (HTTPStatus.UNPROCESSABLE_ENTITY, "unknown-agency"),
    NobodyToTell: (HTTPStatus.SERVICE_UNAVAILABLE, "nobody-to-tell"),
    ReportRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "report-refused"),
    ReportNotOpen: (HTTPStatus.CONFLICT, "report-not-open"),
    NotCompared: (HTTPStatus.CONFLICT, "not-compared"),
    JudgementRefused: (HTTPStatus.UNPROCESSABLE_ENTITY, "judgement-refused"),
}
"""Which error of ours answers with which status; a test holds it complete."""

TOLD: dict[type[Exception], str] = {
    RecordNotFound: "there is no {kind} of this id",
    StaleVersion: "version {kept} is kept: read it again and repeat the change",
    KeyReused: "a {kind} is kept under the same key with different content: "
    "use a new key, or close the first one",
    UnknownAgency: "there is no such agency: agencies are named by the county code of "
    "their jurisdiction, such as 10005",
    FenceRefused: "the {kind} of the fence cannot be as it was sent: the page of this "
    "problem says what is allowed",
    ReachRefused: "the {field} cannot be used: the page of this problem says what can",
    SitesRefused: "the {kind} cannot be used: the page of this problem says what can",
    ReportNotOpen: "only an open report changes, and this one is over",
    NotCompared: "only persons, vehicles and thefts are compared with others",
    StoreRefused: "the store cannot be used just now: try again in a second",
    ArchiveDamaged: "the reads archive must be restored: the service's log says more",
    ArchiveRefused: "nothing of this was kept ({kind}): send it again in a moment",
}
"""What is said over HTTP of errors whose own message repeats what was sent."""

BASES = (DataError, GeoError, MatchingError, RoutingError)


class BadBody(Exception):
    """A body that cannot be read; `slug` is one of `TITLES`."""

    def __init__(
        self,
        status: HTTPStatus,
        slug: str,
        detail: str,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.headers = headers
        self.status = status
        self.slug = slug
        self.errors = errors


def problem(
    status: HTTPStatus,
    slug: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    """Return a problem document."""
    content: dict[str, Any] = {
        "type": f"/problems/{slug}",
        "title": TITLES[slug],
        "status": int(status),
        "detail": detail,
    } | more
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": "1"} | dict(headers or {})
    return JSONResponse(
        content,
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def add_handlers(app: FastAPI) -> None:
    """Teach an app to answer errors with problem documents."""
    for base in BASES:
        app.add_exception_handler(base, _ours)
    app.add_exception_handler(BadBody, _bad_body)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)


def _ours(request: Request, error: Exception) -> JSONResponse:
    status, slug = PROBLEMS[type(error)]
    kind = getattr(error, "kind", None)
    more = {"note": kind} if isinstance(error, CoordinateRefused) else {}
    return problem(status, slug, _without_input(error), **more)


def _without_input(error: Exception) -> str:
    """Tell what is wrong without the texts that were sent, or a path of ours."""
    for kind, told in TOLD.items():
        if isinstance(error, kind):
            return told.format_map(vars(error))
    return str(error)


def _bad_body(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, BadBody):
        raise error
    more: dict[str, object] = {"errors": error.errors} if error.errors else {}
    return problem(error.status, error.slug, str(error), headers=error.headers, **more)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Say which parameter is wrong and why, never what was sent."""
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [
        {"parameter": str(found["loc"][-1]), "detail": found["msg"]}
        for found in error.errors()
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "see errors", errors=errors
    )


def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    slug = {404: "not-found", 405: "method-not-allowed"}.get(status, "bad-request")
    return problem(status, slug, status.phrase, headers=error.headers)


def _internal(request: Request, error: Exception) -> JSONResponse:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "the service's log says more under this time",
    )
