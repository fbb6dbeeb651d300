"""Presentation for templates: icons, tags, dates, amounts, unknowns, and the cells of lists."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    HiddenInput,
    RadioSelect,
    Select,
)
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

register = template.Library()

# tone → (words, icon): the colour is never the only sign.
TONES = {
    "todo": ("待办", "clock"),
    "overdue": ("超期", "alert-triangle"),
    "returned": ("退回", "arrow-back-up"),
    "doing": ("办理中", "progress"),
    "done": ("已办", "circle-check"),
    "draft": ("草稿", "pencil"),
    "stopped": ("已终止", "ban"),
    "info": ("提示", "info-circle"),
    "unknown": ("待核实", "help-circle"),
    "red": ("红色", "flag"),
    "yellow": ("黄色", "flag"),
    "blue": ("蓝色", "flag"),
    "green": ("绿色", "flag"),
}
_REPLACES_LIST = SafeString(
    'hx-target="#list" hx-select="#list" hx-swap="outerHTML show:none" hx-push-url="true"'
)
UNKNOWN = "未知"
NOT_FILLED = "未填"
_CHOOSERS = (CheckboxSelectMultiple, RadioSelect)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite; it is decoration, so words must stand beside it."""
    return format_html(
        '<svg class="sw-icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes, static("vendor/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def status_tag(tone: str, words: str = "") -> SafeString:
    """Draw a state or a grade as colour, icon and words; `words` replaces the tone's own."""
    usual, drawing = TONES[tone]
    return format_html('<span class="sw-tag sw-tag-{}">{}{}</span>', tone, icon(drawing), words or usual)


@register.filter
def known(value: object) -> object:
    """Show a value, or say that it is unknown (None) or not filled in (empty text)."""
    if value is None:
        return _grey(UNKNOWN)
    return _grey(NOT_FILLED) if value == "" else value


@register.filter
def yes_no(value: bool | None) -> object:
    """Show 是, 否 or 未知."""
    return _grey(UNKNOWN) if value is None else "是" if value else "否"


@register.filter
def yuan(amount_fen: int | None, decimals: str = "auto") -> object:
    """Show fen as 元, with decimals where there are odd fen, or with `yuan:2` always."""
    if amount_fen is None:
        return _grey(UNKNOWN)
    sign = "-" if amount_fen < 0 else ""
    whole, fen = divmod(abs(amount_fen), 100)
    return f"{sign}{whole:,}" + (f".{fen:02d}" if fen or str(decimals) == "2" else "")


@register.filter
def day(value: date | None) -> object:
    """Show a date (or the civil date of an instant) as 2026-11-23."""
    if value is None:
        return _grey(UNKNOWN)
    moment = localtime(value).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), moment.isoformat())


@register.filter
def minute(value: datetime | None) -> object:
    """Show an instant as 2026-11-23 14:03, in the time of the server's zone."""
    if value is None:
        return _grey(UNKNOWN)
    shown = localtime(value).strftime("%Y-%m-%d %H:%M")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def days_left(days: int | None) -> object:
    """Show the days to a deadline: 剩 3 天, 今天到期, 超期 2 天."""
    if days is None:
        return _grey("无时限")
    if days < 0:
        return status_tag("overdue", f"超期 {-days} 天")
    return status_tag("todo", "今天到期" if days == 0 else f"剩 {days} 天")


@register.filter
def widget(field: BoundField) -> SafeString:
    """Draw a form field's control with the classes of the design."""
    control = field.field.widget
    if isinstance(control, (*_CHOOSERS, HiddenInput)):
        return field.as_widget()
    usual = "form-select" if isinstance(control, Select) else "form-control"
    name = "form-check-input" if isinstance(control, CheckboxInput) else usual
    return field.as_widget(attrs={"class": f"{control.attrs.get('class', '')} {name}".strip()})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether the field is a single check box, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Tell whether the field is several check boxes or radio buttons, which need a legend."""
    return isinstance(field.field.widget, _CHOOSERS)


@register.filter
def is_folded_in_use(form: BaseForm, shown: int) -> bool:
    """Tell whether one of the fields folded away, those after the first `shown`, has a value."""
    return any(field.value() not in (None, "", []) for field in list(form)[shown:])


@register.simple_tag
def list_link(address: str) -> SafeString:
    """Give a link inside a list its attributes: htmx replaces the list, without JavaScript the page loads."""
    return format_html('href="{}" hx-get="{}" {}', address, address, _REPLACES_LIST)


@register.simple_block_tag(takes_context=True)
def cell(context: template.Context, content: str, key: str, classes: str = "") -> SafeString:
    """Draw the cell of the column `key` of the list's `columns`; it knows its label, for phones."""
    column = _column(context, key)
    number = "sw-number" if column.is_number else ""
    return format_html(
        '<td data-col="{}" data-label="{}" class="{}">{}</td>',
        key, column.label, f"{number} {classes}".strip(), SafeString(content.strip()),
    )  # fmt: skip


def _column(context: template.Context, key: str) -> Any:
    columns: Iterable[Any] = context["columns"]
    return next(column for column in columns if column.key == key)


@register.simple_tag(takes_context=True)
def sort_state(context: template.Context, column: Any) -> Mapping[str, str]:
    """Tell how the list is sorted by a column: `now` (aria-sort), `icon`, and the `next` value of `sort`."""
    sort = context["request"].GET.get("sort", "")
    if sort == column.key:
        return {"now": "ascending", "icon": "sort-ascending", "next": f"-{column.key}"}
    if sort == f"-{column.key}":
        return {"now": "descending", "icon": "sort-descending", "next": ""}
    return {"now": "none", "icon": "arrows-sort", "next": column.key}


@register.filter
def has_current(group: Mapping[str, Any]) -> bool:
    """Tell whether a group of the menu holds the page that is shown, so that it opens."""
    return any(item.get("is_current") for item in group["items"])


def _grey(words: str) -> SafeString:
    return format_html('<span class="sw-unknown">{}</span>', words)
