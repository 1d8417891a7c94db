"""The app: routes, the page, errors and headers, put together."""

import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.problems import add_handlers
from api.routes import health, leads, places, reads, reports
from api.service import Service, open_service, release
from api.settings import read_settings

WEB = Path(__file__).resolve().parent.parent / "web"

HOSTS = ["127.0.0.1", "localhost"]
"""Names we answer to; anything else is a page that was tricked into asking us."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

for suffix, kind in {".js": "text/javascript", ".mjs": "text/javascript"}.items():
    mimetypes.add_type(kind, suffix)


def create_app(service: Service, *, hosts: list[str] | None = None) -> FastAPI:
    """Make the app around a service; closing the app closes the service."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(
        title="lianfang 聯防",
        version=release(),
        description="Cross-county case matching. A lead is never a verdict.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    add_handlers(app)
    for module in (health, places, reads, reports, leads):
        app.include_router(module.router)
    app.add_api_route("/", _page, include_in_schema=False)
    app.mount("/web", StaticFiles(directory=WEB), name="web")
    app.add_middleware(GZipMiddleware, minimum_size=2048)
    app.middleware("http")(_add_headers)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts or HOSTS)
    return app


def app_from_environment() -> FastAPI:
    """Make the app that the settings in the environment describe."""
    return create_app(open_service(read_settings()))


def _page() -> FileResponse:
    return FileResponse(WEB / "index.html")


async def _add_headers(
    request: Request, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await answer(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "cache-control" not in response.headers and request.url.path[:5] != "/web/":
        response.headers["Cache-Control"] = "no-store"
    return response
