"""Open a case: the household on a track of the pack that holds in its place on the day (R30, R50–R53)."""

from collections.abc import Mapping
from datetime import date, datetime

from shouwang.actions.acting import Act, Actor, acting, locked
from shouwang.actions.case_frame import Hand, write_event
from shouwang.actions.numbering import next_number
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.case_state import CaseState
from shouwang.domain.casework import StepRefused, open_case
from shouwang.domain.permissions import Permission
from shouwang.domain.policy import PackError
from shouwang.domain.procedure import FLAGS, TRACKS, FactValue, Procedure, Track
from shouwang.domain.track_records import track_digest, track_record
from shouwang.records.access import visible
from shouwang.records.case_facts import is_self_declared
from shouwang.records.case_states import TRACK_PAPER
from shouwang.records.elimination_facts import elimination_facts
from shouwang.records.models import Case, CasePaper, Clue, Household
from shouwang.records.policies import policy_at

# Who may open a track; an identification follows a verdict on a clue, or a green channel.
OPENERS: dict[str, tuple[Permission, ...]] = {
    "identification": (Permission.GIVE_VERDICT, Permission.OPEN_GREEN_CHANNEL),
    "elimination": (Permission.PROPOSE_ELIMINATION,),
    "rollback": (Permission.REQUEST_ROLLBACK,),
    "removal": (Permission.REQUEST_ROLLBACK,),
}
# What a household must be for a track, and what to do otherwise.
_STANDING = {
    "identification": (
        ("none", "eliminated", "removed"),
        "该户已在监测中，新的风险请在帮扶计划中补充，不必重新识别",
    ),
    "elimination": (("monitored",), "该户不在监测中，不能办理风险消除"),
    "rollback": (("eliminated",), "该户没有标注风险消除，不能办理回退"),
    "removal": (("monitored",), "该户不在监测中，不能办理清退"),
}
# Traits that the clerk may say when opening.
SAYABLE = ("is_sudden_hardship", "is_new_minimum_living", "is_new_destitute")


def open_identification(
    *,
    actor: Actor,
    household_id: int,
    clue_id: int | None,
    on: date,
    at: datetime,
    opinion: str,
    traits: Mapping[str, bool | None] | None = None,
) -> Case:
    """Open an identification, of a clue whose verdict asks for it or of none; earlier episodes stay.

    `traits` are flags of SAYABLE. Raises NotThere, NotAllowed, Unfit.
    """
    with acting(actor, "case.open", at=at) as act:
        household = _household(actor, household_id, "identification")
        return begin(
            actor=actor, act=act, household=household, track="identification",
            clue=_clue(actor, household, clue_id), on=on, at=at, opinion=opinion, traits=traits or {},
        )  # fmt: skip


def open_track(*, actor: Actor, household_id: int, track: str, on: date, at: datetime, opinion: str) -> Case:
    """Open an elimination, a rollback or a removal (or an identification without a clue). Raises as above."""
    with acting(actor, "case.open", at=at) as act:
        if track not in TRACKS:
            raise Unfit("请选择要办理的程序", {"track": "请选择要办理的程序"})
        household = _household(actor, household_id, track)
        return begin(
            actor=actor,
            act=act,
            household=household,
            track=track,
            clue=None,
            on=on,
            at=at,
            opinion=opinion,
            traits={},
        )


def begin(
    *,
    actor: Actor,
    act: Act,
    household: Household,
    track: str,
    clue: Clue | None,
    on: date,
    at: datetime,
    opinion: str,
    traits: Mapping[str, bool | None],
) -> Case:
    """Open a case of a household that the running act has locked. Raises NotAllowed, Unfit."""
    role = _role(actor, household, track)
    _check(household, track, on, at, opinion)
    procedure = _procedure(household.division, track, on)
    facts = _facts(clue, traits)
    try:
        state = open_case(
            procedure, track, role=role, by=str(actor.viewer.account_id), on=on, facts=facts, opinion=opinion
        )
    except StepRefused as refused:
        raise Unfit(refused.reasons) from refused
    _check_forbidden(household, state.track, on)
    case = _stored(household, clue, state, on)
    _keep_track(case, state.track, actor, on, at)
    act.about(case, role)
    hand = Hand(actor, act, case, state, on, at)
    write_event(hand=hand, event=state.events[-1])
    act.after = {"track": track, "number": case.number, "turn_label": case.turn_label}
    return case


def _household(actor: Actor, household_id: int, track: str) -> Household:
    """Lock the household by the first permission held that opens the track."""
    held = (
        each
        for each in OPENERS[track]
        if visible(Household.objects.filter(pk=household_id), actor.viewer, each, is_write=True).exists()
    )
    return locked(actor, Household.objects.all(), household_id, next(held, OPENERS[track][0]))


def _clue(actor: Actor, household: Household, clue_id: int | None) -> Clue | None:
    if clue_id is None:
        return None
    clue = visible(Clue.objects.filter(pk=clue_id, household=household), actor.viewer).first()
    if clue is None:
        raise NotThere
    return clue


def _role(actor: Actor, household: Household, track: str) -> str:
    for permission in OPENERS[track]:
        roles = actor.viewer.roles_at(permission, household.division, household.pk, household.group_name)
        if roles:
            return str(roles[0])
    raise NotAllowed(f"您在这里没有“{OPENERS[track][0].label}”的权限，请由有权限的人员办理")


def _check(household: Household, track: str, on: date, at: datetime, opinion: str) -> None:
    reasons = [] if household.is_present else ["该户已不在册，不能立案"]
    allowed, reason = _STANDING[track]
    reasons += [] if household.monitoring in allowed else [reason]
    reasons += [] if on <= at.date() else ["立案日期不能晚于今天"]
    reasons += [] if opinion.strip() else ["没有写明立案理由"]
    under_way = household.cases.filter(status="open").first()
    if under_way is not None:
        reasons.append(f"该户已有办理中的个案（{TRACKS[under_way.track]}），须先办结")
    if reasons:
        raise Unfit(reasons)


def _procedure(division: str, track: str, on: date) -> Procedure:
    try:
        procedure = policy_at(division, on).procedure
    except PackError as error:
        raise Unfit(str(error)) from error
    if procedure is None:
        raise Unfit(f"当地政策包没有“{TRACKS[track]}”程序，请先补充政策包")
    return procedure


def _facts(clue: Clue | None, traits: Mapping[str, bool | None]) -> dict[str, FactValue]:
    said: dict[str, FactValue] = {name: traits.get(name) for name in SAYABLE}
    return {**said, "is_self_declared": is_self_declared(clue)}


def _check_forbidden(household: Household, track: Track, on: date) -> None:
    """Refuse at once what the first step would refuse whatever is done: a household wholly without labour."""
    forbidden = {name for step in track.steps for name in step.forbids}
    if "is_whole_no_labour" in forbidden and elimination_facts(household, on).is_without_labour is True:
        label = FLAGS["is_whole_no_labour"]
        raise Unfit(f"属于“{label}”，不办理“{track.label}”：落实兜底保障后标为兜底保障户，继续跟踪监测")


def _stored(household: Household, clue: Clue | None, state: CaseState, on: date) -> Case:
    earlier = household.cases.filter(track="identification", is_decided=True).count()
    return Case(
        number=next_number(kind="case", division=household.division, on=on),
        household=household,
        division=household.division,
        clue=clue,
        track=state.track.id,
        pack=state.track.pack_id,
        pack_digest=track_digest(state.track),
        traits=sorted(state.traits),
        episode=earlier + 1 if state.track.id == "identification" else max(earlier, 1),
        status="open",
        opened_on=on,
    )


def _keep_track(case: Case, track: Track, actor: Actor, on: date, at: datetime) -> None:
    case.save()
    CasePaper.objects.create(
        case=case,
        division=case.division,
        kind="other",
        step_id=TRACK_PAPER,
        on=on,
        content={"track": track_record(track)},
        by_id=actor.viewer.account_id,
        recorded_at=at,
    )
