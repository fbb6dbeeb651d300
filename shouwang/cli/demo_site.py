"""The second half of the demo: the made-up county in the web application, with a month of work done in it."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from shouwang.cli.chinese import SHANGHAI
from shouwang.cli.console import Steps, say, show_table
from shouwang.records.opening import migrate, opened
from shouwang.records.site import Site
from shouwang.synthetic.writing import WrittenCounty

if TYPE_CHECKING:
    from shouwang.actions.acting import Actor
    from shouwang.actions.sample.people import People, Person
    from shouwang.records.models import Household, ScreeningRun

# Villages with work in them, and clues worked on in each.
_VILLAGES, _CLUES = 6, 20
_WATCHED = 8


@dataclass(frozen=True)
class Furnished:
    """What the site now holds: the accounts to tell, and how many clues came to which end."""

    told: "Sequence[Person]"
    clues: int
    fates: dict[str, int]


def site_folder(folder: Path) -> Path:
    """Return the folder of the demo's own site, empty: what an earlier demo left is wiped."""
    home = folder / "site"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    os.environ["SHOUWANG_VAR"] = str(home)
    return home


def furnish(
    home: Path, county: WrittenCounty, code: str, on: date, today: date, following: Steps
) -> Furnished:
    """Load the county into a site of its own, screen it there, and do a month's work."""
    with opened(Site.of(os.environ)):
        following("建立网页系统的数据库")
        migrate()
        from shouwang.actions.acting import Actor
        from shouwang.actions.clue_screening import raise_from_run
        from shouwang.actions.quality_runs import run_quality
        from shouwang.actions.sample.people import SYSTEM
        from shouwang.actions.screening_records import screen_records
        from shouwang.records.access import entered_system

        system, at = Actor(SYSTEM), datetime.combine(on, time(8, 30), SHANGHAI)
        _fill(system, home, county, code, on, at, following)
        run = screen_records(
            actor=system, county=code, on=on, at=at, progress=lambda step: following(f"网页系统筛查:{step}")
        )
        following("核查数据质量")
        run_quality(actor=system, county=code, on=on, at=at)
        following("生成线索")
        with entered_system():
            raised = raise_from_run(actor=system, run_id=run.pk, on=on, at=at)
            following("一个月的样例工作")
            people, fates = _month(code, run, on, today)
    return Furnished(people.told, raised.new, fates)


def _fill(
    system: "Actor", home: Path, county: WrittenCounty, code: str, on: date, at: datetime, following: Steps
) -> None:
    """Load all months but the newest, which the departments then hand in."""
    from shouwang.actions.loading import load_folder
    from shouwang.actions.loading_places import serve_county
    from shouwang.actions.sample.deliveries import deliver_month
    from shouwang.records.access import entered_system
    from shouwang.records.bulk import refresh_statistics

    serve_county(actor=system, county=code, at=at)
    newest = max(path for path in county.deliveries.iterdir() if path.is_dir())
    with _without(county.deliveries, newest, home / "earlier") as earlier:
        load_folder(
            actor=system, registry=county.registry, deliveries=earlier, county=code, on=on, at=at,
            keep_going=True, step=lambda step: following(f"导入:{step}"), detail=following.detail,
        )  # fmt: skip
    refresh_statistics()
    following("接收各部门最新一个月的推送")
    with entered_system():
        deliver_month(county=code, folder=newest, on=on, at=at)


@contextmanager
def _without(deliveries: Path, newest: Path, folder: Path) -> Iterator[Path]:
    """Gather the deliveries of all months but the newest for a block."""
    shutil.copytree(deliveries, folder, ignore=shutil.ignore_patterns(newest.name))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _month(code: str, run: "ScreeningRun", on: date, today: date) -> "tuple[People, dict[str, int]]":
    from shouwang.actions.sample.besides import report_samples, watch_over
    from shouwang.actions.sample.deliveries import leave_waiting
    from shouwang.actions.sample.month import live
    from shouwang.actions.sample.people import make_people
    from shouwang.actions.sample.support import support_samples

    at = datetime.combine(on, time(9), SHANGHAI)
    villages = _villages(code)
    people = make_people(county=code, villages=villages, at=at)
    fates = live(people=people, clue_ids=_clues(villages), first=on + timedelta(days=2), last=today)
    later = today - timedelta(days=3)
    at = datetime.combine(later, time(15, 10), SHANGHAI)
    quiet, watched = _households(villages)
    report_samples(people=people, households=quiet, on=later, at=at)
    watch_over(people=people, households=watched, on=later, at=at)
    support_samples(people=people, households=watched, on=later, at=at)
    leave_waiting(people=people, county=code, on=later, at=at)
    return people, fates


def _villages(code: str) -> list[str]:
    """Return the villages with most clues."""
    from shouwang.records.models import Clue

    counts = Counter(Clue.objects.filter(division__startswith=code).values_list("division", flat=True))
    return [village for village, _ in counts.most_common(_VILLAGES)]


def _clues(villages: Sequence[str]) -> list[int]:
    """Return clues of households that are not watched yet, village by village in turn."""
    from shouwang.records.models import Clue

    found = [
        list(
            Clue.objects.filter(division=village, household__monitoring="none")
            .order_by("pk")
            .values_list("pk", flat=True)[:_CLUES]
        )
        for village in villages
    ]
    return [pk for row in zip(*found, strict=False) for pk in row]


def _households(villages: Sequence[str]) -> "tuple[list[Household], list[Household]]":
    """Return households without a clue, and some of those watched already."""
    from shouwang.records.models import Household

    quiet = Household.objects.filter(division__in=villages, clues=None, monitoring="none").order_by("pk")[:7]
    watched = [
        household
        for village in villages
        for household in Household.objects.filter(division=village, monitoring="monitored").order_by("pk")[
            :_WATCHED
        ]
    ]
    return list(quiet), watched


def tell_accounts(console: Console, made: Furnished, address: str) -> None:
    """Say who can sign in, and where; the passwords are told here and nowhere else."""
    from shouwang.domain.divisions import name_path

    rows = [
        (each.role.label, each.login, each.password, " ".join(name_path(each.place)[-2:]))
        for each in made.told
    ]
    show_table(console, "样例账号(密码随机生成,只在这里显示一次)", ("角色", "账号", "密码", "所在"), rows)
    say(console, f"网页系统里有线索 {made.clues} 条,样例工作做到各个环节的 {sum(made.fates.values())} 条。")
    say(console, f"请用浏览器打开 {address} ,按 Ctrl+C 停止", "bold")
