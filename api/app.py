"""The app: routes, the page, errors and headers, put together."""

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from api.bodies import schema_of
from api.guard import Guard
from api.inbox import watched_inbox
from api.problems import add_handlers
from api.routes import (
    health,
    hot_list,
    leads,
    places,
    reach,
    reads,
    reports,
    sites,
    written,
)
from api.service import Service, release
from api.settings import Settings
from api.shapes import ProblemOut

WEB = Path(__file__).resolve().parent.parent / "web"

HOSTS = ["127.0.0.1", "localhost"]
"""Names we answer to; anything else is a page that was tricked into asking us."""

PROBLEM: dict[str, Any] = {
    "description": "A problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": schema_of(ProblemOut)}},
}

for suffix, kind in {".js": "text/javascript", ".mjs": "text/javascript"}.items():
    mimetypes.add_type(kind, suffix)


def create_app(
    service: Service,
    *,
    hosts: list[str] | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """Make the app around a service; closing the app closes the service.

    With settings that name an inbox, files are taken from it meanwhile.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with watched_inbox(service, settings):
            yield
        service.close()

    app = FastAPI(
        title="lianfang 聯防",
        version=release(),
        description="Cross-county case matching. A lead is never a verdict.",
        lifespan=lifespan,
        responses={"4XX": PROBLEM, "5XX": PROBLEM},
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    add_handlers(app)
    query = (health, places, sites, written, reach)
    for module in (*query, reads, reports, hot_list, leads):
        app.include_router(module.router)
    app.add_api_route("/", _page, include_in_schema=False)
    app.mount("/web", StaticFiles(directory=WEB), name="web")
    app.add_middleware(GZipMiddleware, minimum_size=2048)
    app.add_middleware(Guard, hosts=frozenset(hosts or HOSTS))
    return app


def _page() -> FileResponse:
    return FileResponse(WEB / "index.html")
