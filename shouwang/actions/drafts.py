"""What somebody has typed and not yet sent: sealed, his alone, one a form."""

import json
from collections.abc import Mapping
from datetime import datetime

from shouwang.actions.acting import Actor
from shouwang.actions.refusals import Unfit
from shouwang.records.models import Draft
from shouwang.records.sealing import UnsealError, seal, unseal

MOST_BYTES = 64 * 1024
_MOST_KEY = 120
_MOST_DRAFTS = 50
_OF = "draft"


def save_draft(*, actor: Actor, key: str, fields: Mapping[str, list[str]], at: datetime) -> None:
    """Keep the fields of a form, in place of what was kept of it; no act of the work, so without audit."""
    if not key or len(key) > _MOST_KEY:
        raise Unfit("草稿标识不对，请刷新页面后再试")
    text = json.dumps(dict(fields), ensure_ascii=False)
    if len(text.encode()) > MOST_BYTES:
        raise Unfit("内容太长，草稿没有保存，请先提交或缩短内容")
    own = Draft.objects.filter(account_id=actor.viewer.account_id)
    sealed = seal(text, of=_OF)
    if own.filter(key=key).update(sealed=sealed, saved_at=at):
        return
    surplus = own.order_by("-saved_at").values_list("pk", flat=True)[_MOST_DRAFTS - 1 :]
    own.filter(pk__in=list(surplus)).delete()
    Draft.objects.update_or_create(
        account_id=actor.viewer.account_id, key=key, defaults={"sealed": sealed, "saved_at": at}
    )


def read_draft(*, account_id: int, key: str) -> tuple[dict[str, list[str]], datetime] | None:
    """Return what an account kept of a form and when; one that cannot be read is as none."""
    draft = Draft.objects.filter(account_id=account_id, key=key).first()
    if draft is None:
        return None
    try:
        fields: dict[str, list[str]] = json.loads(unseal(bytes(draft.sealed), of=_OF))
    except (UnsealError, ValueError):
        return None
    return fields, draft.saved_at


def discard_draft(*, actor: Actor, key: str) -> None:
    """Forget what was kept of a form."""
    Draft.objects.filter(account_id=actor.viewer.account_id, key=key).delete()
