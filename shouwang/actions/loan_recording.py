"""Microcredit of a household (R45): the wish, the grant, extension, renewal, additional loan, repayment."""

from dataclasses import dataclass
from datetime import date, datetime

from shouwang.actions.acting import Act, Actor, acting, locked
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.credit_support import (
    Grant,
    StandingLoan,
    may_borrow,
    terms_of,
    wrong_extension,
    wrong_grant,
    wrong_repayment,
)
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.models import Household, Loan, LoanChange, LoanWish, Member
from shouwang.records.policies import policy_at

_P = Permission


@dataclass(frozen=True)
class LoanEntry:
    """A loan as it is typed in; `follows_id` is the loan that is renewed or added to."""

    origin: str
    lender: str
    amount_fen: int | None
    granted_on: date
    due_on: date
    purpose: str = ""
    reason: str = ""
    member_id: int | None = None
    follows_id: int | None = None


def record_wish(
    *,
    actor: Actor,
    household_id: int,
    is_wanted: bool,
    amount_fen: int | None = None,
    purpose: str = "",
    asked_on: date,
    on: date,
    at: datetime,
) -> LoanWish:
    """Record what a household answered when asked whether it wants a loan."""
    with acting(actor, "loan.wish", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, _P.RECORD_VISIT)
        wrong = {}
        if asked_on > on:
            wrong["asked_on"] = "询问日期不能晚于今天"
        if amount_fen is not None and amount_fen <= 0:
            wrong["amount_fen"] = "意向金额须大于零"
        if is_wanted and not may_borrow(household.household_class, household.monitoring):
            wrong["is_wanted"] = "脱贫人口小额信贷面向脱贫户和监测对象，这户不在范围内"
        if wrong:
            raise Unfit(wrong.values(), wrong)
        wish = LoanWish.objects.create(
            household=household,
            division=household.division,
            asked_on=asked_on,
            is_wanted=is_wanted,
            amount_fen=amount_fen if is_wanted else None,
            purpose=purpose.strip() if is_wanted else "",
            asked_by_id=actor.viewer.account_id,
            recorded_at=at,
        )
        act.about(wish, _role(actor, _P.RECORD_VISIT, household))
        act.after = {"is_wanted": is_wanted, "asked_on": asked_on}
    return wish


def grant_loan(*, actor: Actor, household_id: int, entry: LoanEntry, on: date, at: datetime) -> Loan:
    """Record a loan; a renewal ends the loan it follows, an additional loan runs beside it."""
    with acting(actor, "loan.grant", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, _P.RECORD_MEASURE)
        running = list(Loan.objects.select_for_update().filter(household=household, state="running"))
        follows = _followed(running, entry)
        wrong = _wrong(household, entry, running, follows, on)
        if wrong:
            raise Unfit(wrong.values(), wrong)
        loan = Loan.objects.create(
            household=household,
            division=household.division,
            member_id=_borrower(household, entry.member_id),
            origin=entry.origin,
            follows=follows,
            lender=entry.lender.strip(),
            purpose=entry.purpose.strip(),
            amount_fen=entry.amount_fen,
            balance_fen=entry.amount_fen,
            granted_on=entry.granted_on,
            due_on=entry.due_on,
            reason=entry.reason.strip(),
            recorded_by_id=actor.viewer.account_id,
            recorded_at=at,
        )
        if entry.origin == "renewal" and follows is not None:
            _change(follows, "renewed", entry.granted_on, actor, at, reason=entry.reason.strip())
            follows.state, follows.closed_on, follows.balance_fen = "renewed", entry.granted_on, 0
            _save(follows)
        act.about(loan, _role(actor, _P.RECORD_MEASURE, household))
        act.after = {"origin": loan.origin, "amount_fen": loan.amount_fen, "due_on": loan.due_on}
    return loan


def extend_loan(
    *,
    actor: Actor,
    loan_id: int,
    version: int,
    due_on: date,
    reason: str,
    agreed_on: date,
    on: date,
    at: datetime,
) -> Loan:
    """Record that the bank gives more time (展期)."""
    with acting(actor, "loan.extend", at=at) as act:
        loan = _running(actor, loan_id, version)
        wrong = wrong_extension(standing(loan=loan), due_on, reason, agreed_on, on)
        if wrong:
            raise Unfit(wrong.values(), wrong)
        _said(act, actor, loan)
        act.reason, act.before, act.after = reason.strip(), {"due_on": loan.due_on}, {"due_on": due_on}
        _change(loan, "extended", agreed_on, actor, at, due_on=due_on, reason=reason.strip())
        loan.due_on = due_on
        _save(loan)
    return loan


def repay_loan(
    *,
    actor: Actor,
    loan_id: int,
    version: int,
    amount_fen: int | None,
    paid_on: date,
    on: date,
    at: datetime,
) -> Loan:
    """Record a repayment of principal; with the last of it the loan is closed."""
    with acting(actor, "loan.repay", at=at) as act:
        loan = _running(actor, loan_id, version)
        wrong = wrong_repayment(standing(loan=loan), amount_fen, paid_on, on)
        if wrong or amount_fen is None:
            raise Unfit(wrong.values(), wrong)
        _said(act, actor, loan)
        act.before = {"balance_fen": loan.balance_fen, "state": loan.state}
        _change(loan, "repaid", paid_on, actor, at, amount_fen=amount_fen)
        loan.balance_fen -= amount_fen
        if loan.balance_fen == 0:
            loan.state, loan.closed_on = "repaid", paid_on
        act.after = {"balance_fen": loan.balance_fen, "state": loan.state}
        _save(loan)
    return loan


def standing(*, loan: Loan) -> StandingLoan:
    """Return a loan as the rules see it."""
    return StandingLoan(loan.balance_fen, loan.granted_on, loan.due_on, loan.state == "running")


def _wrong(
    household: Household, entry: LoanEntry, running: list[Loan], follows: Loan | None, on: date
) -> dict[str, str]:
    if not may_borrow(household.household_class, household.monitoring):
        return {"origin": "脱贫人口小额信贷面向脱贫户和监测对象，这户不在范围内"}
    grant = Grant(
        origin=entry.origin,
        lender=entry.lender,
        amount_fen=entry.amount_fen,
        granted_on=entry.granted_on,
        due_on=entry.due_on,
        reason=entry.reason,
        follows=standing(loan=follows) if follows else None,
    )
    terms = terms_of(policy_at(household.division, on))
    return wrong_grant(grant, [standing(loan=each) for each in running], terms, on)


def _followed(running: list[Loan], entry: LoanEntry) -> Loan | None:
    """Return the loan that is renewed or added to: the one named, or the only one that runs."""
    if entry.origin == "new":
        return None
    if entry.follows_id is None:
        return running[0] if len(running) == 1 else None
    found = next((each for each in running if each.pk == entry.follows_id), None)
    if found is None:
        raise NotThere
    return found


def _borrower(household: Household, member_id: int | None) -> int | None:
    if member_id is None:
        return None
    if not Member.objects.filter(pk=member_id, household=household).exists():
        raise NotThere
    return member_id


def _running(actor: Actor, loan_id: int, version: int) -> Loan:
    loan: Loan = locked(actor, Loan.objects.all(), loan_id, _P.RECORD_MEASURE, version=version)
    if loan.state != "running":
        raise Unfit(f"这笔贷款{loan.get_state_display()}，不能再改")
    return loan


def _change(
    loan: Loan,
    kind: str,
    on: date,
    actor: Actor,
    at: datetime,
    *,
    amount_fen: int | None = None,
    due_on: date | None = None,
    reason: str = "",
) -> None:
    LoanChange.objects.create(
        loan=loan,
        household_id=loan.household_id,
        division=loan.division,
        kind=kind,
        on=on,
        amount_fen=amount_fen,
        due_on=due_on,
        reason=reason,
        by_id=actor.viewer.account_id,
        recorded_at=at,
    )


def _said(act: Act, actor: Actor, loan: Loan) -> None:
    act.about(loan, _role(actor, _P.RECORD_MEASURE, loan.household))


def _role(actor: Actor, permission: Permission, household: Household) -> Role | str:
    roles = actor.viewer.roles_at(permission, household.division, household.pk, household.group_name)
    return roles[0] if roles else ""


def _save(loan: Loan) -> None:
    loan.version += 1
    loan.save()
