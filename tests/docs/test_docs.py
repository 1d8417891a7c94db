"""What no test checks drifts: the pages against the code, and against each other."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from api.problems import TITLES
from tools import docs

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
FOUR = ["Context", "Decision", "Alternatives", "Consequences"]


def pages() -> list[Path]:
    """Every page that a person is meant to read."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return sorted(found)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def prose(page: Path) -> str:
    return FENCE.sub("", read(page))


@cache
def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the usual renderers make them."""
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in headings(page))
    return {title.strip().replace(" ", "-") for title in plain}


def links() -> list[tuple[Path, str]]:
    """Every relative link, with the page it stands on."""
    return [
        (page, target)
        for page in pages()
        for target in LINK.findall(prose(page))
        if "://" not in target
    ]


@pytest.mark.parametrize("path", docs.PAGES, ids=str)
def test_a_generated_page_is_what_the_program_makes_now(path):
    assert read(ROOT / path) == docs.PAGES[path](), "run `make docs`"


@pytest.mark.parametrize("name", docs.commands())
def test_every_command_and_option_is_in_the_reference(name):
    page = read(ROOT / "docs/reference/cli.md")
    section = page.split(f"## `lianfang {name}`\n")[1].split("\n## ")[0]
    for parameter in docs.commands()[name].params:
        is_argument = parameter.param_type_name == "argument"
        for word in [parameter.name.upper()] if is_argument else parameter.opts:
            assert word in section, word


def test_every_route_has_a_heading_and_its_parameters_a_row():
    page = read(ROOT / "docs/reference/http.md")
    for method, path, about in docs.routes(docs.openapi()):
        head = f"### `{method.upper()} {path}`\n"
        assert head in page
        section = page.split(head)[1].split("\n### ")[0]
        for one in about.get("parameters", ()):
            assert f"| `{one['name']}` |" in section, (path, one["name"])


def test_every_setting_is_told_with_its_meaning():
    page = read(ROOT / "docs/reference/settings.md")
    for name, (_, _, meaning) in docs.settings().items():
        assert f"| `{name}` |" in page
        assert meaning in page


def test_every_kind_of_problem_has_a_heading_and_no_heading_is_left_over():
    page = read(ROOT / "docs/problems.md")
    slugs = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert sorted(slugs) == sorted(TITLES)
    for slug in slugs:
        told = page.split(f"## {slug}\n")[1].split("\n## ")[0]
        assert re.match(r"\n[45]\d\d\. \w", told), f"{slug} does not say its status"


@pytest.mark.parametrize(
    ("page", "target"), links(), ids=lambda given: Path(given).name
)
def test_a_relative_link_leads_somewhere(page, target):
    path, _, anchor = target.partition("#")
    leads_to = (page.parent / path).resolve() if path else page
    assert leads_to.is_file(), f"{named(page)}: {target}"
    assert leads_to.is_relative_to(ROOT)
    if anchor:
        assert anchor in anchors(leads_to), f"{named(page)}: {target}"


def test_every_page_can_be_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = (target.split("#")[0] for one, target in links() if one == page)
        ahead += [(page.parent / target).resolve() for target in targets if target]
    assert {named(page) for page in pages()} == {named(page) for page in reached}


@pytest.mark.parametrize("page", ADRS, ids=named)
def test_a_decision_record_has_its_four_parts_in_order(page):
    number = int(page.name[:4])
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)
    title, *parts = headings(page)
    assert title.startswith(f"{number}. ")
    assert parts == FOUR
    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}\. Status: ", read(page), re.MULTILINE)


def test_decision_records_count_on_without_a_gap_and_are_listed_in_order():
    assert [int(page.name[:4]) for page in ADRS] == list(range(1, len(ADRS) + 1))
    listed = re.findall(
        r"^(\d+)\. \[.+\]\(adr/(.+)\)$", read(ROOT / "docs/index.md"), re.M
    )
    assert listed == [(str(int(page.name[:4])), page.name) for page in ADRS]


def test_the_readme_states_no_version_or_figure_that_could_go_stale():
    text = re.sub(
        r"Python 3\.11|127\.0\.0\.1(:\d+)?|30 m|BSD 2-Clause",
        "",
        prose(ROOT / "README.md"),
    )
    text = re.sub(r"\]\([^)]*\)|License 2\.0|--port \d+", "", text)
    assert not re.findall(r"\d[\d.,]*", text)
    needed = re.search(
        r">=([\d.]+)", read(ROOT / "pyproject.toml").split("requires-python")[1]
    )
    assert needed is not None
    assert f"Python {needed[1]} or later" in read(ROOT / "README.md")


def test_no_page_ends_a_line_with_blanks_or_lacks_its_title():
    for page in pages():
        assert not re.search(r"[ \t]+$", prose(page), re.MULTILINE), named(page)
        assert re.match(r"(<!--.*-->\n\n)?# ", read(page)), named(page)


def test_the_figures_are_of_the_night_that_the_demo_plays(night):
    told = json.loads(read(ROOT / docs.FIGURES).split("```json\n")[1].split("```")[0])

    assert told["reports"] == len(night.reports)
    assert told["closed"] == len(night.closings)
    assert told["true_pairs"] == len(night.truth)
    assert told["reads"] == sum(len(event.reads) for event in night.events())


@pytest.mark.parametrize("page", pages(), ids=named)
def test_nothing_is_left_to_be_filled_in(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    left = re.compile(r"[A-Z_]{4,}|.*\b(TODO|FIXME|TBD|XXX)\b.*")
    assert [line for line in lines if left.fullmatch(line.strip())] == []
