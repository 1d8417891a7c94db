"""`lianfang demo`: a seeded night in eight counties, then the map."""

import fcntl
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.errors import DemoRunning
from api.service import Service
from data.bundled import load_boundaries
from data.reads.archive import Archive
from data.records import Delivery, LeadLevel, Role
from data.scenario import Event, Scenario, generate
from data.store import open_store
from routing.replay import (
    ReplayClock,
    Tally,
    Truth,
    held_against_truth,
    replay,
    set_up,
)

FOLDER = Path("var/demo")

_TAIPEI = ZoneInfo("Asia/Taipei")


@contextmanager
def only_demo(folder: Path) -> Iterator[None]:
    """Hold a folder, so that no second demo removes it under this one.

    Raises
    ------
    DemoRunning
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoRunning(folder) from error
        yield


@dataclass(frozen=True, slots=True)
class Night:
    """A night that was replayed, with its figures."""

    seed: int
    service: Service
    scenario: Scenario
    tally: Tally
    seconds: dict[str, float]
    deliveries: Counter[tuple[str, str]]

    @property
    def all_leads(self) -> Truth:
        """Leads of every level held against the truth."""
        return held_against_truth(self.tally, self.scenario)

    @property
    def action_leads(self) -> Truth:
        """Leads that ask for action held against the truth."""
        return held_against_truth(self.tally, self.scenario, level=LeadLevel.ACTION)

    def figures(self) -> dict[str, Any]:
        """Return the figures that `--json` prints."""
        found, acting = self.all_leads, self.action_leads
        return {
            "seed": self.seed,
            "reads": self.tally.received,
            "stored": self.tally.stored,
            "duplicate": self.tally.duplicate,
            "quarantined": self.tally.quarantined,
            "reports": self.tally.reports,
            "closed": self.tally.closings,
            "leads": len(self.tally.leads),
            "lead_reads": len(self.tally.lead_reads),
            "action_leads": acting.leads,
            "pairs": len(self.tally.pairs),
            "deliveries": sum(self.deliveries.values()),
            "deliveries_by_role": _by_role(self.deliveries),
            "true_pairs": found.true,
            "precision": found.precision,
            "recall": found.recall,
            "thefts_read": found.thefts,
            "theft_recall": found.theft_recall,
            "action_precision": acting.precision,
            "action_recall": acting.recall,
            "reads_per_second": self.tally.received / self.seconds["replay"],
            "seconds": round(self.seconds["total"], 2),
            "seconds_by_stage": {
                name: round(value, 2)
                for name, value in self.seconds.items()
                if name != "total"
            },
        }


def run_night(
    folder: Path,
    *,
    seed: int,
    console: Console,
    load_sites: Callable[[Service], object] | None = None,
) -> Night:
    """Replay the scenario into a fresh store in a folder.

    What an earlier run left in the folder is removed. `load_sites` loads real
    sites before the night begins.
    """
    seconds: dict[str, float] = {}
    began = perf_counter()
    shutil.rmtree(folder, ignore_errors=True)
    boundaries = load_boundaries()
    clock = ReplayClock()
    service = Service(
        open_store(folder / "lianfang.db"),
        boundaries,
        archive=Archive(folder / "lianfang-reads", released=0),
        now=clock,
    )
    seconds["open"] = perf_counter() - began
    scenario = _timed(
        seconds, "scenario", lambda: generate(boundaries=boundaries, seed=seed)
    )
    set_up(service.desk, service.store, scenario)
    if load_sites is not None:
        load_sites(service)
    tally = _timed(
        seconds, "replay", lambda: _replayed(service, scenario, clock, console)
    )
    with service.store.read() as tx:
        sent = Counter((one.agency_id, one.role.value) for one in tx.find(Delivery))
    seconds["total"] = perf_counter() - began
    return Night(seed, service, scenario, tally, seconds, sent)


def _timed(seconds: dict[str, float], name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401
    began = perf_counter()
    made = work()
    seconds[name] = perf_counter() - began
    return made


def _replayed(
    service: Service, scenario: Scenario, clock: ReplayClock, console: Console
) -> Tally:
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f} 筆讀取"),
        TextColumn("{task.fields[leads]} 線索"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        total = sum(len(event.reads) for event in scenario.events())
        task = progress.add_task("重播一夜", total=total, leads=0)

        def show(event: Event, tally: Tally) -> None:
            progress.update(task, completed=tally.received, leads=len(tally.leads))

        return replay(service.desk, scenario, clock, on_event=show)


def print_summary(night: Night, console: Console, *, top: int = 8) -> None:
    """Print what a duty officer would want to see of the night."""
    console.print(_leads_table(night, top))
    console.print(_told_table(night))
    figures = night.figures()
    found, acting = night.all_leads, night.action_leads
    console.print(
        f"[bold]{figures['reads']:,}[/] 筆讀取（入庫 {figures['stored']:,}、"
        f"重複 {figures['duplicate']:,}、隔離 {figures['quarantined']:,}），"
        f"[bold]{figures['reports']}[/] 件報案、結案 {figures['closed']} 件，"
        f"[bold]{figures['leads']}[/] 條線索（{figures['lead_reads']} 筆讀取），"
        f"[bold]{figures['pairs']}[/] 對報案可能是同一人、車或事件，"
        f"[bold]{figures['deliveries']:,}[/] 則通報"
    )
    console.print(
        f"與真實情形比對：精確率 [bold]{_percent(found.precision)}[/]"
        f"（{found.right}/{found.leads}）、召回率 [bold]{_percent(found.recall)}[/]"
        f"（{found.found}/{found.true}）；其中「請即處置」精確率 "
        f"{_percent(acting.precision)}（{acting.right}/{acting.leads}）"
    )
    console.print(
        f"{figures['reads_per_second']:,.0f} 筆/秒；共 {night.seconds['total']:.1f} 秒"
        f"（產生情境 {night.seconds['scenario']:.1f}、"
        f"重播 {night.seconds['replay']:.1f}）"
    )
    console.print(
        "[yellow]人與車牌皆為虛構。線索未經人員比對車牌、車輛與清單前，不得據以攔查。[/]"
    )


def _leads_table(night: Night, top: int) -> Table:
    table = Table(title="線索（未查證），機率最高者", title_justify="left", expand=True)
    for heading in ("時間", "讀取", "協尋車牌", "發現地", "機率", "理由"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("時間", "機率"))
    chosen = sorted(night.tally.leads, key=lambda lead: (-lead.probability, lead.id))
    misread = [lead for lead in chosen if not lead.explanation["exact"]]
    for lead in (misread[: top // 2] + [c for c in chosen if c not in misread])[:top]:
        plate, *others = lead.explanation["comparisons"]
        reasons = [f"{plate['level_label']} {plate['bits']:+.1f}"]
        reasons += [f"{o['label']} {o['bits']:+.1f}" for o in others if o["bits"]]
        county = night.service.named(lead.county_code)
        table.add_row(
            lead.at.astimezone(_TAIPEI).strftime("%m-%d %H:%M"),
            plate["right"],
            plate["left"],
            county.name if county else "不明",
            "＞99.9%" if lead.probability > 0.999 else f"{lead.probability:.1%}",
            "；".join(reasons),
        )
    return table


def _told_table(night: Night) -> Table:
    table = Table(title="通報對象", title_justify="left")
    roles = {
        Role.OWNER: "案主",
        Role.SCENE: "發現地",
        Role.TRANSIT: "途經",
        Role.HOT_LIST: "清單",
    }
    table.add_column("機關")
    for label in roles.values():
        table.add_column(label, justify="right")
    names = {agency.id: agency.name for agency in night.scenario.agencies}
    told = {agency for agency, role in night.deliveries if role != Role.HOT_LIST}
    for agency in sorted(told):
        counts = [night.deliveries[agency, role.value] for role in roles]
        table.add_row(names[agency], *(f"{count:,}" for count in counts))
    return table


def _by_role(deliveries: Counter[tuple[str, str]]) -> dict[str, int]:
    roles: Counter[str] = Counter()
    for (_, role), count in deliveries.items():
        roles[role] += count
    return dict(sorted(roles.items()))


def _percent(share: float | None) -> str:
    return "無" if share is None else f"{share:.1%}"
