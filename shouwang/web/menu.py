"""The folding menu on the left, and what every page shows around its content."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from shouwang.records.viewers import Viewer
from shouwang.web.page import PAGES
from shouwang.web.present import place_name
from shouwang.web.sessions import IDLE_MINUTES


@dataclass(frozen=True)
class Entry:
    """One line of the menu: the page it opens."""

    label: str
    page: str


def _entries(pairs: str) -> tuple[Entry, ...]:
    words = pairs.split()
    return tuple(Entry(label, name) for label, name in zip(words[::2], words[1::2], strict=True))


# Groups as officials name them: label, icon, entries; an entry whose page the roles do not allow is left out.
MENU = (
    ("工作台", "home", _entries("待办事项 inbox 通知 notifications")),
    ("农户台账", "users", _entries("农户查询 households 综合检索 search")),
    ("监测预警", "urgent", _entries("线索管理 clues 线索登记 clue_new 规则成效 hit_rates")),
    ("识别认定", "clipboard-check", _entries("个案办理 cases 公示管理 notices")),
    (
        "帮扶管理",
        "heart-handshake",
        _entries(
            "帮扶计划 plans 部门任务 tasks 联系人 contacts 走访记录 visits 待遇测算 calculator "
            "小额信贷 credit 防贫保险 insurance 捐赠意向 donations 捐赠对接 gifts"
        ),
    ),
    ("风险消除", "circle-check", _entries("消除建议 eliminations 回头看 look_backs")),
    (
        "数据管理",
        "database",
        _entries(
            "数据推送 deliveries 推送日历 delivery_calendar 推送质量 delivery_scores "
            "数据质量 quality 三核对抽查 quality_samples 比对待核 matches "
            "数据导出 exports 我的导出 own_exports 导出审批 export_approvals"
        ),
    ),
    ("研判调度", "gavel", _entries("月度研判 meetings")),
    (
        "系统管理",
        "settings",
        _entries(
            "用户 accounts 角色授权 grants 紧急越界查看 break_glass 操作日志 audit 在线用户 online "
            "接口令牌 tokens_all"
        ),
    ),
)
ACCOUNT_LINKS = (
    ("我的账号", "profile"),
    ("接口令牌", "tokens"),
    ("修改密码", "password"),
    ("动态口令", "totp"),
)
PHONE_BAR = (
    ("待办", "home", "inbox"),
    ("农户", "users", "households"),
    ("走访", "walk", "visits"),
    ("我的", "user", "profile"),
)


def menu_for(viewer: Viewer, path: str) -> list[dict[str, Any]]:
    """Return the groups of the menu that a viewer can open, with the entry that `path` lies under."""
    groups: list[dict[str, Any]] = []
    for label, icon, entries in MENU:
        items = [
            {"label": each.label, "url": (url := reverse(each.page)), "is_current": path.startswith(url)}
            for each in entries
            if each.page in PAGES and PAGES[each.page].allows(viewer)
        ]
        if items:
            groups.append({"label": label, "icon": icon, "items": items})
    return groups


def page_context(request: HttpRequest) -> dict[str, object]:
    """Return what every template has: the menu and the shell around the content; empty before signing in."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.account_id:
        return {}
    menu, shell = menu_for(viewer, request.path), _shell(request, viewer)
    for item in (each for group in menu for each in group["items"]):
        if item["url"] == shell["notifications_url"]:
            item["badge"] = shell["notification_count"]
    return {"viewer": viewer, "menu": menu, "trail": _trail(menu, request.path), "shell": shell}


def _trail(menu: list[dict[str, Any]], path: str) -> list[dict[str, str]]:
    """Return what leads to a page that names no way of its own: the group, and the list it is under."""
    for group in menu:
        for item in group["items"]:
            if item["is_current"]:
                above = [] if item["url"] == path else [{"label": item["label"], "url": item["url"]}]
                return [{"label": group["label"], "url": ""}, *above]
    return []


def _shell(request: HttpRequest, viewer: Viewer) -> dict[str, object]:
    account = request.account
    return {
        "division_name": place_name(account.place.ljust(12, "0"), 1),
        "search_url": _url("search", viewer),
        "search_words": "",
        "notifications_url": _url("notifications", viewer),
        "notification_count": account.notifications.filter(is_read=False).count(),
        "account_name": account.display_name,
        "role_names": "、".join(role.label for role in viewer.roles),
        "account_links": [
            {"label": label, "url": url} for label, name in ACCOUNT_LINKS if (url := _url(name, viewer))
        ],
        "sign_out_url": _url("sign_out", viewer),
        "phone_bar": [
            {"label": label, "icon": icon, "url": url, "is_current": request.path.startswith(url)}
            for label, icon, name in PHONE_BAR
            if (url := _url(name, viewer))
        ],
        "idle_seconds": IDLE_MINUTES * 60,
        "ping_url": _url("ping", viewer),
    }


def _url(name: str, viewer: Viewer) -> str:
    return reverse(name) if name in PAGES and PAGES[name].allows(viewer) else ""
