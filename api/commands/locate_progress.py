"""How far `lianfang locate` has come, on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

Progress = Callable[[int, int], None]
"""Told how many rows are done, and how many bytes of the file they were."""


class _Rate(ProgressColumn):
    """Rows, and rows a second."""

    def render(self, task: Task) -> Text:
        rows, seconds = task.fields["rows"], task.elapsed
        rate = f", {rows / seconds:,.0f}/s" if seconds and rows else ""
        return Text(f"{rows:,} rows{rate}")


@contextmanager
def shown_progress(size: int | None, *, wanted: bool | None) -> Iterator[Progress]:
    """Show a bar on stderr while the block runs.

    Parameters
    ----------
    size
        Bytes of the file; None for a pipe, of which no end is known.
    wanted
        None shows it on a terminal only.

    Yields
    ------
    Progress
    """
    console = Console(stderr=True)
    if not (console.is_terminal if wanted is None else wanted):
        yield lambda rows, read: None
        return
    columns = [BarColumn(), TaskProgressColumn(), DownloadColumn(), _Rate()]
    left = TimeElapsedColumn() if size is None else TimeRemainingColumn()
    transient = console.is_terminal
    with Bar(*columns, left, console=console, transient=transient) as bar:
        task = bar.add_task("", total=size, rows=0)
        yield lambda rows, read: bar.update(task, completed=read, rows=rows)
