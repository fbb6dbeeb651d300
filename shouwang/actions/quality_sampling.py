"""The three-way comparison: draw a village's sample, enter what was found, close it (R80)."""

from collections.abc import Mapping
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked, require
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.permissions import Permission
from shouwang.domain.quality_sample import ITEMS, RESULTS, draw, sample_size
from shouwang.records.access import visible
from shouwang.records.models import Household, QualitySample, SampledHousehold
from shouwang.records.policies import policy_at

VILLAGE_WIDTH = 12
_RULE = "监测对象户和脱贫户的 {permille}‰，至少 {least} 户、至多 {most} 户"


def draw_sample(*, actor: Actor, division: str, seed: str, on: date, at: datetime) -> QualitySample:
    """Draw a village's sample of its monitored and alleviated households. Raises Unfit, NotAllowed."""
    with acting(actor, "quality.draw", at=at) as act:
        if len(division) != VILLAGE_WIDTH or not division.isdigit():
            raise Unfit("请选择一个行政村", {"division": "请选择一个行政村"})
        act.role, act.division = str(require(actor, Permission.EDIT_HOUSEHOLD, division)), division
        if QualitySample.objects.filter(division=division, state="open").exists():
            raise Unfit("这个村还有一次核对没有完成，完成后才能再抽")
        rows = visible(Household.objects.filter(division=division, is_present=True), actor.viewer)
        homes = {
            each.number: each
            for each in rows
            if each.household_class == "alleviated" or each.monitoring in ("monitored", "eliminated")
        }
        if not homes:
            raise Unfit("这个村没有在册的监测对象户或脱贫户，不需要抽查")
        values = {name: int(policy_at(division, on).parameters[name].value) for name in _PARAMETERS}
        size = sample_size(len(homes), *(values[name] for name in _PARAMETERS))
        permille, least, most = (values[name] for name in _PARAMETERS)
        seed = seed.strip()[:40] or f"{on:%Y%m%d}-{division}"
        sample = QualitySample.objects.create(
            division=division, drawn_on=on, seed=seed, population=len(homes), size=size,
            rule=_RULE.format(permille=permille, least=least, most=most),
            drawn_by_id=actor.viewer.account_id, drawn_at=at,
        )  # fmt: skip
        SampledHousehold.objects.bulk_create(
            SampledHousehold(sample=sample, household=homes[number], division=division, place=place)
            for place, number in enumerate(draw(homes, seed, size), start=1)
        )
        act.about(sample)
        act.after = {"seed": seed, "population": len(homes), "size": size}
    return sample


_PARAMETERS = ("quality_sample_permille", "quality_sample_least", "quality_sample_most")


def enter_comparison(
    *,
    actor: Actor,
    sampled_id: int,
    version: int,
    results: Mapping[str, str],
    shown: Mapping[str, str],
    note: str,
    on: date,
    at: datetime,
) -> SampledHousehold:
    """Enter what household and paper say; items left out were not compared. Raises Unfit, Stale."""
    with acting(actor, "quality.compare", at=at) as act:
        row: SampledHousehold = locked(
            actor, SampledHousehold.objects.all(), sampled_id, Permission.EDIT_HOUSEHOLD, version=version
        )
        if row.sample.state != "open":
            raise Unfit("这次核对已完成，不能再改")
        answered = {name: answer for name, answer in results.items() if answer}
        if not answered:
            raise Unfit("请至少填写一项核对结果")
        if not (answered.keys() <= ITEMS.keys() and set(answered.values()) <= RESULTS.keys()):
            raise Unfit("核对结果不在可选范围内，请重新选择")
        differs = any(answer != "same" for answer in answered.values())
        if differs and not note.strip():
            raise Unfit("有不一致的项目，请说明差在哪里", {"note": "请说明差在哪里"})
        if contains_personal_number(note):
            raise Unfit("说明中不能出现证件号码、手机号码或银行卡号，请删去后再提交")
        row.results, row.note, row.checked_on = answered, note.strip()[:300], on
        row.shown = {name: shown.get(name, "") for name in answered}
        row.checked_by_id, row.version = actor.viewer.account_id, row.version + 1
        row.save()
        act.about(row)
        act.after = {
            "agreeing": sum(1 for each in answered.values() if each == "same"),
            "compared": len(answered),
        }
    return row


def close_sample(*, actor: Actor, sample_id: int, at: datetime) -> QualitySample:
    """Close a sample whose households are all compared. Raises Unfit, NotThere, NotAllowed."""
    with acting(actor, "quality.close", at=at) as act:
        sample: QualitySample | None = (
            visible(QualitySample.objects.filter(pk=sample_id), actor.viewer).select_for_update().first()
        )
        if sample is None:
            raise NotThere
        act.role = str(require(actor, Permission.EDIT_HOUSEHOLD, sample.division))
        left = sample.households.filter(checked_on=None).count()
        if sample.state != "open" or left:
            raise Unfit(f"还有 {left} 户没有核对" if left else "这次核对已经完成")
        sample.state = "closed"
        sample.version += 1
        sample.save(update_fields=["state", "version"])
        act.about(sample)
        act.after = {"state": "closed"}
    return sample
