"""Handing files in: one, or all that a department has at once; each is a delivery of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.delivery_receiving import SENDERS, receive_delivery
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.deliveries import Declared
from shouwang.domain.permissions import Permission
from shouwang.records.models import Delivery
from shouwang.records.viewers import Viewer
from shouwang.web.clock import now
from shouwang.web.forms.deliveries import DeliveryForm
from shouwang.web.page import Request, page
from shouwang.web.posting import see_other, show_refusal
from shouwang.web.present import place_name

_P = Permission
HANDERS = (_P.DELIVER_DATA, _P.IMPORT_DATA)
MOST_FILES = 30


@page("deliveries/new/", "delivery_new", HANDERS, methods=("GET", "POST"))
def delivery_new(request: Request) -> HttpResponse:
    """Hand files in."""
    given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DeliveryForm(
        *given, counties=counties_of(request.viewer), departments=departments_of(request.viewer)
    )
    files = request.FILES.getlist("file")
    if request.method == "POST" and form.is_valid():
        if len(files) > MOST_FILES:
            form.add_error("file", f"一次最多上传 {MOST_FILES} 个文件，现为 {len(files)} 个")
        elif len(files) > 1 and _is_declared(form.cleaned_data):
            form.add_error("file", "填写了申报行数或金额时，一次只能上传一个文件")
        else:
            made = _taken(request, form, files)
            if made:
                return see_other(
                    reverse("delivery", args=[made[0].pk])
                    if len(files) == 1
                    else f"{reverse('deliveries')}?tab=running"
                )
    context = {
        "heading": "推送数据",
        "form": form,
        "submit_label": "上传",
        "cancel_url": reverse("deliveries"),
    }
    return render(request, "deliveries/form.html", context, status=422 if form.errors else 200)


def _is_declared(typed: Mapping[str, Any]) -> bool:
    return typed["row_count"] is not None or typed["amount"] is not None


def _taken(request: Request, form: DeliveryForm, files: Sequence[UploadedFile]) -> list[Delivery]:
    """Take each file in, tell of each, and return what was taken; a file alone is refused on the form."""
    made: list[Delivery] = []
    for file in files:
        try:
            delivery, is_new = _received(request, form.cleaned_data, file)
        except (Unfit, NotAllowed) as refusal:
            if len(files) == 1:
                show_refusal(form, refusal)
            else:
                messages.error(request, f"《{file.name}》没有接收：{'；'.join(refusal.reasons)}")
            continue
        made.append(delivery)
        if is_new:
            messages.success(request, f"《{file.name}》已收到，正在读取")
        else:
            messages.info(
                request, f"《{file.name}》这个文件已经推送过，就是第 {delivery.pk} 批，没有重复接收"
            )
    if not made and len(files) > 1:
        form.add_error("file", "所选的文件都没有接收，原因见上")
    return made


def _received(request: Request, typed: Mapping[str, Any], file: UploadedFile) -> tuple[Delivery, bool]:
    amount = typed["amount"]
    return receive_delivery(
        actor=request.actor,
        county=typed["county"],
        department=typed["department"],
        file_name=file.name or "",
        content=file.read(),
        at=now(),
        sender=typed["sender"],
        month=typed["month"],
        declared=Declared(typed["row_count"], None if amount is None else int(amount * 100)),
    )


def counties_of(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the counties a viewer may hand in for."""
    prefixes = {
        reach.prefix[:6]
        for permission in HANDERS
        for reach in viewer.scope(permission, is_write=True).reaches
        if len(reach.prefix) >= 6
    }
    return [(each, place_name(each.ljust(12, "0"), 1)) for each in sorted(prefixes)]


def departments_of(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the departments a viewer may hand in for: all by IMPORT_DATA over a county, else his own."""
    if any(len(reach.prefix) <= 6 for reach in viewer.scope(_P.IMPORT_DATA, is_write=True).reaches):
        return list(SENDERS.items())
    own = {
        feed for reach in viewer.scope(_P.DELIVER_DATA, is_write=True).reaches for feed in reach.feeds or ()
    }
    return [(key, label) for key, label in SENDERS.items() if key in own]
