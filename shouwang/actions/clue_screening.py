"""The warnings of a screening become clues; the same one is raised again only when it changed (R24)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from shouwang.actions.acting import Actor, acting, require
from shouwang.actions.clue_gathering import Teller, Word, gather
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import NotThere
from shouwang.domain.permissions import Permission
from shouwang.domain.policy import GRADES
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.last_screenings import last_runs
from shouwang.records.models import Clue, ClueOrigin, Finding, Household, ScreeningRun

# Sums over the last twelve months move every month; a fifth more or less is worth another visit.
_CHANGED_BY = 5


@dataclass(frozen=True)
class Raised:
    """What became of the warnings of a run: households count once in `new`, `merged` counts sources."""

    new: int
    merged: int
    unchanged: int
    monitored: int


@dataclass(frozen=True)
class _Earlier:
    """A warning as it was last raised."""

    run_id: int
    grade: str
    values: Mapping[str, Any]


def raise_from_run(*, actor: Actor, run_id: int, on: date, at: datetime) -> Raised:
    """Turn the warnings of a run into clues, or into further sources of open ones; one act, any number.

    A rule that a household has been raised for is raised again when it came back, is graver, or rests on
    other facts. Households already monitored are among them: their verdict is to add the risk. An actor
    without an account is the site itself, in the scope it has entered. Raises NotThere, NotAllowed.
    """
    with acting(actor, "clue.raise", at=at) as act:
        run = ScreeningRun.objects.select_for_update().filter(pk=run_id).first()
        if run is None:
            raise NotThere
        role = str(require(actor, Permission.RUN_SCREENING, run.county)) if actor.viewer.account_id else ""
        findings = _warnings(actor, run)
        households = _held({each.household_id for each in findings})
        news = list(_news(run, findings))
        words = [
            (households[each.household_id], _word(each)) for each in news if each.household_id in households
        ]
        origins, new = gather(words=words, teller=Teller(actor.viewer.account_id or None, role, on, at))
        monitored = {each.pk for each, _ in words if each.monitoring == "monitored"}
        raised = Raised(new, len(origins) - new, len(findings) - len(origins), len(monitored))
        act.target_kind, act.target_id, act.division = "screeningrun", str(run.pk), run.county
        act.after = asdict(raised)
        _tell([origin.clue for origin in origins], at)
    return raised


def _warnings(actor: Actor, run: ScreeningRun) -> list[Finding]:
    found = Finding.objects.filter(run=run, kind="warning").order_by("household_id", "pk")
    return list(visible(found, actor.viewer) if actor.viewer.account_id else found)


def _held(ids: Iterable[int]) -> dict[int, Household]:
    rows = Household.objects.filter(pk__in=ids, is_present=True)
    return {each.pk: each for each in rows.select_for_update(of=("self",)).order_by("pk")}


def _news(run: ScreeningRun, findings: list[Finding]) -> Iterator[Finding]:
    """Give the warnings that were not raised before as they are now."""
    earlier = _earlier(findings)
    still = _in_the_runs_before(run, {each.household_id for each in findings})
    for finding in findings:
        key = (finding.household_id, finding.rule)
        last = earlier.get(key)
        has_come_back = finding.household_id in still and finding.rule not in still[finding.household_id]
        if last is None or (last.run_id != run.pk and (has_come_back or _is_worth_it(last, finding))):
            yield finding


def _earlier(findings: list[Finding]) -> dict[tuple[int, str], _Earlier]:
    """Return what was last raised for each household and rule."""
    ids = {each.household_id for each in findings}
    rows = ClueOrigin.objects.filter(clue__household_id__in=ids, source="screening", finding__isnull=False)
    found = rows.order_by("pk").values_list(
        "clue__household_id", "rule", "finding__run_id", "finding__grade", "finding__evidence__values"
    )
    return {(row[0], row[1]): _Earlier(row[2], row[3], row[4] or {}) for row in found}


def _in_the_runs_before(run: ScreeningRun, households: set[int]) -> dict[int, set[str]]:
    """Return, by household, the rules it met in the last earlier run that answered for it."""
    last = last_runs(run.county, households, before=run.pk)
    met: dict[int, set[str]] = {household: set() for household in last}
    found = Finding.objects.filter(run__in=set(last.values()), household__in=last, kind="warning")
    for household_id, run_id, rule in found.values_list("household_id", "run_id", "rule"):
        if last[household_id] == run_id:
            met[household_id].add(rule)
    return met


def _is_worth_it(last: _Earlier, finding: Finding) -> bool:
    is_graver = _gravity(finding.grade) < _gravity(last.grade)
    return is_graver or _is_changed(last.values, finding.evidence.get("values", {}))


def _is_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return any(_differs(before.get(name), now.get(name)) for name in {*before, *now})


def _differs(before: Any, now: Any) -> bool:
    are_numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (before, now))
    return abs(now - before) * _CHANGED_BY > abs(before) if are_numbers else bool(before != now)


def _gravity(grade: str) -> int:
    order = list(GRADES)
    return order.index(grade) if grade in order else len(order)


def _word(finding: Finding) -> Word:
    risks = (finding.risk,) if finding.risk else ()
    text = finding.reason or finding.label
    return Word("screening", text, risks, finding.grade, finding.rule, finding_id=finding.pk)


def _tell(clues: list[Clue], at: datetime) -> None:
    """Tell each township how many clues wait to be sent out."""
    townships = Counter({clue.pk: clue.division[:9] for clue in clues if clue.state == "received"}.values())
    for township, number in townships.items():
        told = accounts_with(roles=[Role.TOWNSHIP], division=township.ljust(12, "0"), at=at)
        text = f"筛查产生 {number} 条待派发线索"
        notify(accounts=told, kind="clue", text=text, link="/clues/?tab=mine", at=at)
