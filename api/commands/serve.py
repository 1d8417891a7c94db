"""`lianfang serve`: the service and its page, on this machine only."""

import asyncio
import contextlib
import socket
from threading import Thread

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from api.app import create_app
from api.errors import PortTaken
from api.service import Service
from api.settings import Settings
from api.warming import warm_up

HOST = "127.0.0.1"

NOTICE = (
    "Bound to 127.0.0.1 only: nobody has to log in yet, so no other machine may ask. "
    "Put no real case data in."
)


def require_port(port: int) -> None:
    """Refuse a port that cannot be listened on, before any work is done.

    Raises
    ------
    PortTaken
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(HOST, port) from error


def serve(service: Service, *, port: int, settings: Settings | None = None) -> None:
    """Serve until interrupted; headers must come within 5 s (slow callers are shed)."""
    server = Server(
        create_app(service, settings=settings),
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=5000),
        websockets=False,
        backlog=1024,
        backpressure=256,
        log_enabled=False,
    )
    Thread(target=warm_up, name="warming", daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(server.serve())
