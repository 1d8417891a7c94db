"""Serve the page with invented answers, under the product's own security headers.

``python tests/web/mock_server.py [--port N] [--boundaries DIR] [--leads N]`` prints its
address and serves until it is stopped. Standard library only.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import mock_data
import mock_pairs
import mock_thefts

WEB = Path(__file__).resolve().parents[2] / "web"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
}
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class World:
    """Everything the mock knows."""

    def __init__(self, count: int, boundaries: Path | None) -> None:
        self.leads = (
            mock_data.leads(count)
            + mock_pairs.pairs()
            + mock_thefts.vehicles()
            + mock_thefts.incidents()
            if count
            else []
        )
        self.sites = mock_data.sites({"camera": 420, "atm": 160, "station": 90})
        self.boundaries = boundaries

    def summary(self) -> dict:
        return {
            "reports": 214,
            "open_reports": 187,
            "reads": 48211,
            "leads": len(self.leads),
            "leads_by_state": dict(Counter(row["state"] for row in self.leads)),
            "deliveries": sum(len(row["recipients"]) for row in self.leads),
            "sites": {kind: len(rows) for kind, rows in self.sites.items()},
            "boundaries": {
                "vintage": "2021-09",
                "source": "內政部國土測繪中心（示範用簡化圖形）",
            },
            "synthetic": True,
            "first_at": "2026-11-01T00:00:00Z",
            "last_at": "2026-11-21T06:00:00Z",
        }

    def boundary(self, layer: str) -> dict:
        if self.boundaries:
            return json.loads((self.boundaries / f"{layer}.geojson").read_text("utf-8"))
        return mock_data.counties() if layer == "county" else mock_data.towns()

    def page(self, asked: dict[str, str]) -> dict:
        rows = sorted(self.leads, key=lambda row: row["at"], reverse=True)
        county = asked.get("county")
        rows = [
            {key: value for key, value in row.items() if key != "cameras_on_the_way"}
            for row in rows
            if asked.get("state", row["state"]) == row["state"]
            and asked.get("kind", row["kind"]) == row["kind"]
            and asked.get("level", row["level"]) == row["level"]
            and (not county or county in mock_pairs.counties(row))
        ]
        first, limit = int(asked.get("cursor", 0)), int(asked.get("limit", 100))
        more = first + limit < len(rows)
        return {
            "leads": rows[first : first + limit],
            "next": str(first + limit) if more else None,
        }

    def locate(self, lng: float, lat: float) -> dict:
        code = mock_data.county_at(lng, lat)
        county = mock_data.NAMED.get(code or "")
        town = {"code": f"{code}01", "name": mock_data.TOWNS[code]} if code else None
        return {
            "lng": lng,
            "lat": lat,
            "county": county,
            "town": town,
            "village": None,
            "counties": [county] if county else [],
            "note": "ok" if county else "sea",
            "why": "",
            "why_zh": "落在一個縣市之內。" if county else "最近的海岸在東方。",
            "border": {"metres": 1234.5, "county": mock_data.NAMED["10004"]}
            if county
            else None,
        }

    def nearest(self, asked: dict[str, str]) -> dict:
        lng, lat = float(asked["lng"]), float(asked["lat"])
        rows = [
            dict(
                row,
                metres=mock_data.metres(lng, lat, row["lng"], row["lat"]),
                county=mock_data.NAMED[row["county_code"]],
            )
            for row in self.sites[asked["kind"]]
        ]
        return {
            "sites": sorted(rows, key=lambda row: row["metres"])[
                : int(asked.get("k", 5))
            ]
        }

    def columns(self, kind: str) -> dict:
        names = ("id", "kind", "name", "lng", "lat", "county_code", "reads_plates")
        return {name: [row[name] for row in self.sites[kind]] for name in names}

    def judge(self, lead_id: str, body: dict) -> tuple[int, dict]:
        row = next(row for row in self.leads if row["id"] == lead_id)
        why = mock_pairs.refusal(row, body)
        if why:
            return 422, {
                "type": "/problems/not-compared",
                "title": why,
                "status": 422,
                "detail": "",
            }
        names = ("verdict", "by", "agency_id", "comment", "compared")
        row["judgements"].append(
            {key: body[key] for key in names} | {"at": "2026-11-21T06:30:00Z"}
        )
        if row["read"]:
            row["state"] = body["verdict"]
        else:
            mock_pairs.settle(row)
        return 200, row


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    world: World

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, asked = (
            unquote(parts.path),
            {k: v[0] for k, v in parse_qs(parts.query).items()},
        )
        if path == "/":
            self.file(WEB / "index.html")
        elif (
            path.startswith("/web/")
            and (WEB.parent / path[1:]).is_file()
            and ".." not in path
        ):
            self.file(WEB.parent / path[1:])
        else:
            self.json(*self.answer(path, asked))

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, dict]:
        world = self.world
        if path.startswith("/leads/"):
            found = [row for row in world.leads if row["id"] == path[7:]]
            if found:
                return 200, found[0]
        answers = {
            "/summary": world.summary,
            "/boundaries/county.geojson": lambda: world.boundary("county"),
            "/boundaries/town.geojson": lambda: world.boundary("town"),
            "/leads": lambda: world.page(asked),
            "/locate": lambda: world.locate(float(asked["lng"]), float(asked["lat"])),
            "/sites": lambda: world.columns(asked["kind"]),
            "/sites/nearest": lambda: world.nearest(asked),
        }
        if path in answers:
            return 200, answers[path]()
        return 404, {
            "type": "/problems/not-found",
            "title": "找不到",
            "status": 404,
            "detail": f"沒有 {path}",
        }

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.json(*self.world.judge(self.path.split("/")[2], body))

    def file(self, path: Path) -> None:
        self.send(
            200, TYPES.get(path.suffix, "application/octet-stream"), path.read_bytes()
        )

    def json(self, status: int, value: dict) -> None:
        kind = "application/json" if status == 200 else "application/problem+json"
        self.send(status, kind, json.dumps(value, ensure_ascii=False).encode())

    def send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("content-type", kind),
            ("content-length", str(len(body))),
            ("content-security-policy", CSP),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at the page."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--boundaries", type=Path)
    parser.add_argument("--leads", type=int, default=40)
    given = parser.parse_args()
    Handler.world = World(given.leads, given.boundaries)
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
