"""A case walked by hand through the actions: one account a role, the papers steps ask for, days given."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from shouwang.actions.acting import Actor
from shouwang.actions.case_opening import open_identification
from shouwang.actions.case_papers import add_paper
from shouwang.actions.case_steps import take_step
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import Case, Contact, Household, Plan
from tests.world import COUNTY, NOW, TOWNSHIP, VILLAGE, account, actor, household

START = date(2026, 11, 2)
PLACES = {
    "village": (Role.VILLAGE, VILLAGE),
    "resident_team": (Role.RESIDENT_TEAM, VILLAGE),
    "township": (Role.TOWNSHIP, TOWNSHIP),
    "county_office": (Role.COUNTY_OFFICE, COUNTY),
    # Who compared does not decide.
    "comparer": (Role.COUNTY_OFFICE, COUNTY),
    "city": (Role.CITY, COUNTY[:4]),
    "province": (Role.PROVINCE, COUNTY[:2]),
}
CHECK = {
    "checkers": "测试甲、测试乙", "findings": "入户看了住房、饮水，问了收支", "is_within_scope": True,
    "has_guarantees": True, "has_safe_water": True, "is_risk_gone": True, "is_without_new_risk": True,
    "months_above_line": 8, "is_whole_no_labour": False, "is_natural_elimination": False,
    "risks": ["medical"],
}  # fmt: skip
PAPERS: dict[str, dict[str, Any]] = {
    "household_check": CHECK,
    "authorisation": {"signer": "户主", "relation": "户主", "adults_signed": True},
    "comparison": {
        "compared_on": START,
        "results": [{"department": "民政", "result": "fit", "text": ""}],
    },
    "appraisal": {
        "present_count": 30,
        "for_count": 28,
        "against_count": 1,
        "place": "村委会",
        "chair": "测试丙",
    },
    "notice": {
        "text": "经民主评议，拟将一组某户纳入监测，公示五天，有异议请向村委会反映。",
        "place": "村务公开栏",
    },
    "plan_proposal": {"text": "落实医疗救助和公益岗位"},
    "announcement": {"place": "县政府网站"},
    "registration": {"registered_on": START, "national_number": "GB0001"},
    "request": {"ground": "unsafe", "text": "收入回落"},
}


@dataclass
class Walk:
    """A household, its case and the people who deal with it; `on` is the day that goes on by itself."""

    home: Household
    people: dict[str, Actor] = field(default_factory=dict)
    case: Case | None = None
    on: date = START

    @property
    def at(self) -> datetime:
        return datetime.combine(self.on, NOW.timetz())

    @property
    def open_case(self) -> Case:
        assert self.case is not None
        return self.case

    def act(self, role: str, action: Any, **words: Any) -> Any:
        """Do an action on the case as the person of a role."""
        who = self.people[role]
        with entered(who.viewer):
            if self.case is not None and "household_id" not in words:
                self.case.refresh_from_db()
                words = {"case_id": self.case.pk, "version": self.case.version, **words}
            return action(**{"actor": who, "on": self.on, "at": self.at, **words})

    def paper(self, role: str, kind: str, **content: Any) -> Any:
        return self.act(role, add_paper, kind=kind, content={**PAPERS[kind], **content})

    def step(self, role: str, step_id: str, **words: Any) -> Any:
        return self.act(role, take_step, step_id=step_id, **{"opinion": "同意", **words})

    def wait(self, days: int) -> None:
        self.on += timedelta(days)


def walk(**columns: Any) -> Walk:
    """Return a household with nobody's case yet, and one account for each level."""
    with entered_system():
        made = Walk(household(VILLAGE, members=2, **columns))
        accounts = {role: account(*place) for role, place in PLACES.items()}
    made.people = {role: actor(each) for role, each in accounts.items()}
    return made


def with_case(made: Walk) -> Walk:
    """Open a case of the household."""
    made.case = made.act(
        "township", open_identification, household_id=made.home.pk, clue_id=None, opinion="核查属实"
    )
    return made


def opened() -> Walk:
    return with_case(walk())


def at_notice() -> Walk:
    """Walk an identification until its notice hangs."""
    return to_notice(opened())


def to_notice(made: Walk) -> Walk:
    """Walk an open case until its notice hangs."""
    made.paper("village", "household_check")
    made.paper("village", "authorisation")
    made.step("village", "household_check")
    made.paper("comparer", "comparison")
    made.step("comparer", "comparison")
    made.paper("village", "appraisal")
    made.step("village", "appraisal")
    made.paper("village", "notice")
    made.step("village", "public_notice")
    return made


def at_decision() -> Walk:
    """Walk an identification until the county must decide."""
    made = at_notice()
    made.wait(6)
    made.paper("township", "plan_proposal")
    made.step("township", "township_review")
    return made


def identified() -> Walk:
    """Walk an identification to its end."""
    made = at_decision()
    made.step("county_office", "county_decision")
    made.paper("county_office", "announcement")
    made.step("county_office", "announcement")
    made.paper("township", "registration")
    made.step("township", "registration")
    with entered_system():
        village = made.people["village"].viewer.account_id
        Contact.objects.create(
            household=made.home, division=VILLAGE, account_id=village, from_on=made.on, assigned_by_id=village
        )
        Plan.objects.create(
            household=made.home,
            division=VILLAGE,
            state="approved",
            drawn_up_by_id=village,
            drawn_up_on=made.on,
        )
    made.step("village", "contact_and_plan")
    return made
