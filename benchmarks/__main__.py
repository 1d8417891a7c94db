"""Run the benchmarks and print what they measure; `make bench` does.

python -m benchmarks                      # everything: some 40 minutes
python -m benchmarks --quick              # a few points: does all of it work?
python -m benchmarks --only sites fences  # some of it
python -m benchmarks --docs               # and write docs/benchmarks.md with a plot
python -m benchmarks --docs --only reads  # and put that section in it, in its place
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks import compare, report

DOCS = Path(__file__).resolve().parent.parent / "docs"

SECTIONS = {
    "borders": "How far to the next county",
    "shares": "The error of a location",
    "sites": "What is near",
    "fences": "What is watched",
    "locate_files": "Whole files",
    "ingest": "Reads over HTTP",
    "hot_list": "The hot list",
    "recall": "What the hot list finds",
    "reads": "Every plate read, kept and found",
    "reads_large": "A hundred million reads",
    "names": "Names found again",
    "linkage": "Rows that belong together",
    "live": "One record against all open ones",
    "persons": "One person among the missing",
}

MARKDOWN = {
    "hot_list",
    "ingest",
    "linkage",
    "live",
    "persons",
    "reads",
    "reads_large",
    "recall",
}
"""Sections that print Markdown themselves."""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        prog="make bench ARGS=…", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--quick", action="store_true", help="few points, few rounds")
    parser.add_argument("--only", nargs="+", choices=["locate", *SECTIONS])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--agree", type=float, default=15, help="million points")
    parser.add_argument("--points", type=int, default=1_000_000)
    asked = parser.parse_args()
    if asked.docs and (asked.quick or "locate" in (asked.only or ())):
        parser.error("--docs wants whole runs, and with locate everything")
    n, rounds = (20_000, 2) if asked.quick else (asked.points, asked.rounds)
    n_millions = 0.5 if asked.quick else asked.agree
    parts, run = [], None
    if not asked.only or "locate" in asked.only:
        run = compare.measured(n=n, rounds=rounds, n_millions=n_millions)
        parts.append(_told(report.as_markdown(run)))
    for name in SECTIONS:
        if not asked.only or name in asked.only:
            parts.append(_told(_section(name, asked.quick)))
    if asked.docs and asked.only:
        _put_in(parts)
    elif asked.docs and run:
        (DOCS / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")
        report.plot(run, DOCS / "images" / "benchmarks.svg")


def _section(name: str, is_quick: bool) -> str:
    """Run a benchmark in a process of its own; what it prints is shown as it is."""
    words = [f"benchmarks.test_{name}", *(["--quick"] if is_quick else [])]
    sys.stderr.write(f"{name}\n")
    done = subprocess.run(
        [sys.executable, "-m", *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=DOCS.parent,
    )
    body = done.stdout.strip()
    if name not in MARKDOWN:
        body = f"```text\n{body}\n```"
    return f"## {SECTIONS[name]}\n\n`python -m benchmarks.test_{name}`\n\n{body}\n"


def _put_in(sections: list[str]) -> None:
    """Put sections in the place of those of the same heading, new ones at the end."""
    page = DOCS / "benchmarks.md"
    head, *kept = page.read_text(encoding="utf-8").split("\n## ")
    by_heading = {part.split("\n")[0]: part for part in kept}
    for section in sections:
        body = section.removeprefix("## ")
        by_heading[body.split("\n")[0]] = body.rstrip("\n") + "\n"
    text = "\n## ".join([head, *by_heading.values()])
    page.write_text(text, encoding="utf-8")


def _told(text: str) -> str:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    return text


if __name__ == "__main__":
    main()
