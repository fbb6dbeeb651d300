"""The columns of a sheet that was not understood, explained once and remembered for the department."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.delivery_deciding import map_columns
from shouwang.actions.refusals import NotThere
from shouwang.exchange.contents import KINDS, Look, propose_by_contents
from shouwang.exchange.layouts import layouts
from shouwang.exchange.mapping import propose
from shouwang.records.models import Delivery
from shouwang.web.clock import now
from shouwang.web.forms.deliveries import MappingForm
from shouwang.web.page import Request, page
from shouwang.web.posting import answered
from shouwang.web.views.deliveries import found_delivery
from shouwang.web.views.delivery_upload import HANDERS


@page("deliveries/<int:delivery_id>/columns/", "delivery_columns", HANDERS, methods=("GET", "POST"))
def delivery_columns(request: Request, delivery_id: int) -> HttpResponse:
    """Say what the columns of the first sheet that is not understood are."""
    shown = found_delivery(request, delivery_id)
    if not shown.unknown_sheets:
        raise NotThere
    sheet = shown.unknown_sheets[0]
    feed, form = shown.department, _form(request, shown, sheet)

    def act(typed: Any) -> Delivery:
        columns = form.columns(dict(typed))
        return map_columns(
            actor=request.actor, delivery_id=delivery_id, version=typed["version"],
            headers_key=typed["headers_key"], feed=feed, columns=columns, at=now(),
        )  # fmt: skip

    done = answered(
        request,
        form,
        act,
        said="列名已确认并记住，正在重新读取",
        to=lambda made: reverse(
            "delivery_columns" if made.unknown_sheets else "delivery", args=[delivery_id]
        ),
    )
    if done is not None:
        return done
    context = {
        "heading": "确认列名",
        "form": form,
        "delivery": shown,
        "sheet": sheet,
        "required": [each.header for each in layouts()[feed].columns.values() if each.is_required],
        "submit_label": "确认并重新读取",
        "cancel_url": reverse("delivery", args=[delivery_id]),
    }
    return render(request, "deliveries/columns.html", context, status=422 if form.errors else 200)


def _form(request: Request, shown: Delivery, sheet: dict[str, Any]) -> MappingForm:
    headers, looks = [each for each in sheet["headers"] if each], looks_of_sheet(sheet)
    return MappingForm(
        request.POST if request.method == "POST" else None,
        feed=shown.department, headers=headers, proposed=proposals(headers, shown.department, looks),
        hints={header: _hint(look) for header, look in looks.items()},
        initial={"version": shown.version, "headers_key": sheet["headers_key"]},
    )  # fmt: skip


def proposals(headers: list[str], feed: str, looks: dict[str, Look] | None = None) -> dict[str, str]:
    """Return the standard column of each header as far as names tell it, then what cells look like."""
    layout = layouts()[feed]
    known = {header: found.header for header in headers if (found := layout.column_named(header)) is not None}
    named = {**propose(headers, feed), **known}
    return {**propose_by_contents(looks or {}, feed, named), **named}


def looks_of_sheet(sheet: dict[str, Any]) -> dict[str, Look]:
    """Return how each column of a recorded sheet looks; none where that was not recorded."""
    pairs = zip(sheet["headers"], sheet.get("looks", []), strict=False)
    return {
        header: Look(said["kind"], tuple(said["codes"]), tuple(said["sample"]))
        for header, said in pairs
        if header
    }


def _hint(look: Look) -> str:
    shown = "、".join(look.sample)
    return f"看起来是{KINDS[look.kind]}{f'，如 {shown}' if shown else ''}"
