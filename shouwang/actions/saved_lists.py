"""Filters that a person keeps by name. They hold no name, number or telephone of anybody."""

from urllib.parse import parse_qsl, urlencode

from shouwang.actions.acting import Actor
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.masking import contains_personal_number
from shouwang.records.models import SavedList

_MOST = 20
# Of the address of a list, what is not part of the filter.
_NOT_KEPT = {"page", "csrfmiddlewaretoken", "saved"}


def save_list(*, actor: Actor, page: str, name: str, query: str) -> SavedList:
    """Keep a filter; one of that name is replaced. Raises Unfit."""
    label = " ".join(name.split())
    if not label or len(label) > 40:
        raise Unfit("请填写名称，最多 40 个字", {"name": "请填写名称，最多 40 个字"})
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key not in _NOT_KEPT])
    if len(kept) > 1000:
        raise Unfit("查询条件太长，请减少条件后再保存")
    if contains_personal_number(label) or any(contains_personal_number(v) for _, v in parse_qsl(kept)):
        raise Unfit("常用查询中不能有证件号码或电话号码，请删去后再保存")
    own = SavedList.objects.filter(account_id=actor.viewer.account_id, page=page)
    if own.count() >= _MOST and not own.filter(name=label).exists():
        raise Unfit(f"常用查询最多保存 {_MOST} 个，请先删除不用的")
    saved, _ = SavedList.objects.update_or_create(
        account_id=actor.viewer.account_id, page=page, name=label, defaults={"query": kept}
    )
    return saved


def drop_list(*, actor: Actor, list_id: int) -> None:
    """Forget a kept filter. Raises NotThere for another's."""
    if not SavedList.objects.filter(account_id=actor.viewer.account_id, pk=list_id).delete()[0]:
        raise NotThere
