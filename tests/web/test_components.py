"""The parts that pages are made of: what they show, and what a strict content policy forbids in them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.menu import MENU, PHONE_BAR
from shouwang.web.templatetags import shouwang_ui as ui
from tools.copy_assets import AssetMissingError, copy_assets, icon_names, sprite

TEMPLATES = Path(ui.__file__).resolve().parents[1] / "templates"
STATIC = TEMPLATES.parent / "static" / "shouwang"
COLUMNS = (
    Column("head", "户主", is_fixed=True),
    Column("income", "收入（元）", is_sortable=True, is_number=True),
)
CELLS = '{% cell "head" %}甲{% endcell %}{% cell "income" "sw-long" %}{{ fen|yuan }}{% endcell %}'


@dataclass
class Row:
    head: str


class Filters(forms.Form):
    q = forms.CharField(label="户主", required=False)
    village = forms.CharField(label="行政村", required=False)
    state = forms.CharField(label="状态", required=False)
    source = forms.CharField(label="来源", required=False)


class Visit(forms.Form):
    head = forms.CharField(label="户主姓名")
    way = forms.ChoiceField(label="走访方式", choices=[("1", "入户")], widget=forms.RadioSelect)
    is_told = forms.BooleanField(label="已说明用途")
    note = forms.CharField(label="备注", required=False, help_text="不写姓名", widget=forms.Textarea)


def listing(query: str = "", rows: int = 45, **more: object) -> str:
    """Render the list page."""
    request = RequestFactory().get(f"/clues/?{query}")
    pages = Paginator([Row(f"户{number}") for number in range(rows)], per_page(request.GET.get("per_page")))
    page = pages.get_page(request.GET.get("page"))
    context = {
        "heading": "线索列表",
        "list_name": "clues",
        "columns": COLUMNS,
        "page": page,
        "page_numbers": pages.get_elided_page_range(page.number),
        "per_page_choices": PER_PAGE_CHOICES,
        "filter_form": Filters(request.GET or None),
        "has_row_check": True,
        **more,
    }
    return render_to_string("components/list_page.html", context, request)


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(1_234_500, "12,345"), (1_234_567, "12,345.67"), (-150, "-1.50"), (0, "0")],
)
def test_money_shows_fen_only_where_there_are_any(fen: int, shown: str) -> None:
    assert ui.yuan(fen) == shown


def test_money_shows_two_decimals_when_asked() -> None:
    assert ui.yuan(1_234_500, "2") == "12,345.00"


def test_what_is_unknown_says_so_and_is_never_nought_or_blank() -> None:
    shown = [ui.yuan(None), ui.known(None), ui.yes_no(None), ui.day(None), ui.minute(None)]
    assert all("未知" in str(each) for each in shown)
    assert "未填" in str(ui.known(""))
    assert (ui.known(0), ui.yes_no(False), ui.yes_no(True)) == (0, "否", "是")


def test_an_instant_is_shown_as_the_civil_day_of_the_place() -> None:
    late = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
    assert "2026-11-23" in str(ui.day(late))
    assert "2026-11-23 01:05" in str(ui.minute(late))
    assert "2026-11-23" in str(ui.day(date(2026, 11, 23)))


@pytest.mark.parametrize(
    ("days", "tone", "words"),
    [(3, "todo", "剩 3 天"), (0, "todo", "今天到期"), (-2, "overdue", "超期 2 天")],
)
def test_a_deadline_has_a_colour_and_words(days: int, tone: str, words: str) -> None:
    shown = str(ui.days_left(days))
    assert f"sw-tag-{tone}" in shown
    assert words in shown


def test_no_deadline_says_so() -> None:
    assert "无时限" in str(ui.days_left(None))


@pytest.mark.parametrize("tone", ui.TONES)
def test_every_tone_has_words_an_icon_and_a_colour(tone: str) -> None:
    words, drawing = ui.TONES[tone]
    assert words in str(ui.status_tag(tone))
    assert drawing in icon_names()
    assert f".sw-tag-{tone}" in (STATIC / "lists.css").read_text(encoding="utf-8")


def test_what_is_typed_by_people_is_escaped() -> None:
    assert "<b>" not in str(ui.status_tag("todo", "<b>"))
    row = Template('{% load shouwang_ui %}{% cell "head" %}{{ name }}{% endcell %}')
    assert "<b>" not in row.render(Context({"columns": COLUMNS, "name": "<b>"}))


def test_a_cell_knows_the_label_of_its_column() -> None:
    shown = Template("{% load shouwang_ui %}" + CELLS).render(Context({"columns": COLUMNS, "fen": None}))
    assert 'data-col="income" data-label="收入（元）" class="sw-number sw-long"' in shown
    assert "未知" in shown


def test_a_list_page_works_with_and_without_javascript() -> None:
    shown = listing("q=x&page=2")
    assert "共 <strong>45</strong> 条" in shown
    assert 'href="?q=x&amp;page=3" hx-get="?q=x&amp;page=3" hx-target="#list" hx-select="#list"' in shown
    assert 'aria-current="page"' in shown
    assert "选择全部 45 条" in shown


@pytest.mark.parametrize(
    ("query", "state", "next_link"),
    [
        ("page=2", "none", 'href="?sort=income"'),
        ("sort=income", "ascending", 'href="?sort=-income"'),
        ("sort=-income", "descending", 'href="?sort="'),
    ],
)
def test_sorting_goes_up_then_down_then_off_from_the_first_page(
    query: str, state: str, next_link: str
) -> None:
    shown = listing(query)
    assert f'aria-sort="{state}"' in shown
    assert next_link in shown


def test_folded_filters_open_where_one_is_in_use() -> None:
    assert 'class="sw-filters is-open"' in listing("source=x")
    assert 'class="sw-filters"' in listing("q=x")
    assert listing().count("sw-folded") == 1


def test_an_empty_list_says_what_to_do() -> None:
    assert "请放宽或重置查询条件" in listing(rows=0)
    assert "<table" not in listing(rows=0)


@pytest.mark.parametrize(("asked", "rows"), [("50", 50), ("7", 20), ("100000", 20), (None, 20), ("x", 20)])
def test_only_the_offered_numbers_of_rows_are_given(asked: str | None, rows: int) -> None:
    assert per_page(asked) == rows


def test_a_wrong_form_lists_its_errors_with_links_and_beside_the_fields() -> None:
    form = Visit({"note": "x"})
    shown = render_to_string("components/form.html", {"form": form})
    assert "请先改正以下 3 处" in shown
    for name in ("head", "way", "is_told"):
        identity = form[name].auto_id
        assert f'<a href="#{identity}">' in shown
        assert f'id="{identity}_error"' in shown
        assert len(re.findall(f' id="{identity}"', shown)) == 1
    assert 'id="id_note_helptext"' in shown


def test_groups_of_choices_have_a_name() -> None:
    shown = render_to_string("components/field.html", {"field": Visit()["way"]})
    assert 'role="group" aria-labelledby="id_way_label"' in shown
    assert 'id="id_way_label"' in shown


def test_a_draft_is_named_with_where_it_is_kept() -> None:
    context = {"form": Visit(), "draft_key": "visit:1", "draft_url": "/drafts/"}
    shown = render_to_string("components/form.html", context)
    assert 'data-draft="visit:1" data-draft-url="/drafts/"' in shown


@pytest.mark.parametrize("state", ["done", "now", "late", "skipped", "todo"])
def test_a_step_says_its_state_in_words(state: str) -> None:
    shown = render_to_string(
        "components/steps.html", {"steps": [{"label": "公示", "state": state, "note": ""}]}
    )
    words = {"done": "已办", "now": "正在办理", "late": "超期", "skipped": "沿用", "todo": "未到"}
    assert words[state] in shown


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_a_refusal_is_shown_without_any_context(status: int) -> None:
    shown = render_to_string(f"{status}.html", {})
    assert "<h1" in shown
    assert "回到首页" in shown


def test_a_refusal_gives_its_reasons() -> None:
    assert "已由他人办结" in render_to_string("409.html", {"reasons": ("已由他人办结",)})


def test_the_menu_opens_at_the_page_that_is_shown() -> None:
    items = [{"label": "线索", "url": "/clues/", "is_current": True}]
    groups = [{"label": "甲", "icon": "home", "items": []}, {"label": "乙", "icon": "home", "items": items}]
    shown = render_to_string("components/menu.html", {"menu": groups})
    assert shown.count("<details") == 2
    assert shown.count(" open>") == 1


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_has_nothing_that_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|hx-on|javascript:|js:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "//cdn" not in text
    assert "|safe" not in text
    assert {name for name in re.findall(r'{% icon "([^"]+)"', text)} <= set(icon_names())


def test_the_menu_and_the_phone_bar_use_icons_of_the_sprite() -> None:
    used = {group[1] for group in MENU} | {entry[1] for entry in PHONE_BAR}
    assert used <= set(icon_names())


def test_the_scripts_run_no_text_and_write_no_markup() -> None:
    for path in STATIC.glob("*.js"):
        assert not re.search(
            r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", path.read_text()
        )


def test_icons_are_named_once_and_in_order() -> None:
    assert icon_names() == sorted(set(icon_names()))


def test_the_sprite_has_a_symbol_per_icon(tmp_path: Path) -> None:
    square = '<path stroke="none" d="M0 0h24v24H0z"/>'
    (tmp_path / "home.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{square}<path d="M1 1"/></svg>'
    )
    drawn = ElementTree.fromstring(sprite(tmp_path, ["home"]))
    assert [symbol.get("id") for symbol in drawn] == ["home"]
    assert [path.get("d") for path in drawn[0]] == ["M1 1"]


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetMissingError, match="npm ci"):
        copy_assets(tmp_path, tmp_path / "vendor")


def test_copied_styles_point_to_no_source_map(tmp_path: Path) -> None:
    for name, text in (("@tabler/core/dist/css/tabler.min.css", "a{}\n/*# sourceMappingURL=x.map */"),
                       ("htmx.org/dist/htmx.min.js", "1;")):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    icons = tmp_path / "@tabler" / "icons" / "icons" / "outline"
    icons.mkdir(parents=True)
    for name in icon_names():
        (icons / f"{name}.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    copy_assets(tmp_path, tmp_path / "vendor")
    assert (tmp_path / "vendor" / "tabler.min.css").read_text() == "a{}\n"
