"""Insurance: who has no cover, what is in force or about to end, claims, and recording them (R47)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.insuring import end_cover, file_claim, settle_claim, take_out_cover
from shouwang.domain.insurance import GENERAL_KINDS, cover_clause
from shouwang.domain.permissions import Permission
from shouwang.records.models import Claim, Cover, Household
from shouwang.records.policies import policy_at
from shouwang.reports import insurance_list
from shouwang.reports.insurance_list import TABS
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
from shouwang.web.forms.insurance import (
    ClaimFilter,
    ClaimForm,
    CoverFilter,
    CoverForm,
    EndForm,
    SettlementForm,
)
from shouwang.web.forms.plans import PlaceForm
from shouwang.web.household_support import claim_row, cover_tag
from shouwang.web.page import Request, page
from shouwang.web.plan_words import member_choices, member_name
from shouwang.web.posting import answered
from shouwang.web.present import risk_words, village_name
from shouwang.web.support_pages import household_form, may_here

_P = Permission
_HOUSEHOLD, _VILLAGE = Column("household", "户主", is_fixed=True), Column("village", "行政村")
_ACT = Column("act", "操作", is_fixed=True)
_COVER_COLUMNS = (
    _HOUSEHOLD,
    _VILLAGE,
    Column("kind", "险种"),
    Column("insurer", "承保机构"),
    Column("persons", "被保险人"),
    Column("payer", "缴费方"),
    Column("premium", "保费（元）", is_number=True),
    Column("until", "到期日期"),
    _ACT,
)
COLUMNS = {
    "uncovered": (_HOUSEHOLD, _VILLAGE, Column("risks", "登记风险"), Column("contact", "联系人"), _ACT),
    "held": _COVER_COLUMNS,
    "ending": _COVER_COLUMNS,
    "claims": (
        _HOUSEHOLD,
        _VILLAGE,
        Column("kind", "险种"),
        Column("event", "出险原因"),
        Column("claimed", "报案日期"),
        Column("state", "状态"),
        Column("paid", "赔付（元）", is_number=True),
        _ACT,
    ),
}


@page("insurance/", "insurance", _P.SEE_INCOME)
def insurance(request: Request) -> HttpResponse:
    """List monitored households without cover, policies, those about to end, or claims."""
    tab = request.GET.get("tab", "uncovered")
    tab = tab if tab in TABS else "uncovered"
    forms: dict[str, Callable[..., PlaceForm]] = {"uncovered": PlaceForm, "claims": ClaimFilter}
    form = forms.get(tab, CoverFilter)(request.GET, places=place_choices(request.viewer))
    if tab == "held" and "within" in form.fields:
        del form.fields["within"]
    tabs = [
        {"label": label, "url": f"{reverse('insurance')}?tab={key}", "is_current": key == tab}
        for key, label in TABS.items()
    ]
    context = list_context(
        request,
        _rows(request, tab, form),
        COLUMNS[tab],
        list_name=f"insurance_{tab}",
        heading="防贫保险",
        filter_form=form,
        tabs=tabs,
    )
    note = _coverage_note(request, form.found.get("place", "")) if tab == "uncovered" else ""
    shown = {"uncovered": _uncovered_row, "claims": _claim_row}.get(tab, _cover_row)
    context |= {"tab": tab, "note": note, "rows": [shown(request, each) for each in context["page"]]}
    return render(request, "insurance/list.html", context)


def _rows(request: Request, tab: str, form: PlaceForm) -> Any:
    viewer, found = request.viewer, form.found
    prefix = found.get("place", "")
    if tab == "uncovered":
        return insurance_list.uncovered(viewer, today(), prefix=prefix)
    if tab == "claims":
        return insurance_list.claims(viewer, prefix=prefix, state=found.get("state", ""))
    within = {"within": form.days} if tab == "ending" and isinstance(form, CoverFilter) else {}
    return insurance_list.covers(viewer, today(), prefix=prefix, kind=found.get("kind", ""), **within)


def _coverage_note(request: Request, prefix: str) -> str:
    counted = insurance_list.coverage(request.viewer, today(), prefix=prefix)
    place = (prefix or (request.account.place if request.account else "")).ljust(12, "0")
    clause = cover_clause(policy_at(place, today()))
    said = f"监测对象 {counted.households} 户，已参保 {counted.covered} 户，未参保 {counted.missing} 户。"
    return f"{said}依据：{clause}" if clause else f"{said}当地政策没有规定必须参保，供查漏补缺。"


def _uncovered_row(request: Request, household: Household) -> dict[str, Any]:
    return {
        "household": household,
        "name": name_of(request.viewer, household),
        "village": village_name(household.division),
        "risks": risk_words(household.risks),
        "may_record": may_here(request, household, _P.RECORD_MEASURE),
    }


def _cover_row(request: Request, cover: Any) -> dict[str, Any]:
    return {
        "cover": cover,
        "name": name_of(request.viewer, cover.household),
        "village": village_name(cover.division),
        "tag": cover_tag(cover, today()),
        "may_record": may_here(request, cover.household, _P.RECORD_MEASURE),
    }


def _claim_row(request: Request, claim: Claim) -> dict[str, Any]:
    return {
        **claim_row(request.viewer, claim, claim.household, today()),
        "name": name_of(request.viewer, claim.household),
        "village": village_name(claim.division),
        "kind": claim.cover.get_kind_display(),
        "may_record": may_here(request, claim.household, _P.RECORD_MEASURE),
    }


@page("households/<int:household_id>/insurance/", "cover_new", _P.RECORD_MEASURE, methods=("GET", "POST"))
def cover_new(request: Request, household_id: int) -> HttpResponse:
    """Record a policy of a household; `?renew=` fills in what an older one says."""
    household = found_household(request, household_id, _P.RECORD_MEASURE)
    persons = household.members.filter(is_present=True).order_by("pk")
    form = CoverForm(
        request.POST or None,
        members=member_choices(request.viewer, persons, today()),
        initial=_renewed(request, household),
    )
    done = answered(
        request,
        form,
        lambda typed: take_out_cover(
            actor=request.actor, household_id=household_id, entry=form.entry, on=today(), at=now()
        ),
        said="保单已登记",
        to=lambda cover: reverse("cover", args=[cover.pk]),
    )
    return done or household_form(request, household, form, "登记保单")


def _renewed(request: Request, household: Household) -> dict[str, Any]:
    """Return what a policy that is renewed says, from the day after its last."""
    asked = request.GET.get("renew", "")
    if not asked.isdecimal() or len(asked) > 18:
        year = today().replace(month=12, day=31)
        return {"starts_on": today(), "ends_on": year}
    old: Cover = found_row(Cover.objects.filter(household=household), request.viewer, int(asked))
    starts = old.ends_on.toordinal() + 1
    names = ("kind", "insurer", "insured_fen", "premium_fen", "payer", "payer_name")
    return {
        **{name: getattr(old, name) for name in names},
        "starts_on": old.ends_on.fromordinal(starts),
        "ends_on": old.ends_on.fromordinal(starts + (old.ends_on - old.starts_on).days),
        "members": [str(each.member_id) for each in old.persons.all()],
    }


@page("insurance/<int:cover_id>/", "cover", _P.SEE_INCOME)
def cover_shown(request: Request, cover_id: int) -> HttpResponse:
    """Show a policy with its claims, and what the viewer may do."""
    return _cover_page(request, _cover(request, cover_id))


def _cover_page(request: Request, cover: Cover, *, end: EndForm | None = None) -> HttpResponse:
    viewer, household = request.viewer, cover.household
    may, is_held = may_here(request, household, _P.RECORD_MEASURE), cover.state == "held"
    persons = [member_name(viewer, each.member, today()) for each in cover.persons.select_related("member")]
    facts = [
        {"label": "险种", "value": cover.get_kind_display()},
        {"label": "承保机构", "value": cover.insurer},
        {"label": "保单号", "value": cover.policy_number},
        {"label": "被保险人", "value": "、".join(persons) or "全户"},
        {"label": "保险期间", "value": f"{cover.starts_on}至{cover.ends_on}"},
        {"label": "保险金额（元）", "value": _yuan(cover.insured_fen)},
        {"label": "保费（元）", "value": _yuan(cover.premium_fen)},
        {"label": "缴费方", "value": f"{cover.get_payer_display()} {cover.payer_name}".strip()},
        {"label": "说明", "value": cover.reason or "无"},
    ]
    rows = cover.claims.select_related("member").order_by("-claimed_on", "-pk")
    context = {
        "heading": "保单详情",
        "cover": cover,
        "name": name_of(viewer, household),
        "tag": cover_tag(cover, today()),
        "is_general": cover.kind in GENERAL_KINDS,
        "facts": facts,
        "summary_facts": household_facts_shown(viewer, household),
        "claims": [claim_row(viewer, each, household, today()) for each in rows],
        "may_record": may,
        "may_claim": may and cover.starts_on <= today(),
        "end": end
        or (EndForm(initial={"version": cover.version, "ended_on": today()}) if may and is_held else None),
        "breadcrumbs": [{"label": "防贫保险", "url": reverse("insurance")}, {"label": "保单详情"}],
    }
    return render(request, "insurance/cover.html", context, status=422 if end else 200)


@page("insurance/<int:cover_id>/end/", "cover_end", _P.RECORD_MEASURE, methods=("POST",))
def cover_end(request: Request, cover_id: int) -> HttpResponse:
    """End a policy before its last day."""
    cover, form = _cover(request, cover_id, _P.RECORD_MEASURE), EndForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: end_cover(actor=request.actor, cover_id=cover_id, on=today(), at=now(), **typed),
        said="已登记退保",
        to=reverse("cover", args=[cover_id]),
    )
    return done or _cover_page(request, cover, end=form)


@page("insurance/<int:cover_id>/claim/", "claim_new", _P.RECORD_MEASURE, methods=("GET", "POST"))
def claim_new(request: Request, cover_id: int) -> HttpResponse:
    """Record a claim on a policy."""
    cover = _cover(request, cover_id, _P.RECORD_MEASURE)
    insured = [each.member for each in cover.persons.select_related("member")]
    persons = insured or list(cover.household.members.filter(is_present=True).order_by("pk"))
    form = ClaimForm(
        request.POST or None,
        members=member_choices(request.viewer, persons, today()),
        initial={"claimed_on": today()},
    )
    done = answered(
        request,
        form,
        lambda typed: file_claim(
            actor=request.actor, cover_id=cover_id, entry=form.entry, on=today(), at=now()
        ),
        said="理赔已登记，请跟进结案",
        to=reverse("cover", args=[cover_id]),
    )
    back = reverse("cover", args=[cover_id])
    return done or household_form(request, cover.household, form, "登记理赔", cancel_url=back)


@page("claims/<int:claim_id>/settle/", "claim_settle", _P.RECORD_MEASURE, methods=("GET", "POST"))
def claim_settle(request: Request, claim_id: int) -> HttpResponse:
    """Record what the insurer decided."""
    rows = Claim.objects.select_related("household__contact")
    claim: Claim = found_row(rows, request.viewer, claim_id, _P.RECORD_MEASURE)
    form = SettlementForm(request.POST or None, initial={"version": claim.version, "decided_on": today()})
    back = reverse("cover", args=[claim.cover_id])
    done = answered(
        request,
        form,
        lambda typed: settle_claim(actor=request.actor, claim_id=claim_id, on=today(), at=now(), **typed),
        said="理赔结果已登记",
        to=back,
    )
    return done or household_form(request, claim.household, form, "登记理赔结果", cancel_url=back)


def _cover(request: Request, cover_id: int, permission: Permission = _P.SEE_INCOME) -> Cover:
    rows = Cover.objects.select_related("household__contact")
    found: Cover = found_row(rows, request.viewer, cover_id, permission)
    return found


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen / 100:,.2f}".removesuffix(".00")
