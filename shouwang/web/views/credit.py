"""Microcredit: who wishes to borrow, what falls due or is overdue, and recording loans (R45)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.loan_recording import extend_loan, grant_loan, record_wish, repay_loan
from shouwang.domain.credit_support import terms_of
from shouwang.domain.permissions import Permission
from shouwang.domain.wording import amount
from shouwang.records.models import Household, Loan, Member
from shouwang.records.policies import policy_at
from shouwang.reports.credit_list import TABS, Credit, credit_households, credits_of
from shouwang.web.assistance import (
    found_household,
    found_row,
    household_facts_shown,
    list_context,
    name_of,
    place_choices,
)
from shouwang.web.clock import now, today
from shouwang.web.columns import Column
from shouwang.web.forms.credit import CreditFilter, ExtensionForm, LoanForm, RepaymentForm, WishForm
from shouwang.web.forms.plans import PlaceForm
from shouwang.web.household_support import credit_items, loan_tag
from shouwang.web.page import Request, page
from shouwang.web.plan_words import member_choices, member_name
from shouwang.web.posting import answered
from shouwang.web.present import village_name
from shouwang.web.support_pages import household_form, may_here, support_url

_P = Permission
COLUMNS = (
    Column("household", "户主", is_fixed=True),
    Column("village", "行政村"),
    Column("wish", "贷款意愿"),
    Column("loans", "在贷情况"),
    Column("due", "最近到期"),
    Column("act", "操作", is_fixed=True),
)
_NOTES = {
    "wish": "走访中表示需要贷款、还没有在贷小额信贷的脱贫户和监测对象，应贷尽贷。",
    "due": "登记的贷款和银行最近一次推送中，即将到期的户。",
    "overdue": "登记的贷款已过到期日，或银行最近一次推送有逾期的户；因灾因事故的，可商银行续贷、展期。",
    "running": "",
}


@page("credit/", "credit", _P.SEE_INCOME)
def credit(request: Request) -> HttpResponse:
    """List households by wish, by what falls due, by what is overdue."""
    tab = request.GET.get("tab", "wish")
    tab = tab if tab in TABS else "wish"
    places = place_choices(request.viewer)
    form = CreditFilter(request.GET, places=places) if tab == "due" else PlaceForm(request.GET, places=places)
    within = {"within": form.days} if isinstance(form, CreditFilter) else {}
    rows = credit_households(request.viewer, today(), tab=tab, prefix=form.found.get("place", ""), **within)
    tabs = [
        {"label": label, "url": f"{reverse('credit')}?tab={key}", "is_current": key == tab}
        for key, label in TABS.items()
    ]
    context = list_context(
        request, rows, COLUMNS, list_name="credit", heading="小额信贷", filter_form=form, tabs=tabs
    )
    context |= {"tab": tab, "note": _NOTES[tab]}
    context["rows"] = [_row(request, each) for each in credits_of(context["page"])]
    return render(request, "credit/list.html", context)


def _row(request: Request, found: Credit) -> dict[str, Any]:
    household, due = found.household, found.due_on
    return {
        "credit": found,
        "household": household,
        "name": name_of(request.viewer, household),
        "village": village_name(household.division),
        "items": credit_items(found, today()),
        "due_on": due,
        "days": (due - today()).days if due else None,
        "may_grant": may_here(request, household, _P.RECORD_MEASURE),
        "may_ask": may_here(request, household, _P.RECORD_VISIT),
    }


@page("households/<int:household_id>/loan-wish/", "loan_wish_new", _P.RECORD_VISIT, methods=("GET", "POST"))
def loan_wish_new(request: Request, household_id: int) -> HttpResponse:
    """Record whether a household wants a loan."""
    household = found_household(request, household_id, _P.RECORD_VISIT)
    form = WishForm(request.POST or None, initial={"asked_on": today()})
    done = answered(
        request,
        form,
        lambda typed: record_wish(
            actor=request.actor, household_id=household_id, on=today(), at=now(), **typed
        ),
        said="贷款意愿已登记",
        to=support_url(household_id),
    )
    return done or household_form(request, household, form, "登记贷款意愿")


@page("households/<int:household_id>/loan/", "loan_new", _P.RECORD_MEASURE, methods=("GET", "POST"))
def loan_new(request: Request, household_id: int) -> HttpResponse:
    """Record a loan, a renewal or an additional loan."""
    household = found_household(request, household_id, _P.RECORD_MEASURE)
    running = [
        (str(each.pk), f"{each.lender} {amount(each.amount_fen)}，{each.due_on:%Y-%m-%d}到期")
        for each in household.loans.filter(state="running").order_by("due_on")
    ]
    form = LoanForm(
        request.POST or None,
        members=member_choices(request.viewer, _adults(household), today()),
        running=running,
        initial={"granted_on": today(), "origin": "renewal" if running else "new"},
    )
    done = answered(
        request,
        form,
        lambda typed: grant_loan(
            actor=request.actor, household_id=household_id, entry=form.entry, on=today(), at=now()
        ),
        said="贷款已登记",
        to=lambda loan: reverse("loan", args=[loan.pk]),
    )
    return done or household_form(request, household, form, "登记贷款", note=_bounds(household))


def _adults(household: Household) -> list[Member]:
    return list(household.members.filter(is_present=True).order_by("pk"))


def _bounds(household: Household) -> str:
    """Say what the policy lets a loan be, with its clause."""
    policy = policy_at(household.division, today())
    terms = terms_of(policy)
    found = policy.parameters.get("microcredit_yuan_max")
    if terms.most_fen is None or found is None:
        return ""
    more = terms.most_with_additional_fen
    added = f"，追加后不超过{amount(more)}" if more else ""
    months = f"，期限{terms.most_months}个月以内" if terms.most_months else ""
    return f"当地政策：每户原则上{amount(terms.most_fen)}以下{added}{months}。依据：{found.dated.source}"


@page("loans/<int:loan_id>/", "loan", _P.SEE_INCOME)
def loan_shown(request: Request, loan_id: int) -> HttpResponse:
    """Show a loan with what became of it, and what the viewer may do."""
    return _loan_page(request, _loan(request, loan_id))


def _loan_page(
    request: Request,
    loan: Loan,
    *,
    extension: ExtensionForm | None = None,
    repayment: RepaymentForm | None = None,
) -> HttpResponse:
    household = loan.household
    may = loan.state == "running" and may_here(request, household, _P.RECORD_MEASURE)
    version = {"version": loan.version, "agreed_on": today()}
    tone, words = loan_tag(loan, today())
    context = {
        "heading": "贷款详情",
        "loan": loan,
        "name": name_of(request.viewer, household),
        "tone": tone,
        "words": words,
        "facts": _facts(request, loan),
        "summary_facts": household_facts_shown(request.viewer, household),
        "events": _events(loan),
        "follower": loan.followers.first(),
        "extension": extension or (ExtensionForm(initial=version) if may else None),
        "repayment": repayment
        or (RepaymentForm.of(loan.version, loan.balance_fen, today()) if may else None),
        "breadcrumbs": [{"label": "小额信贷", "url": reverse("credit")}, {"label": "贷款详情"}],
    }
    return render(request, "credit/loan.html", context, status=422 if extension or repayment else 200)


def _facts(request: Request, loan: Loan) -> list[dict[str, Any]]:
    return [
        {"label": "办理方式", "value": loan.get_origin_display()},
        {"label": "放款银行", "value": loan.lender},
        {
            "label": "借款人",
            "value": member_name(request.viewer, loan.member, today()) if loan.member else "全户",
        },
        {"label": "贷款金额（元）", "value": _yuan(loan.amount_fen)},
        {"label": "余额（元）", "value": _yuan(loan.balance_fen)},
        {"label": "放款日期", "value": loan.granted_on.isoformat()},
        {"label": "到期日", "value": loan.due_on.isoformat()},
        {"label": "用途", "value": loan.purpose},
        {"label": "说明", "value": loan.reason or "无"},
    ]


def _events(loan: Loan) -> list[dict[str, Any]]:
    """Return what was done about a loan, the newest first."""
    tones = {"repaid": "done", "renewed": "stopped"}
    shown = [
        {
            "at": each.on.isoformat(),
            "title": each.get_kind_display(),
            "text": "，".join(
                filter(
                    None,
                    (
                        amount(each.amount_fen) if each.amount_fen else "",
                        f"新到期日{each.due_on:%Y-%m-%d}" if each.due_on else "",
                        each.reason,
                    ),
                )
            ),
            "by": each.by.display_name,
            "tone": tones.get(each.kind, "doing"),
        }
        for each in loan.changes.select_related("by").order_by("-on", "-pk")
    ]
    granted = {
        "at": loan.granted_on.isoformat(),
        "title": loan.get_origin_display(),
        "text": amount(loan.amount_fen),
    }
    return [*shown, {**granted, "by": loan.recorded_by.display_name, "tone": "info"}]


@page("loans/<int:loan_id>/extend/", "loan_extend", _P.RECORD_MEASURE, methods=("POST",))
def loan_extend(request: Request, loan_id: int) -> HttpResponse:
    """Record that the bank gives more time."""
    loan, form = _loan(request, loan_id, _P.RECORD_MEASURE), ExtensionForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: extend_loan(actor=request.actor, loan_id=loan_id, on=today(), at=now(), **typed),
        said="展期已登记",
        to=reverse("loan", args=[loan_id]),
    )
    return done or _loan_page(request, loan, extension=form)


@page("loans/<int:loan_id>/repay/", "loan_repay", _P.RECORD_MEASURE, methods=("POST",))
def loan_repay(request: Request, loan_id: int) -> HttpResponse:
    """Record a repayment."""
    loan, form = _loan(request, loan_id, _P.RECORD_MEASURE), RepaymentForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: repay_loan(actor=request.actor, loan_id=loan_id, on=today(), at=now(), **typed),
        said="还款已登记",
        to=reverse("loan", args=[loan_id]),
    )
    return done or _loan_page(request, loan, repayment=form)


def _loan(request: Request, loan_id: int, permission: Permission = _P.SEE_INCOME) -> Loan:
    rows = Loan.objects.select_related("household__contact", "member", "recorded_by", "follows")
    found: Loan = found_row(rows, request.viewer, loan_id, permission)
    return found


def _yuan(fen: int) -> str:
    return amount(fen).removesuffix("元")
