"""Packs together: what one may take from another, and a folder that holds none."""

from datetime import date
from pathlib import Path

import pytest

from shouwang.domain.pack_files import default_packs_folder, load_library, load_pack
from shouwang.domain.policy import Pack, PackError
from tests.domain.pack_samples import HEAD, RULE, write


def test_a_folder_without_pack_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    with pytest.raises(PackError, match=r"“demo”里没有 pack.toml"):
        load_library(tmp_path)


def test_a_missing_or_empty_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="找不到政策包文件夹"):
        load_library(tmp_path / "nowhere")
    with pytest.raises(PackError, match="没有政策包"):
        load_library(tmp_path)


def test_a_pack_may_use_the_parameters_parts_and_rules_of_those_it_extends(tmp_path: Path) -> None:
    write(tmp_path)
    head = HEAD.replace("index_parts = { income = 40 }", 'extends = "demo"')
    write(tmp_path, head=head.replace('id = "demo"', 'id = "child"'), line="", id="child")
    (tmp_path / "child" / "pack.toml").write_text(
        head.replace('id = "demo"', 'id = "child"'), encoding="utf-8"
    )
    library = load_library(tmp_path)
    assert library.resolve_named("child", date(2022, 6, 30)).key == ("child", "demo")


def test_a_pack_may_not_use_what_those_it_extends_do_not_define(tmp_path: Path) -> None:
    write(tmp_path)
    child = write(tmp_path, line="", rule=RULE.replace(":line", ":border"), id="child")
    head = HEAD.replace('id = "demo"', 'id = "child"').replace(
        "index_parts = { income = 40 }", 'extends = "demo"'
    )
    (child / "pack.toml").write_text(head, encoding="utf-8")
    load_pack(child)
    with pytest.raises(PackError, match=r"“child”.*用到参数“:border”"):
        load_library(tmp_path)


def test_the_packs_at_hand_load() -> None:
    packs = load_library(default_packs_folder()).packs
    assert all(isinstance(pack, Pack) for pack in packs.values())
