"""Every snippet runs: Python as written, ``curl`` against the app, commands by name."""

import doctest
import json
import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service
from data.reads.archive import Archive
from data.scenario import NIGHT_TO, script
from data.store import open_store
from routing.replay import set_up
from tools import docs

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BASE = "http://127.0.0.1:8000"


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, kind: str) -> list[str]:
    """The fenced blocks of one kind on a page."""
    fence = re.compile(rf"^ *```{kind}\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
    return fence.findall(page.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Command:
    """One command of a console block, with what it is said to print."""

    words: list[str]
    prints: str


def commands(page: Path) -> list[Command]:
    """The commands of a page's console blocks, continued lines joined."""
    found = []
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            found.append(_command(part))
    return found


def _command(part: str) -> Command:
    """Take as many lines as make the quotes meet; the rest is what is printed."""
    lines = part.splitlines()
    for end in range(1, len(lines) + 1):
        text = "\n".join(lines[:end])
        try:
            words = shlex.split(text.replace("\\\n", " "))
        except ValueError:
            continue
        if not text.endswith("\\"):
            return Command(words, "\n".join(lines[end:]))
    raise AssertionError(f"a command that never ends: {part}")


WITH = {
    kind: [page for page in PAGES if blocks(page, kind)]
    for kind in ("python", "console")
}


@pytest.mark.parametrize("page", WITH["python"], ids=named)
def test_python_snippets_run_and_print_what_is_written(page):
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        if ">>>" not in block:
            exec(compile(block, named(page), "exec"), names)
            continue
        parsed = doctest.DocTestParser().get_doctest(block, names, named(page), None, 0)
        told: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
        runner.run(parsed, out=told.append, clear_globs=False)
        names |= parsed.globs
        assert runner.failures == 0, "".join(told)


@pytest.mark.parametrize("page", WITH["console"], ids=named)
def test_commands_and_their_options_exist(page):
    known = docs.commands()
    for command in commands(page):
        words = command.words
        if Path(words[0]).name != "lianfang":
            continue
        name = next(n for n in (" ".join(words[1:3]), words[1]) if n in known)
        options = {opt for p in known[name].params for opt in p.opts}
        given = {word for word in words if word.startswith("--")}
        assert given <= options | {"--help"}, words


@pytest.mark.parametrize("page", WITH["console"], ids=named)
def test_make_targets_exist(page):
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for command in commands(page):
        if command.words[0] == "make":
            assert command.words[1] in targets


@pytest.fixture
def client(tmp_path, boundaries, clock, night):
    """The real app with the night's sites and its scripted theft."""
    service = Service(
        open_store(tmp_path / "x.db"),
        boundaries,
        archive=Archive(tmp_path / "reads"),
        now=clock,
    )
    set_up(service.desk, service.store, night)
    report = next(r for r in night.reports if r.case_number == script.CASE_NUMBER)
    service.desk.open_report(report)
    read = [r for r in night.reads if r.plate_raw == "BKO-5B26"]
    clock.at = read[0].received_at
    assert service.desk.record_reads(read).leads
    clock.at = NIGHT_TO
    with TestClient(create_app(service, hosts=["testserver"])) as caller:
        yield caller


@pytest.mark.parametrize("page", WITH["console"], ids=named)
def test_requests_are_answered_as_written(page, client):
    for command in commands(page):
        if command.words[0] != "curl":
            continue
        answer = send(client, command.words[1:])
        told = json.loads(command.prints) if command.prints else {}
        assert answer.status_code // 100 == told.get("status", 200) // 100, answer.text
        if told:
            assert without_ids(answer.text) == without_ids(command.prints)


def without_ids(text):
    """An answer with the ids in it cut short, as the pages do."""
    return json.loads(re.sub(r"-[0-9a-f]{20}\b", "-…", text))


def send(client, words):
    """Do what curl would do with these words."""
    words, headers, body = list(words), {}, None
    url = ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, value = words.pop(0).split(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            url = word
    assert url.startswith(BASE), url
    parts = urlsplit(url)
    where = parts.path + (f"?{parts.query}" if parts.query else "")
    if body is None:
        return client.get(where)
    return client.post(where, content=textwrap.dedent(body).encode(), headers=headers)


def test_the_lead_of_the_tutorial_is_the_one_of_the_script(client):
    (lead,) = client.get("/leads").json()["leads"]
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert {lead["id"]} == set(re.findall(r"lead-[0-9a-f]{20}", tutorial))
    assert {lead["report"]["id"]} == set(re.findall(r"report-[0-9a-f]{20}", tutorial))
