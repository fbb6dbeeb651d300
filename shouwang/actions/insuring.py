"""Insurance of a household (R47): a policy taken out or ended, a claim filed and settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.insurance import PAYERS, CoverPeriod, wrong_claim, wrong_cover, wrong_settlement
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.models import Claim, Cover, Household, InsuredPerson, Member

_P = Permission
_FEWEST = 4


@dataclass(frozen=True)
class CoverEntry:
    """A policy as it is typed in; without members it covers the whole household."""

    kind: str
    insurer: str
    starts_on: date
    ends_on: date
    payer: str
    payer_name: str = ""
    policy_number: str = ""
    insured_fen: int | None = None
    premium_fen: int | None = None
    member_ids: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ClaimEntry:
    """A claim as it is typed in."""

    event: str
    happened_on: date
    claimed_on: date
    claimed_fen: int | None = None
    member_id: int | None = None
    text: str = ""


def take_out_cover(*, actor: Actor, household_id: int, entry: CoverEntry, on: date, at: datetime) -> Cover:
    """Record a policy of a household; the same cover twice for the same days is refused."""
    with acting(actor, "cover.take_out", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, _P.RECORD_MEASURE)
        persons = _persons(household, entry.member_ids)
        held = [period(cover=each) for each in household.covers.prefetch_related("persons")]
        asked = CoverPeriod(entry.kind, entry.starts_on, entry.ends_on, entry.insured_fen, frozenset(persons))
        wrong = wrong_cover(asked, entry.insurer, entry.premium_fen, held)
        if entry.payer not in PAYERS:
            wrong["payer"] = "请选择缴费方"
        if wrong:
            raise Unfit(wrong.values(), wrong)
        names = ("kind", "starts_on", "ends_on", "payer", "insured_fen", "premium_fen")
        words = ("insurer", "payer_name", "policy_number", "reason")
        cover = Cover.objects.create(
            household=household,
            division=household.division,
            recorded_by_id=actor.viewer.account_id,
            recorded_at=at,
            **{name: getattr(entry, name) for name in names},
            **{name: getattr(entry, name).strip() for name in words},
        )
        for pk in persons:
            InsuredPerson.objects.create(
                cover=cover, household=household, member_id=pk, division=household.division
            )
        act.about(cover, _role(actor, household))
        act.after = {"kind": cover.kind, "ends_on": cover.ends_on, "persons": len(persons)}
    return cover


def end_cover(
    *, actor: Actor, cover_id: int, version: int, ended_on: date, reason: str, on: date, at: datetime
) -> Cover:
    """End a policy before its last day."""
    with acting(actor, "cover.end", at=at) as act:
        cover: Cover = locked(actor, Cover.objects.all(), cover_id, _P.RECORD_MEASURE, version=version)
        wrong = {}
        if cover.state != "held":
            raise Unfit("这份保单已退保")
        if not cover.starts_on <= ended_on <= min(on, cover.ends_on):
            wrong["ended_on"] = "退保日期应在起保日期与今天（或到期日）之间"
        if len(reason.strip()) < _FEWEST:
            wrong["reason"] = "请写明退保原因（至少4个字）"
        if cover.claims.filter(state="filed").exists():
            wrong["reason"] = "还有没结案的理赔，结案后再退保"
        if wrong:
            raise Unfit(wrong.values(), wrong)
        act.about(cover, _role(actor, cover.household))
        act.reason = reason.strip()
        act.before, act.after = {"state": cover.state}, {"state": "ended", "ended_on": ended_on}
        cover.state, cover.ended_on, cover.reason = "ended", ended_on, reason.strip()
        cover.version += 1
        cover.save()
    return cover


def file_claim(*, actor: Actor, cover_id: int, entry: ClaimEntry, on: date, at: datetime) -> Claim:
    """Record a claim on a policy for one event; the same event is not claimed twice on it."""
    with acting(actor, "claim.file", at=at) as act:
        cover: Cover = locked(actor, Cover.objects.all(), cover_id, _P.RECORD_MEASURE)
        _persons(cover.household, () if entry.member_id is None else (entry.member_id,))
        wrong = wrong_claim(
            period(cover=cover), entry.event, entry.happened_on, entry.claimed_on, entry.claimed_fen,
            entry.member_id, on,
        )  # fmt: skip
        same = cover.claims.filter(
            event=entry.event, happened_on=entry.happened_on, member_id=entry.member_id
        ).exclude(state="withdrawn")
        if same.exists():
            wrong["happened_on"] = "这次出险已经报案，请在原理赔中办理"
        if wrong:
            raise Unfit(wrong.values(), wrong)
        claim = Claim.objects.create(
            cover=cover,
            household_id=cover.household_id,
            division=cover.division,
            recorded_by_id=actor.viewer.account_id,
            recorded_at=at,
            **{name: getattr(entry, name) for name in ClaimEntry.__dataclass_fields__},
        )
        act.about(claim, _role(actor, cover.household))
        act.after = {"event": claim.event, "claimed_on": claim.claimed_on}
    return claim


def settle_claim(
    *,
    actor: Actor,
    claim_id: int,
    version: int,
    state: str,
    paid_fen: int | None,
    decided_on: date,
    reason: str,
    on: date,
    at: datetime,
) -> Claim:
    """Record what the insurer decided: paid, refused with its reason, or withdrawn."""
    with acting(actor, "claim.settle", at=at) as act:
        claim: Claim = locked(actor, Claim.objects.all(), claim_id, _P.RECORD_MEASURE, version=version)
        if claim.state != "filed":
            raise Unfit(f"这笔理赔{claim.get_state_display()}，不能再改")
        cover = Cover.objects.select_for_update().get(pk=claim.cover_id)
        before = cover.claims.filter(state="paid").aggregate(sum=Sum("paid_fen"))["sum"] or 0
        wrong = wrong_settlement(
            period(cover=cover), state, paid_fen, before, claim.claimed_on, decided_on, reason, on
        )
        if wrong:
            raise Unfit(wrong.values(), wrong)
        act.about(claim, _role(actor, claim.household))
        act.before, act.after = {"state": claim.state}, {"state": state, "paid_fen": paid_fen}
        claim.state, claim.decided_on, claim.reason = state, decided_on, reason.strip()
        claim.paid_fen = paid_fen if state == "paid" else None
        claim.version += 1
        claim.save()
    return claim


def period(*, cover: Cover) -> CoverPeriod:
    """Return a policy as the rules see it."""
    persons = frozenset(each.member_id for each in cover.persons.all())
    return CoverPeriod(cover.kind, cover.starts_on, cover.ends_on, cover.insured_fen, persons, cover.ended_on)


def _persons(household: Household, member_ids: Sequence[int]) -> list[int]:
    """Return the members once each; one who is not of the household is not there."""
    asked = sorted(set(member_ids))
    found = Member.objects.filter(pk__in=asked, household=household).count()
    if found != len(asked):
        raise NotThere
    return asked


def _role(actor: Actor, household: Household) -> Role | str:
    roles = actor.viewer.roles_at(_P.RECORD_MEASURE, household.division, household.pk, household.group_name)
    return roles[0] if roles else ""
