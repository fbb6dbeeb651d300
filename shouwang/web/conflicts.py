"""Somebody else was first: his values beside one's own, field by field, and nothing overwritten (T43)."""

from collections.abc import Mapping
from typing import Any

from django.forms import ChoiceField, Form
from django.http import HttpResponse
from django.shortcuts import render

from shouwang.web.page import Request


def conflict_page(
    request: Request, form: Form, theirs: Mapping[str, Any], version: str, back_url: str
) -> HttpResponse:
    """Answer 409 with each field in which the form sent and the present state differ; the rest is sent again.

    `theirs` holds the present value of each fact; a field that it does not name is kept as one's own.
    """
    rows, kept = [], [("version", version)]
    for name, field in form.fields.items():
        if name == "version":
            continue
        mine = form[name].value()
        mine_raw, their_raw = _raw(mine), _raw(theirs.get(name))
        if name not in theirs or mine_raw == their_raw:
            kept += [(name, each) for each in (mine if isinstance(mine, list) else [mine_raw])]
            continue
        choices = dict(field.choices) if isinstance(field, ChoiceField) else {}
        rows.append(
            {
                "name": name,
                "label": field.label,
                "mine": mine_raw,
                "theirs": their_raw,
                "mine_words": choices.get(mine_raw, mine_raw),
                "their_words": choices.get(their_raw, their_raw),
            }
        )
    context = {
        "heading": "内容已被他人更新",
        "rows": rows,
        "kept": kept,
        "cancel_url": back_url,
        "submit_label": "按选择保存",
    }
    return render(request, "households/conflict.html", context, status=409)


def _raw(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
