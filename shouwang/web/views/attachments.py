"""Attachments: what one is on a page, its bytes only by a press of a button, which is audited."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.attachments import ATTACHERS, add_attachment, read_attachment, readable
from shouwang.actions.refusals import NotAllowed, NotThere, Refusal, Unfit
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Attachment
from shouwang.web.clock import now
from shouwang.web.page import Request, page
from shouwang.web.posting import see_other

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
_MOST_AT_ONCE = 10


@page("attachments/<int:attachment_id>/", "attachment", Permission.SEE_HOUSEHOLDS, methods=("GET", "POST"))
def attachment(request: Request, attachment_id: int) -> HttpResponse:
    """Say what the attachment is; on POST give its bytes as a file, and write down who had them."""
    if request.method == "POST":
        found, content = read_attachment(actor=request.actor, attachment_id=attachment_id, at=now())
        response = HttpResponse(content, content_type=found.content_type)
        name = f"{found.title}.{_ENDINGS.get(found.content_type, 'bin')}"
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "no-store"
        return response
    rows = visible(Attachment.objects.select_related("by", "household"), request.viewer)
    found_row = rows.filter(pk=attachment_id).first()
    if found_row is None:
        raise NotThere
    if not readable(actor=request.actor, attachment_id=attachment_id).exists():
        raise NotAllowed("您的角色不能查看附件内容，请联系本级主管部门")
    back = reverse("household", args=[found_row.household_id]) if found_row.household_id else reverse("home")
    context = {"heading": "附件", "row": found_row, "back_url": back}
    return render(request, "households/attachment.html", context)


@page("households/<int:household_id>/attachments/", "attachment_new", ATTACHERS, methods=("POST",))
def attachment_new(request: Request, household_id: int) -> HttpResponse:
    """Add photos or scans to a household; each is kept or refused by itself."""
    files = request.FILES.getlist("photos")
    if not files:
        raise Unfit("请选择要上传的照片或 PDF")
    if len(files) > _MOST_AT_ONCE:
        raise Unfit(f"一次最多上传 {_MOST_AT_ONCE} 个文件，请分次上传")
    for place, file in enumerate(files, start=1):
        try:
            add_attachment(
                actor=request.actor,
                household_id=household_id,
                owner=f"household:{household_id}",
                title=file.name.rsplit(".", 1)[0],
                content=file.read(),
                content_type=file.content_type or "",
                at=now(),
            )
            messages.success(request, f"第 {place} 个文件已上传")
        except (NotThere, NotAllowed):
            raise
        except Refusal as refusal:
            messages.error(request, f"第 {place} 个文件没有上传：{'；'.join(refusal.reasons)}")
    return see_other(f"{reverse('household', args=[household_id])}?tab=papers")
