"""Microcredit (R45): what a loan may be, and what speaks against granting, extending or repaying it.

The bounds are the policy's. A fact that breaks one is no error of the register: it is kept with its reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shouwang.domain.periods import Month
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import whole_figure
from shouwang.domain.wording import amount

LOAN_ORIGINS = {"new": "新放贷", "renewal": "续贷", "additional": "追加贷款"}
LOAN_STATES = {"running": "在贷", "repaid": "已还清", "renewed": "已续贷"}
LOAN_CHANGES = {"extended": "展期", "repaid": "还款", "renewed": "续贷"}
_FEWEST = 4


@dataclass(frozen=True)
class LoanTerms:
    """What the policy of a place lets a microloan be; None where it says nothing."""

    most_fen: int | None = None
    most_with_additional_fen: int | None = None
    most_months: int | None = None


@dataclass(frozen=True)
class StandingLoan:
    """A loan of the household as it stands."""

    balance_fen: int
    granted_on: date
    due_on: date
    is_running: bool = True


@dataclass(frozen=True)
class Grant:
    """A loan about to be entered; `follows` is the loan that a renewal or an additional loan refers to."""

    origin: str
    lender: str
    amount_fen: int | None
    granted_on: date
    due_on: date
    reason: str = ""
    follows: StandingLoan | None = None


def terms_of(policy: Policy) -> LoanTerms:
    """Return the bounds that a policy sets."""
    return LoanTerms(
        whole_figure(policy, "microcredit_yuan_max"),
        whole_figure(policy, "microcredit_additional_yuan_max"),
        whole_figure(policy, "microcredit_months_max"),
    )


def may_borrow(household_class: str, monitoring: str) -> bool:
    """Tell whether microcredit is meant for a household: alleviated or monitored (S0 五（四）2, S1, S2)."""
    return household_class == "alleviated" or monitoring == "monitored"


def wrong_grant(grant: Grant, standing: Iterable[StandingLoan], terms: LoanTerms, on: date) -> dict[str, str]:
    """Return what speaks against entering a loan, by the field it is about; `standing` are those that run."""
    wrong = _wrong_entries(grant, on)
    running = [each for each in standing if each.is_running]
    if grant.origin == "new" and running:
        wrong["origin"] = "这户还有未结清的小额信贷，请选择续贷或追加贷款"
    if grant.origin in ("renewal", "additional") and (grant.follows is None or not grant.follows.is_running):
        wrong["origin"] = "没有在贷的小额信贷可以续贷或追加，请选择新放贷"
    if wrong or grant.amount_fen is None:
        return wrong
    if grant.origin == "additional":
        together, most = (
            grant.amount_fen + sum(each.balance_fen for each in running),
            terms.most_with_additional_fen,
        )
        if most is not None and together > most:
            wrong["amount_fen"] = f"追加后单户合计{amount(together)}，超过上限{amount(most)}"
        return wrong
    beyond = []
    if terms.most_fen is not None and grant.amount_fen > terms.most_fen:
        beyond.append(f"金额超过上限{amount(terms.most_fen)}")
    if terms.most_months is not None and grant.due_on > months_after(grant.granted_on, terms.most_months):
        beyond.append(f"期限超过{terms.most_months}个月")
    if beyond and len(grant.reason.strip()) < _FEWEST:
        wrong["reason"] = f"{'，'.join(beyond)}，请写明原因（至少4个字）"
    return wrong


def _wrong_entries(grant: Grant, on: date) -> dict[str, str]:
    wrong = {}
    if grant.origin not in LOAN_ORIGINS:
        wrong["origin"] = "请选择办理方式"
    if len(grant.lender.strip()) < 2:
        wrong["lender"] = "请填写放款银行"
    if grant.amount_fen is None or grant.amount_fen <= 0:
        wrong["amount_fen"] = "请填写贷款金额，须大于零"
    if grant.granted_on > on:
        wrong["granted_on"] = "放款日期不能晚于今天"
    if grant.due_on <= grant.granted_on:
        wrong["due_on"] = "到期日须晚于放款日期"
    if grant.follows is not None and grant.granted_on < grant.follows.granted_on:
        wrong["granted_on"] = "不能早于原贷款的放款日期"
    if grant.origin in ("renewal", "additional") and len(grant.reason.strip()) < _FEWEST:
        wrong["reason"] = "续贷、追加贷款请写明原因（至少4个字）"
    return wrong


def wrong_extension(
    loan: StandingLoan, due_on: date, reason: str, agreed_on: date, on: date
) -> dict[str, str]:
    """Return what speaks against extending a loan (展期) to a new day."""
    wrong = {}
    if agreed_on > on:
        wrong["on"] = "办理日期不能晚于今天"
    elif agreed_on < loan.granted_on:
        wrong["on"] = "办理日期不能早于放款日期"
    if due_on <= loan.due_on:
        wrong["due_on"] = f"新到期日须晚于现到期日{loan.due_on:%Y-%m-%d}"
    if len(reason.strip()) < _FEWEST:
        wrong["reason"] = "展期请写明因灾、因事故等暂时不能还款的情况（至少4个字）"
    return wrong


def wrong_repayment(loan: StandingLoan, paid_fen: int | None, paid_on: date, on: date) -> dict[str, str]:
    """Return what speaks against a repayment of principal."""
    wrong = {}
    if paid_fen is None or paid_fen <= 0:
        wrong["amount_fen"] = "请填写归还的本金，须大于零"
    elif paid_fen > loan.balance_fen:
        wrong["amount_fen"] = f"超过余额{amount(loan.balance_fen)}，请核对"
    if paid_on > on:
        wrong["on"] = "办理日期不能晚于今天"
    elif paid_on < loan.granted_on:
        wrong["on"] = "办理日期不能早于放款日期"
    return wrong


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last of a shorter month."""
    month = Month.of(day) + months
    return min(month.last_day, month.first_day.replace(day=min(day.day, month.last_day.day)))
