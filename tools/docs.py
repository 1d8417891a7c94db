"""Write the reference pages: ``python tools/docs.py``, or ``make docs``.

What is generated follows from the code alone: the commands and their options from
the command line, the routes from the app's OpenAPI document, the settings from their
class. A test compares the pages with what this program makes now.

``--check`` writes nothing and fails when a page is stale. ``--figures`` also plays
the demo's night and writes its figures, which takes some ten seconds.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import typer

from api import cli, inputs
from api.app import create_app
from api.bodies import LARGE, SMALL
from api.service import Service
from api.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = Path("docs/reference")
FIGURES = Path("docs/figures.md")

MADE = "<!-- Made by `make docs`; change the code, not this page. -->"
"""First line of every generated page."""

HIDDEN = {"HTTPValidationError", "ValidationError"}
"""Components that FastAPI names and that are never sent: see docs/problems.md."""

HUGE = 2**53
"""A limit from here on only says that the number must fit; it is left out."""

BODIES = {
    ("post", "/reads"): (
        "Body: a JSON array of {}, or one a line as `application/x-ndjson`; at most "
        f"{LARGE // 1024**2} MiB. An element without this shape is quarantined."
    )
}
"""What the OpenAPI document cannot say of a body."""


def commands() -> dict[str, Any]:
    """Return every command by its full name, such as ``quarantine list``."""
    root = typer.main.get_command(cli.complete(cli.app))
    return dict(_leaves("", root))


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
    for key, found in sorted((below or {}).items()):
        yield from _leaves(f"{name} {key}".strip(), found)


def cli_page() -> str:
    """Return the page of the commands and their options."""
    root = typer.main.get_command(cli.complete(cli.app))
    parts = [
        MADE,
        "# The command line",
        "Every command answers `--help`. Exit codes: 0 done, 1 bad input (one line on "
        "stderr says which file, why and what to do), 2 bad use of the command.",
        "## `lianfang`",
        _options(root),
    ]
    for name, command in commands().items():
        parts += [f"## `lianfang {name}`", f"```\n{_usage(name, command)}\n```"]
        parts += [_prose(command.help or ""), _options(command)]
    return _page(parts)


def _usage(name: str, command: Any) -> str:  # noqa: ANN401
    words = ["lianfang", name]
    words += [_shown(p) for p in command.params if p.param_type_name == "argument"]
    needed = [p for p in command.params if _is_option(p) and p.required]
    words += [f"{_names(p)} {p.name.upper()}" for p in needed]
    return " ".join([*words, "[OPTIONS]"])


def _shown(argument: Any) -> str:  # noqa: ANN401
    word = argument.name.upper() + ("…" if argument.nargs != 1 else "")
    return word if argument.required else f"[{word}]"


def _is_option(parameter: Any) -> bool:  # noqa: ANN401
    return bool(parameter.param_type_name == "option")


def _options(command: Any) -> str:  # noqa: ANN401
    rows = []
    for parameter in command.params:
        name = (
            f"`{_names(parameter)}`"
            if _is_option(parameter)
            else f"`{parameter.name.upper()}`"
        )
        default = parameter.default
        known = "" if default in (None, False) else f"`{default}`"
        given = "needed" if parameter.required else known
        rows.append((name, _kind(parameter, command), given, parameter.help or ""))
    return _table(("name", "value", "default", "what"), rows)


def _names(parameter: Any) -> str:  # noqa: ANN401
    return ", ".join(parameter.opts)


def _kind(parameter: Any, command: Any) -> str:  # noqa: ANN401
    if getattr(parameter, "is_flag", False):
        return "flag"
    said = str(parameter.display_type(ctx=typer.Context(command))).strip("<>")
    words = said.removeprefix("list[").removesuffix("]")
    choices = words.split("|")
    kind = ", ".join(f"`{c}`" for c in choices) if len(choices) > 1 else words.lower()
    kind = {"str": "text", "int": "number", "int range": "number"}.get(kind, kind)
    kind = {"float": "number", "dir": "folder", "path": "file"}.get(kind, kind)
    return f"{kind}; repeatable" if said.startswith("list[") else kind


def settings() -> dict[str, tuple[str, str, str]]:
    """Return type, default and meaning of every setting, by its full name."""
    said = _attributes(inspect.getdoc(Settings) or "")
    found = {}
    for name, field in Settings.model_fields.items():
        kind = str(field.annotation).replace("pathlib.", "").replace(" | None", "")
        kind = {"<class 'int'>": "number"}.get(kind, "file")
        default = "" if field.default is None else f"`{field.default}`"
        found[PREFIX + name.upper()] = (kind, default, said[name])
    return found


def _attributes(docstring: str) -> dict[str, str]:
    """Read the Attributes section of a numpydoc docstring."""
    section = docstring.split("Attributes\n----------\n")[-1]
    found = re.findall(r"^(\w+)\n((?:    .+\n?)+)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def settings_page() -> str:
    """Return the page of the settings."""
    rows = [(f"`{name}`", *about) for name, about in settings().items()]
    return _page(
        [
            MADE,
            "# Settings",
            "Settings are read from the environment once, at the start. A name that "
            f"begins with `{PREFIX}` and is not in this table is refused, because a "
            "misspelt setting would silently do nothing. An option of a command counts "
            "before the setting.",
            _table(("name", "value", "default", "what"), rows),
        ]
    )


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document; no store is opened for it."""
    return create_app(cast(Service, None)).openapi()


def routes(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every route."""
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            yield method, path, about


def http_page() -> str:
    """Return the page of the routes and of what goes in and out."""
    document = openapi()
    parts = [
        MADE,
        "# HTTP",
        "The service listens on 127.0.0.1 only. It answers JSON; every refusal is "
        "`application/problem+json` (see [problems](../problems.md)). Times are ISO "
        "8601 with an offset. Coordinates are WGS 84 degrees, longitude before "
        "latitude. Bodies are strict: an unknown field, NaN or a number written as "
        f"text is refused. A body is at most {SMALL // 1024} KiB. The same is at "
        "`/openapi.json` for machines.",
        "## Routes",
    ]
    for method, path, about in routes(document):
        parts += _route(method, path, about)
    parts.append("## Shapes")
    for name, schema in sorted(_all_shapes(document).items()):
        parts += _shape(name, schema)
    return _page(parts)


def _route(method: str, path: str, about: Mapping[str, Any]) -> list[str]:
    parts = [f"### `{method.upper()} {path}`", _prose(about.get("description", ""))]
    rows = [
        (
            f"`{one['name']}`",
            one["in"],
            "needed" if one["required"] else _default(one["schema"]),
            _type(one["schema"]),
            one.get("description", ""),
        )
        for one in about.get("parameters", ())
    ]
    parts.append(_table(("name", "in", "default", "value", "what"), rows))
    for name in _bodies(about):
        told = f"[`{name}`](#{name.lower()})"
        parts.append(BODIES.get((method, path), "Body: {}.").format(told))
    parts.append(_answers(about["responses"]))
    return parts


def _answers(responses: Mapping[str, Any]) -> str:
    told = []
    for status, about in responses.items():
        if status.startswith(("4", "5")):
            continue
        schema = about.get("content", {}).get("application/json", {}).get("schema")
        told.append(f"`{status}`" + (f" {_type(schema)}" if schema else ""))
    return f"Answers {', '.join(told)}."


def _bodies(about: Mapping[str, Any]) -> list[str]:
    """Name the shapes of a route's body; a batch is named by what it is made of."""
    contents = about.get("requestBody", {}).get("content", {}).values()
    schemas = [one["schema"].get("items", one["schema"]) for one in contents]
    return list(
        dict.fromkeys(schema["title"] for schema in schemas if "title" in schema)
    )


def _all_shapes(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return every shape by name, with those of bodies, which OpenAPI has inline."""
    found = dict(document["components"]["schemas"])
    for _, _, about in routes(document):
        for name in _bodies(about):
            whole = getattr(inputs, name).model_json_schema()
            found |= whole.pop("$defs", {}) | {name: whole}
    return {name: schema for name, schema in found.items() if name not in HIDDEN}


def _shape(name: str, schema: Mapping[str, Any]) -> list[str]:
    parts = [f"### {name}", _prose(schema.get("description", ""))]
    if "enum" in schema:
        return [*parts, "One of " + ", ".join(f"`{v}`" for v in schema["enum"]) + "."]
    fields = schema.get("properties", {})
    needed = schema.get("required", ())
    all_are = len(needed) == len(fields)
    rows = [
        (
            f"`{field}`",
            "" if all_are else "needed" if field in needed else _default(about),
            _type(about),
        )
        for field, about in fields.items()
    ]
    return [*parts, _table(("field", "default", "value"), rows)]


def _default(schema: Mapping[str, Any]) -> str:
    default = schema.get("default")
    return "" if default is None else f"`{json.dumps(default)}`"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[`{name}`](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{v}`" for v in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return _plain(schema)


def _plain(schema: Mapping[str, Any]) -> str:
    kind = str(schema.get("type", "any"))
    if schema.get("format") == "date-time":
        return "time"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    limits = {
        "minimum": "from {:g}",
        "exclusiveMinimum": "above {:g}",
        "maximum": "to {:g}",
        "exclusiveMaximum": "below {:g}",
        "maxLength": "up to {} characters",
    }
    said = [
        form.format(schema[key])
        for key, form in limits.items()
        if schema.get(key, HUGE) < HUGE
    ]
    pattern = schema.get("pattern", "")
    if pattern:
        barred = pattern.startswith("^[^")
        said.append("without control characters" if barred else f"as `{pattern}`")
    return " ".join([words.get(kind, kind), *said])


def figures_page() -> str:
    """Play the demo's night in a folder of its own and return its figures' page."""
    command = [str(Path(sys.executable).parent / "lianfang"), "demo"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*command, "--no-serve", "--json"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
    figures = json.dumps(json.loads(done.stdout), indent=2)
    machine = (
        f"{os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()}, Python {platform.python_version()}"
    )
    return _page(
        [
            "<!-- Made by `make docs ARGS=--figures`. -->",
            "# Figures",
            "What `lianfang demo --no-serve --json` printed. Counts follow from the "
            "seed and the code; the mathematics library of another machine can move "
            "them by a few. `reads_per_second` and `seconds` are of one run and vary.",
            f"Machine: {machine}.",
            f"```json\n{figures}\n```",
            "`precision` is the share of the leads of which all reads are of the "
            "wanted vehicle, `recall` the share of the true pairs of read and report "
            "that stand in a lead, `theft_recall` the share of the thefts that were "
            "read at all (`thefts_read`) of which one does; those with `action_` count "
            "only leads that ask for action. `lead_reads` are the reads of all leads: "
            "a car on one road is [one lead](incidents.md). The night is "
            "[invented](scenario.md): these figures compare versions of the program, "
            "and say nothing of what a real county would see.",
        ]
    )


# --- pages
PAGES: dict[Path, Callable[[], str]] = {
    REFERENCE / "cli.md": cli_page,
    REFERENCE / "http.md": http_page,
    REFERENCE / "settings.md": settings_page,
}


def _prose(text: str) -> str:
    return inspect.cleandoc(text)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write a table, without the columns that are empty in every row."""
    if not rows:
        return ""
    kept = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    lines = [[heads[at] for at in kept], ["---"] * len(kept)]
    lines += [[row[at].replace("|", "\\|") for at in kept] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _page(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--figures", action="store_true", help="play the night too")
    given = parser.parse_args()
    wanted = PAGES | ({FIGURES: figures_page} if given.figures else {})
    stale = []
    for path, made in wanted.items():
        text, kept = made(), ROOT / path
        if kept.exists() and kept.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path))
        if not given.check:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(text, encoding="utf-8")
    print(*(stale or ["nothing has changed"]), sep="\n")
    sys.exit(1 if given.check and stale else 0)


if __name__ == "__main__":
    main()
