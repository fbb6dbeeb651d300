"""The sample month: what becomes of clues and of those already watched, so that every state is seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from shouwang.actions import (
    case_endings,
    case_objections,
    case_opening,
    case_steps,
    clue_check,
    clue_dispatch,
    clue_feedback,
    clue_verdict,
    contact_assigning,
    measure_records,
    plan_approval,
    plan_drawing,
    task_sending,
    visit_recording,
)
from shouwang.actions.refusals import Refusal
from shouwang.actions.sample.fates import FATES, UNTIL
from shouwang.actions.sample.people import People
from shouwang.actions.sample.walking import Day, walk
from shouwang.domain.roles import Role
from shouwang.records.models import Clue, Plan
from shouwang.records.plan_drafts import MeasureDraft, PlanDraft


@dataclass
class Month:
    """The sample work: its people, its first and last day, and how many households came to each fate."""

    people: People
    first: date
    last: date
    counts: dict[str, int] = field(default_factory=dict)

    def day(self, number: int) -> Day:
        """Return the day on which the work on the nth clue begins, spread over a week."""
        return Day(self.first + timedelta(days=number % 7), self.last)


def live(*, people: People, clue_ids: Sequence[int], first: date, last: date) -> dict[str, int]:
    """Do the month's work on some clues; returns how many came to each fate. Runs in the system's reach."""
    month = Month(people, first, last)
    clues = {clue.pk: clue for clue in Clue.objects.filter(pk__in=clue_ids).select_related("household")}
    for number, (clue_id, fate) in enumerate(zip(clue_ids, cycle(FATES))):
        reached = fate if _Clue(month, clues[clue_id], month.day(number)).come_to(fate) else "stopped"
        month.counts[reached] = month.counts.get(reached, 0) + 1
    return month.counts


class _Clue:
    """One clue on its way."""

    def __init__(self, month: Month, clue: Clue, day: Day) -> None:
        self.people, self.clue, self.day = month.people, clue, day
        self.division = clue.division

    def come_to(self, fate: str) -> bool:
        """Take the clue to a fate; False where an act was refused on the way: it stays where it was."""
        try:
            for act in self._acts(fate):
                act()
                if not self.day.later(1):
                    return True
        except Refusal:
            return False
        return True

    def _acts(self, fate: str) -> Iterator[Callable[[], object]]:
        yield self._dispatch
        if fate == "dispatched":
            return
        is_at_risk = fate not in ("no_risk", "watch")
        yield lambda: self._check(is_at_risk)
        if fate == "checked":
            return
        yield lambda: self._verdict("identify" if is_at_risk else fate)
        if not is_at_risk:
            yield self._feed_back
            return
        yield self._open
        if fate == "green_channel":
            yield self._green_channel
        yield lambda: self._walk(UNTIL.get(fate, "contact_and_plan"))
        yield from self._endings(fate)

    def _endings(self, fate: str) -> Iterator[Callable[[], object]]:
        if fate.startswith("objection"):
            yield self._object
            if fate == "objection_answered":
                yield self._answer
        elif fate == "rejected":
            yield self._reject
        elif fate == "withdrawn":
            yield self._withdraw
        elif fate in ("planned", "submitted", "helped"):
            yield self._assign
            yield self._draw_up
            if fate != "planned":
                yield self._submit
            if fate == "helped":
                yield from (self._approve, self._send_task, self._help, self._visit, lambda: self._walk(""))

    def _when(self) -> dict[str, Any]:
        return {"on": self.day.on, "at": self.day.at}

    def _as(self, role: Role) -> dict[str, Any]:
        return {"actor": self.people.at(role, self.division).actor(self.day.at), **self._when()}

    def _fresh(self) -> dict[str, Any]:
        self.clue.refresh_from_db()
        return {"clue_id": self.clue.pk, "version": self.clue.version}

    def _case(self) -> dict[str, Any]:
        case = self.clue.cases.order_by("-pk")[0]
        return {"case_id": case.pk, "version": case.version}

    def _dispatch(self) -> None:
        clue_dispatch.dispatch_clue(**self._as(Role.TOWNSHIP), **self._fresh())

    def _check(self, is_at_risk: bool) -> None:
        clue_check.record_check(
            **self._as(Role.VILLAGE),
            **self._fresh(),
            checked_on=self.day.on,
            checkers="样例干部甲、样例干部乙",
            findings="入户看了住房、饮水和票据，与家庭成员谈了收入和支出。",
            opinion="支出压力大，建议纳入。" if is_at_risk else "能够自己解决，暂无返贫致贫风险。",
            is_at_risk=is_at_risk,
            risks=(list(self.clue.risks) or ["medical"]) if is_at_risk else [],
            has_guarantees=True,
            has_safe_water=True,
        )

    def _verdict(self, verdict: str) -> None:
        clue_verdict.give_verdict(
            **self._as(Role.TOWNSHIP), **self._fresh(), verdict=verdict, reason="村里核查清楚，附入户记录。"
        )

    def _feed_back(self) -> None:
        origins = [each.pk for each in self.clue.origins.all()]
        clue_feedback.give_feedback(
            **self._as(Role.TOWNSHIP), **self._fresh(), origin_ids=origins, text="已核查，结论见线索。"
        )

    def _open(self) -> None:
        case_opening.open_identification(
            **self._as(Role.VILLAGE),
            household_id=self.clue.household_id,
            clue_id=self.clue.pk,
            opinion="核查有风险，启动识别程序。",
        )

    def _walk(self, until: str) -> None:
        walk(people=self.people, case_id=self._case()["case_id"], until=until, day=self.day)

    def _green_channel(self) -> None:
        case_steps.start_green_channel(
            **self._as(Role.TOWNSHIP),
            **self._case(),
            opinion="房屋过水，先行安置和临时救助。",
            is_sudden_hardship=True,
            is_plainly_true=True,
        )

    def _object(self) -> None:
        case_objections.raise_objection(
            **self._as(Role.VILLAGE), **self._case(), opinion="有群众反映其子在县城有房。"
        )

    def _answer(self) -> None:
        case_objections.answer_objection(
            **self._as(Role.TOWNSHIP),
            **self._case(),
            number=1,
            opinion="经查，房屋为租住，异议不成立。",
            is_upheld=False,
        )

    def _reject(self) -> None:
        case_endings.reject(
            **self._as(Role.VILLAGE), **self._case(), reason="比对发现名下有经营性车辆，收入较高。"
        )

    def _withdraw(self) -> None:
        case_endings.withdraw(
            **self._as(Role.VILLAGE), **self._case(), reason="户主说明困难已解决，自愿撤回。"
        )

    def _assign(self) -> None:
        helper = self.people.by_role[Role.HELPER]
        is_his = self.division == helper.place
        account = helper.account if is_his else self.people.cadres[self.division].account
        contact_assigning.assign_contact(
            **self._as(Role.TOWNSHIP),
            household_id=self.clue.household_id,
            account_id=account.pk,
            kind="contact",
            reason="",
        )

    def _draw_up(self) -> None:
        risks = list(self.clue.risks) or ["medical"]
        measures = (
            MeasureDraft("", "health", "慢病签约服务和医疗救助", risk=risks[0], department="medical"),
            MeasureDraft("", "industry", "发展庭院养殖", risk="income", department="agriculture"),
        )
        plan_drawing.draw_up_plan(
            **self._as(Role.VILLAGE),
            household_id=self.clue.household_id,
            draft=PlanDraft("一年内医药费压力减轻，收入稳定在监测线以上。", measures),
        )

    def _plan(self) -> dict[str, Any]:
        plan = Plan.objects.filter(household_id=self.clue.household_id).latest("pk")
        return {"plan_id": plan.pk, "version": plan.version}

    def _submit(self) -> None:
        plan_drawing.submit_plan(
            **self._as(Role.VILLAGE), **self._plan(), answer_to_remarks="已逐条核对，按实际情况安排。"
        )

    def _approve(self) -> None:
        plan_approval.approve_plan(**self._as(Role.TOWNSHIP), **self._plan(), opinion="同意，抓紧落实。")

    def _send_task(self) -> None:
        measure = Plan.objects.get(pk=self._plan()["plan_id"]).measures.order_by("pk")[0]
        task_sending.send_task(
            **self._as(Role.TOWNSHIP),
            household_id=self.clue.household_id,
            department="medical",
            kind="help",
            text="请核定医疗救助并反馈。",
            due_on=self.day.on + timedelta(days=10),
            measure_id=measure.pk,
        )

    def _help(self) -> None:
        measure = Plan.objects.get(pk=self._plan()["plan_id"]).measures.order_by("pk")[0]
        measure_records.record_measure(
            **self._as(Role.VILLAGE),
            measure_id=measure.pk,
            version=measure.version,
            state="done",
            done_on=self.day.on,
            paid_fen=None,
            result="已签约，救助金待拨。",
        )

    def _visit(self) -> None:
        entry = visit_recording.VisitEntry(
            "help",
            self.day.on,
            "家中有人在家，药费报销到账，鸡苗长势好。",
            has_guarantees=True,
            has_safe_water=True,
            has_new_risk=False,
        )
        visit_recording.record_visit(
            **self._as(Role.VILLAGE), household_id=self.clue.household_id, entry=entry
        )
