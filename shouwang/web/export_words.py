"""What a request for an export says, in words."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from shouwang.actions.export_choice import FILE_FORMATS, Choice
from shouwang.domain.permissions import Permission
from shouwang.domain.tables import RISKS
from shouwang.exchange.export_profiles import profiles
from shouwang.records.export_rows import STANDINGS
from shouwang.records.models import ExportRequest
from shouwang.reports.household_list import HouseholdFilter
from shouwang.web.household_words import GRADES, HOUSEHOLD_CLASSES, MONITORED_CLASSES
from shouwang.web.page import Request
from shouwang.web.present import place_name

STATE_TONES = {
    "asked": "todo",
    "approved": "doing",
    "refused": "returned",
    "made": "done",
    "expired": "stopped",
}


def export_address(request: Request, asked: HouseholdFilter) -> str:
    """Return where the list of households can be exported with its filters; empty where it cannot be."""
    is_whole_list = not (asked.name or asked.lacks_contact or asked.is_helped_outside or asked.is_gone)
    if Permission.REQUEST_EXPORT not in request.viewer.permissions or not is_whole_list:
        return ""
    standing = {"": "all", "eliminated": "over"}.get(asked.monitoring, asked.monitoring)
    if (asked.risk or asked.monitored_class) and not asked.monitoring:
        standing = "watched"
    wanted = {"standing": standing, "area": asked.area}
    same = ("household_class", "monitored_class", "risk", "grade", "group_name")
    wanted |= {name: getattr(asked, name) for name in same}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{reverse('export_new', args=['monitored_ledger'])}?{query}"


def profile_label(name: str) -> str:
    """Name a profile; one that is no longer there keeps its own word."""
    found = profiles().get(name)
    return found.label if found else name


def choice_facts(made: ExportRequest) -> list[dict[str, Any]]:
    """Return what was asked for, what for, and what became of it."""
    choice = Choice.of_json(made.chosen)
    narrowed = [
        HOUSEHOLD_CLASSES.get(choice.household_class, ""),
        MONITORED_CLASSES.get(choice.monitored_class, ""),
        RISKS.get(choice.risk, ""),
        GRADES.get(choice.grade, ""),
        choice.group_name,
    ]
    facts = [
        ("导出编号", made.number),
        ("范围", place_name(made.division, 3)),
        ("期间", f"{choice.from_on} 至 {choice.to_on}"),
        ("监测状态", STANDINGS.get(_standing(choice), "全部农户")),
        ("其他条件", "、".join(each for each in narrowed if each) or "无"),
        ("行数", f"{made.row_count if made.made_rows is None else made.made_rows} 行"),
        ("证件号码格式", choice.number_form.label if _has_numbers(choice) else "不含证件号码"),
        ("文件格式", FILE_FORMATS[choice.file_format]),
        ("用途", f"{made.get_purpose_display()}：{made.reason}"),
        ("申请人", made.requested_by.display_name),
        ("申请时间", f"{_minute(made.requested_at)}"),
        ("须审批原因", made.why_approval or "按规定免审批"),
    ]
    if made.decided_by:
        said = f"{made.decided_by.display_name} {_minute(made.decided_at)}"
        facts.append(("审批", f"{said} {made.opinion}".strip()))
    if made.made_at:
        facts += [
            ("文件", f"{made.file_name}（{(made.size_bytes or 0) / 1024:,.0f} KB）"),
            ("有效至", _minute(made.expires_at)),
            ("内容摘要", f"{made.sha256[:16]}…"),
            ("下载", f"{made.downloads} 次"),
        ]
    return [{"label": label, "value": value} for label, value in facts]


def _standing(choice: Choice) -> str:
    found = profiles().get(choice.profile)
    return choice.standing or (found.status if found else "")


def _has_numbers(choice: Choice) -> bool:
    found = profiles().get(choice.profile)
    return found is not None and found.has_id_number


def _minute(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
