"""Reading request bodies: capped while they come, strict about what they hold."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import ClientDisconnect

from api.problems import BadBody

Shape = TypeVar("Shape", bound=BaseModel)

SMALL = 256 * 1024
LARGE = 32 * 1024 * 1024
"""Caps in bytes: one record, and one batch of reads."""

BODY_S = 10.0
"""How long a body may take to come; who sends slower holds a place for nothing."""

MOST_FAULTS = 20
"""How many faults of one body are told."""

JSON = "application/json"
NDJSON = "application/x-ndjson"
ARROW = "application/vnd.apache.arrow.stream"


class Strict(BaseModel):
    """A body's shape: no coercion, no NaN, no unknown field."""

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, frozen=True
    )


async def read_body(request: Request, cap: int) -> bytes:
    """Read a body, giving up as soon as it is larger than `cap` bytes.

    Raises
    ------
    BadBody
    """
    try:
        async with asyncio.timeout(BODY_S):
            return await _read_all(request, cap)
    except TimeoutError:
        raise BadBody(
            HTTPStatus.REQUEST_TIMEOUT,
            "bad-request",
            f"the body did not come within {BODY_S:.0f} s: send it in parts",
        ) from None
    except ClientDisconnect:
        raise BadBody(
            HTTPStatus.BAD_REQUEST, "bad-request", "the body ended too early"
        ) from None


async def _read_all(request: Request, cap: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > cap:
            raise BadBody(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "body-too-large",
                f"the body is larger than {cap} bytes: send it in parts",
            )
        parts.append(part)
    return b"".join(parts)


def content_type(request: Request, *accepted: str) -> str:
    """Return the body's media type.

    Anything but the accepted ones is refused, which also keeps other sites'
    pages from posting here: a browser asks us first before it sends these types.

    Raises
    ------
    BadBody
    """
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given not in accepted:
        raise BadBody(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unsupported-type",
            f"send Content-Type: {' or '.join(accepted)}",
        )
    return given


def parse_json(raw: bytes) -> Any:  # noqa: ANN401
    """Parse JSON, refusing NaN, infinities, lone surrogates and deep nesting.

    Raises
    ------
    BadBody
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadBody(
            HTTPStatus.BAD_REQUEST, "bad-request", f"no valid JSON: {error.msg}"
        ) from None


def shaped(shape: type[Shape], raw: bytes) -> Shape:
    """Parse a body into its shape; the answer to a bad one never echoes it.

    Raises
    ------
    BadBody
    """
    parse_json(raw)
    _require_unique_names(raw)
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        raise BadBody(
            HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "see errors", faults_of(error)
        ) from None


def _require_unique_names(raw: bytes) -> None:
    """Refuse an object with two members of one name, of which the last would win."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise BadBody(
                HTTPStatus.BAD_REQUEST, "bad-request", "two members have the same name"
            )
        return members

    try:
        json.loads(raw, object_pairs_hook=unique, parse_int=str, parse_float=str)
    except RecursionError:
        raise too_deep() from None


def too_deep() -> BadBody:
    """Make the error for JSON that is nested deeper than any body of ours."""
    detail = "the JSON is nested too deeply"
    return BadBody(HTTPStatus.BAD_REQUEST, "bad-request", detail)


def faults_of(error: ValidationError) -> list[dict[str, str]]:
    """Say where a body is not of its shape and why, never what was sent.

    A field that is not known has the pointer of the object it stands in, since its
    name is the sender's own text.
    """
    found = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
    return [
        {"pointer": pointer_of(one["loc"][:-1]), "detail": "holds an unknown field"}
        if one["type"] == "extra_forbidden"
        else {"pointer": pointer_of(one["loc"]), "detail": one["msg"]}
        for one in found
    ]


def pointer_of(location: tuple[int | str, ...]) -> str:
    """Write a location as a JSON pointer (RFC 6901)."""
    return "".join(
        "/" + str(part).replace("~", "~0").replace("/", "~1") for part in location
    )


def body_of(shape: type[Shape]) -> Callable[[Request], Awaitable[Shape]]:
    """Make a dependency that reads a JSON body of this shape."""

    async def read(request: Request) -> Shape:
        content_type(request, JSON)
        return shaped(shape, await read_body(request, SMALL))

    return read


def documented(shape: type[BaseModel], *, is_batch: bool = False) -> dict[str, Any]:
    """Describe a body of this shape, or a batch of them, for the OpenAPI document."""
    schema = schema_of(shape)
    content = {JSON: {"schema": schema}}
    if is_batch:
        content = {
            JSON: {"schema": {"type": "array", "items": schema}},
            NDJSON: {"schema": schema | {"description": "one a line"}},
            ARROW: {"schema": {"type": "string", "format": "binary"}},
        }
    return {"requestBody": {"required": True, "content": content}}


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a shape with the shapes in it written out."""
    schema = shape.model_json_schema()
    parts = schema.pop("$defs", {})
    text = json.dumps(schema)
    for name, part in parts.items():
        ref = json.dumps({"$ref": f"#/$defs/{name}"})
        text = text.replace(ref, json.dumps(part))
    written: dict[str, Any] = json.loads(text)
    return written
