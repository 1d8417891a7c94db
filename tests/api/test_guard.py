"""Our own names only, and the headers of every answer."""

import pytest

from api.guard import HEADERS


@pytest.mark.parametrize("path", ["/healthz", "/", "/web/index.html", "/nowhere"])
def test_every_answer_has_the_headers_that_protect_the_page(client, path):
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_page_that_calls_us_by_another_name_is_refused_with_the_same_headers(client):
    answer = client.get("/healthz", headers={"Host": "evil.example:8000"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/bad-request"
    assert (
        answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    )


def test_our_own_names_are_answered_with_any_port(client):
    for host in ("testserver", "testserver:8000"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_only_what_never_changes_may_be_kept_by_a_browser(client):
    assert client.get("/leads").headers["Cache-Control"] == "no-store"
    assert client.get("/web/index.html").headers.get("Cache-Control") != "no-store"
