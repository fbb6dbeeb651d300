"""Photos and scans: added to something about a household, and read back with a trace."""

import hashlib
from datetime import datetime, timedelta

from django.apps import apps
from django.db.models import QuerySet

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.attachment_content import checked_content
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.masking import contains_personal_number
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Attachment, AttachmentContent, Clue, Household
from shouwang.records.sealing import seal_bytes, unseal_bytes

_P = Permission
# Who may write any of these about a household may add a photo to it.
ATTACHERS = (
    _P.EDIT_HOUSEHOLD, _P.REPORT_CLUE, _P.CHECK_CLUE, _P.RECORD_VISIT, _P.RECORD_MEASURE,
    _P.RECORD_AUTHORISATION, _P.RECORD_APPRAISAL, _P.POST_NOTICE, _P.RECORD_OBJECTION,
    _P.ANSWER_TASK, _P.REVIEW_CASE, _P.CONFIRM_CASE,
)  # fmt: skip
# What an attachment can belong to, "kind:id", and how it finds its household.
OWNERS = {
    "household": "pk",
    "member": "household",
    "case": "household",
    "casepaper": "case__household",
    "caseevent": "case__household",
    "clue": "household",
    "cluecheck": "clue__household",
    "plan": "household",
    "planmeasure": "household",
    "task": "household",
    "visit": "household",
    "gift": "household",
    "meetingitem": "household",
}
_MOST_A_DAY = 300
# Papers show health, income and numbers: who sees neither does not open them.
READERS = Permission.SEE_HEALTH


def add_attachment(
    *,
    actor: Actor,
    household_id: int | None,
    owner: str,
    title: str,
    content: bytes,
    content_type: str,
    at: datetime,
) -> Attachment:
    """Keep a photo or PDF of a household, an act of its own; without a household only for an unnamed clue.

    `owner` is one of OWNERS with its id, as "visit:12", and must be of the same household. Raises Unfit.
    """
    kept, found_type = checked_content(content, content_type)
    with acting(actor, "attachment.add", at=at) as act:
        household, division = _place(actor, household_id, owner)
        _check_owner(actor, household, owner)
        _check_quota(actor, at)
        added = Attachment.objects.create(
            household=household,
            division=division,
            owner=owner,
            title=_checked_title(title),
            content_type=found_type,
            sha256=hashlib.sha256(kept).hexdigest(),
            size_bytes=len(kept),
            by_id=actor.viewer.account_id,
            added_at=at,
        )
        AttachmentContent.objects.create(
            attachment=added, division=division, sealed=seal_bytes(kept, of="attachment")
        )
        act.about(added)
        act.after = {"owner": owner, "size_bytes": len(kept), "sha256": added.sha256}
    return added


def read_attachment(*, actor: Actor, attachment_id: int, at: datetime) -> tuple[Attachment, bytes]:
    """Return an attachment with its bytes; each reading is audited. Raises NotThere, NotAllowed."""
    with acting(actor, "attachment.read", at=at) as act:
        found = visible(Attachment.objects.filter(pk=attachment_id), actor.viewer).first()
        if found is None:
            raise NotThere
        act.about(found)
        if not readable(actor=actor, attachment_id=attachment_id).exists():
            raise NotAllowed("您的角色不能查看附件内容，请联系本级主管部门")
        sealed = AttachmentContent.objects.get(attachment=found).sealed
    return found, unseal_bytes(sealed, of="attachment")


def readable(*, actor: Actor, attachment_id: int) -> QuerySet[Attachment]:
    """Return the attachment where the actor may open it."""
    return visible(Attachment.objects.filter(pk=attachment_id), actor.viewer, READERS)


def _place(actor: Actor, household_id: int | None, owner: str) -> tuple[Household | None, str]:
    if household_id is None:
        return None, _unnamed_place(actor, owner)
    allowed = (
        each
        for each in ATTACHERS
        if visible(Household.objects.filter(pk=household_id), actor.viewer, each, is_write=True).exists()
    )
    household = locked(actor, Household.objects.all(), household_id, next(allowed, _P.EDIT_HOUSEHOLD))
    return household, household.division


def _unnamed_place(actor: Actor, owner: str) -> str:
    kind, _, key = owner.partition(":")
    if kind != "clue" or not key.isdecimal():
        raise NotThere
    clue = visible(Clue.objects.filter(pk=int(key), household=None), actor.viewer).first()
    if clue is None:
        raise NotThere
    if not actor.viewer.roles_at(_P.REPORT_CLUE, clue.division):
        raise NotAllowed("您在这里不能添加附件，请由办理人员上传")
    return clue.division


def _check_owner(actor: Actor, household: Household | None, owner: str) -> None:
    kind, _, key = owner.partition(":")
    if kind not in OWNERS or not key.isdecimal():
        raise NotThere
    if household is None:
        return
    rows = apps.get_model("records", kind).objects.filter(pk=int(key))
    if not rows.filter(**{OWNERS[kind]: household.pk}).exists():
        raise NotThere


def _check_quota(actor: Actor, at: datetime) -> None:
    since = at - timedelta(days=1)
    if Attachment.objects.filter(by_id=actor.viewer.account_id, added_at__gt=since).count() >= _MOST_A_DAY:
        raise Unfit(f"您一天内上传的附件已达 {_MOST_A_DAY} 个，请明天再传，或联系系统管理员")


def _checked_title(title: str) -> str:
    text = " ".join(title.split())[:120]
    return "附件" if not text or contains_personal_number(text) else text
