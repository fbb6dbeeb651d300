"""One of everything in a county, its names, numbers and words unmistakable wherever they turn up."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shouwang.actions.acting import Actor, acting
from shouwang.domain.roles import Role
from shouwang.records.models import (
    Account,
    Attachment,
    AttachmentContent,
    AuditEvent,
    Case,
    CaseEvent,
    CasePaper,
    Clue,
    ClueCheck,
    ClueOrigin,
    Contact,
    Finding,
    Household,
    LookBack,
    Meeting,
    MeetingItem,
    Plan,
    PlanMeasure,
    RoleGrant,
    ScreeningRun,
    Task,
    Visit,
)
from shouwang.records.sealing import seal_bytes
from shouwang.records.viewers import Viewer
from tests.delivery_rows import delivered
from tests.export_rows import export_of, token_of
from tests.match_world import waiting_review
from tests.quality_rows import doubted
from tests.support_world import supported
from tests.world import NOW, TODAY, Place, account, household

NAME, WORDS, DISEASE = "鹳甲金丝", "鹳语不应外泄", "鹳病"
PHONE, NUMBER = "10009998887", "HHCANARY0001"
CANARIES = (NAME, WORDS, DISEASE, PHONE, NUMBER)


@dataclass
class Mirror:
    """What stands in a county: the ids by the names that addresses give them, and a form that names them all.

    `shared` are pages whose parameter names nothing of a household.
    """

    ids: dict[str, object] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()


def mirror(of: Place) -> Mirror:
    """Make one of everything in the first village of a county; call it inside `entered_system()`."""
    village = of.villages[0]
    staff = account(Role.VILLAGE, village, name="鹳县村干部")
    home = _home(of)
    person = home.members.first()
    assert person is not None
    ids: dict[str, object] = {
        "household_id": home.pk,
        "member_id": person.pk,
        "account_id": staff.pk,
        "row_id": home.pk,
        "sequence": _event(home),
        "grant_id": RoleGrant.objects.get(account=staff).pk,
        **_fixed(),
        **_clue(of, home, staff),
        **_case(of, home, staff),
        **_meeting(home, staff),
        **token_of(staff, WORDS),
        **_scan(home, staff),
        **export_of(of, home, staff, WORDS),
        **delivered(of, WORDS),
        **doubted(home, staff, WORDS),
    }
    ids["review_id"] = waiting_review(home, named=NAME, words=NAME).pk
    ids |= _help(of, home, staff) | supported(home, staff, WORDS, NAME)
    same = {name: str(home.pk) for name in ("row", "rows", "ids", "household")}
    form = {
        **same,
        "reason": "核对情况后办理",
        "opinion": "同意",
        "version": "1",
        "division": village,
        "place": village,
        "account": str(staff.pk),
        **{name: str(value) for name, value in ids.items()},
    }
    return Mirror(ids, form, frozenset({"export_new"}))


def _home(of: Place) -> Household:
    return household(
        of.villages[0],
        members=2,
        head_name=NAME,
        number=f"{NUMBER}{of.county}",
        monitoring="monitored",
        risks=["medical"],
    )


def _fixed() -> dict[str, object]:
    """Name what an address says that is no row."""
    return {
        "number": 1,
        "act": "disable",
        "table": "household",
        "name": "phone",
        "step_id": "appraisal",
        "track": "elimination",
        "kind": "notice",
        "objection": 1,
        "profile": "roster",
    }


def _event(home: Household) -> int:
    """Leave a line in the audit; return where it stands in the chain."""
    with acting(Actor(Viewer(0, "系统", ())), "household.look", at=NOW) as act:
        act.about(home)
    return AuditEvent.objects.latest("sequence").sequence


def _finding(of: Place, home: Household) -> Finding:
    run = ScreeningRun.objects.create(identifier=f"run{of.county}", county=of.county, on=TODAY, ran_at=NOW)
    return Finding.objects.create(
        run=run,
        household=home,
        division=home.division,
        rule="r",
        label=WORDS,
        pack="cn-2021",
        kind="warning",
        risk="medical",
        grade="red",
        clause=WORDS,
        reason=WORDS,
    )


def _clue(of: Place, home: Household, staff: Account) -> dict[str, object]:
    place = {"division": home.division}
    finding = _finding(of, home)
    clue = Clue.objects.create(
        number=f"{of.county}XS1",
        household=home,
        named=NAME,
        risks=["medical"],
        state="dispatched",
        received_on=TODAY,
        due_on=TODAY,
        turn="village",
        **place,
    )
    origin = ClueOrigin.objects.create(
        clue=clue, source="hotline", text=WORDS, received_at=NOW, finding=finding, **place
    )
    ClueCheck.objects.create(
        clue=clue,
        checked_on=TODAY,
        checkers=NAME,
        findings=WORDS,
        opinion=WORDS,
        by=staff,
        recorded_at=NOW,
        **place,
    )
    return {"run_id": finding.run_id, "finding_id": finding.pk, "clue_id": clue.pk, "origin_id": origin.pk}


def _case(of: Place, home: Household, staff: Account) -> dict[str, object]:
    place, opened_on = {"division": home.division}, TODAY - timedelta(days=3)
    clue = Clue.objects.get(household=home)
    case = Case.objects.create(
        number=f"{of.county}GA1",
        household=home,
        clue=clue,
        track="identification",
        pack="cn-2021",
        status="open",
        pack_digest="0" * 64,
        opened_on=opened_on,
        version=1,
        turn_label=WORDS,
        **place,
    )
    CaseEvent.objects.create(
        case=case,
        sequence=1,
        kind="open",
        role="village",
        by=staff,
        on=opened_on,
        opinion=WORDS,
        recorded_at=NOW,
        **place,
    )
    paper = CasePaper.objects.create(
        case=case,
        kind="notice",
        on=TODAY,
        content={"text": WORDS, "place": WORDS},
        by=staff,
        recorded_at=NOW,
        **place,
    )
    return {"case_id": case.pk, "paper_id": paper.pk}


def _help(of: Place, home: Household, staff: Account) -> dict[str, object]:
    about = {"household": home, "division": home.division}
    plan = Plan.objects.create(
        case=Case.objects.get(household=home),
        state="submitted",
        aim=WORDS,
        drawn_up_by=staff,
        drawn_up_on=TODAY,
        **about,
    )
    measure = PlanMeasure.objects.create(plan=plan, label=WORDS, kind="health", **about)
    task = Task.objects.create(
        number=f"{of.county}RW1",
        department="medical",
        kind="help",
        text=WORDS,
        state="sent",
        sent_by=staff,
        sent_on=TODAY,
        due_on=TODAY,
        **about,
    )
    contact = Contact.objects.create(account=staff, from_on=TODAY, assigned_by=staff, **about)
    visit = Visit.objects.create(
        kind="monthly", visited_on=TODAY, by=staff, role="village", found=WORDS, recorded_at=NOW, **about
    )
    LookBack.objects.create(
        decision="keep", opinion=WORDS, on=TODAY, by=staff, role="village", recorded_at=NOW, **about
    )
    return {
        "plan_id": plan.pk,
        "measure_id": measure.pk,
        "task_id": task.pk,
        "contact_id": contact.pk,
        "visit_id": visit.pk,
    }


def _meeting(home: Household, staff: Account) -> dict[str, object]:
    place = {"division": home.division}
    meeting = Meeting.objects.create(
        level=5, month=TODAY.replace(day=1), called_by=staff, chair=NAME, **place
    )
    item = MeetingItem.objects.create(meeting=meeting, household=home, kind="flagged", text=WORDS, **place)
    return {"meeting_id": meeting.pk, "item_id": item.pk}


def _scan(home: Household, staff: Account) -> dict[str, object]:
    place = {"division": home.division}
    scan = Attachment.objects.create(
        household=home,
        owner=f"household:{home.pk}",
        title=WORDS,
        content_type="image/png",
        sha256="0" * 64,
        size_bytes=4,
        by=staff,
        added_at=NOW,
        **place,
    )
    AttachmentContent.objects.create(
        attachment=scan, sealed=seal_bytes(WORDS.encode(), of="attachment"), **place
    )
    return {"attachment_id": scan.pk}
