"""Procedures as data: read, refused where wrong, resolved by place."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shouwang.domain.citations import Document
from shouwang.domain.pack_files import load_pack
from shouwang.domain.policy import Pack, PackError, PackLibrary
from shouwang.domain.procedure import ACTORS, LEVEL_ABOVE, Procedure, TimeLimit
from shouwang.domain.procedure_files import cite_procedure
from shouwang.domain.roles import Role
from tests.domain.pack_samples import write

TRACK = """
[identification]
label = "识别"
source = "第一条（S3§5）"
feedback = { days = 5, kind = "working", from = "closed", source = "S3§5" }
green_channel = { label = "绿色通道", roles = ["village"], needs = ["is_plainly_true"], source = "S3§5" }

[[identification.step]]
id = "check"
label = "核查"
roles = ["village"]
needs = ["has_household_check"]
source = "S3§5"

[[identification.step]]
id = "comparison"
label = "比对"
roles = ["county_office"]
skip = { flags = ["is_new_destitute"], fact = "compared_on", months = 6, source = "S3§5" }
source = "S3§5"

[[identification.step]]
id = "notice"
label = "公示"
stage = "评议公示"
after = ["check"]
roles = ["village"]
notice = { days = 5, kind = "calendar", place = "村内" }
source = "S3§5"

[[identification.step]]
id = "review"
label = "审核"
roles = ["township"]
after = ["comparison", "notice"]
least = { months_above_line = 6 }
forbids = ["is_whole_no_labour"]
exempt = { is_natural_elimination = ["months_above_line"] }
limits = [{ days = 15, kind = "calendar", from = "opened", source = "S3§5", unless = "is_self_declared" }]
review = true
decides = true
source = "S3§5"
"""
SKIP = 'skip = { flags = ["is_new_destitute"], fact = "compared_on", source = "s" }'


def pack_of(folder: Path, text: str = TRACK, id: str = "demo") -> Pack:
    place = write(folder, id=id)
    (place / "procedure.toml").write_text(text, encoding="utf-8")
    return load_pack(place)


def procedure_of(folder: Path) -> Procedure:
    procedure = pack_of(folder).procedure
    assert procedure is not None
    return procedure


def test_a_procedure_is_read_with_all_it_says(tmp_path: Path) -> None:
    track = procedure_of(tmp_path).tracks["identification"]
    assert [step.id for step in track.steps] == ["check", "comparison", "notice", "review"]
    assert track.pack_id == "demo"
    assert track.steps[1].after == ("check",)
    assert track.stages == ("核查", "比对", "评议公示", "审核")
    assert track.deciding.id == "review"
    assert track.before("review") == {"check", "comparison", "notice"}
    assert track.from_step("comparison") == {"comparison", "review"}
    assert track.steps[2].notice
    assert track.steps[2].notice.label == "5天"
    assert track.feedback
    assert track.feedback.label == "5个工作日"


def test_a_pack_without_the_file_has_no_procedure(tmp_path: Path) -> None:
    assert load_pack(write(tmp_path)).procedure is None
    assert cite_procedure(None, {}) is None


def test_the_file_is_part_of_the_digest(tmp_path: Path) -> None:
    with_it = pack_of(tmp_path).digest
    assert with_it != pack_of(tmp_path, TRACK.replace("15", "20")).digest


def test_every_citation_is_written_out(tmp_path: Path) -> None:
    cited = cite_procedure(procedure_of(tmp_path), {"S3": Document("十六篇", "十六篇")})
    assert cited is not None
    assert "S3" not in repr(cited)
    assert "十六篇之五" in cited.tracks["identification"].steps[0].source


def test_a_narrower_pack_replaces_a_track_and_keeps_the_others(tmp_path: Path) -> None:
    track = procedure_of(tmp_path).tracks["identification"]
    wide = Procedure({"identification": track, "removal": replace(track, id="removal")})
    narrow = Procedure({"identification": replace(track, label="本地识别")})
    packs = [
        Pack("wide", "w", "i", "", date(2021, 1, 1), "s", procedure=wide),
        Pack("none", "n", "i", "36", date(2021, 1, 1), "s"),
        Pack("narrow", "n", "i", "3610", date(2021, 1, 1), "s", procedure=narrow),
    ]
    library = PackLibrary(packs)
    found = library.resolve("361023", date(2022, 1, 1)).procedure
    assert found is not None
    assert {name: each.label for name, each in found.tracks.items()} == {
        "identification": "本地识别",
        "removal": "识别",
    }
    assert library.resolve("360100", date(2022, 1, 1)).procedure == wide
    assert PackLibrary(packs[1:2]).resolve("36", date(2022, 1, 1)).procedure is None


def test_a_limit_holds_by_the_flags_of_the_case() -> None:
    limit = TimeLimit(5, "working", "opened", "s", only_if="is_self_declared")
    assert limit.holds_for(frozenset({"is_self_declared"}))
    assert not limit.holds_for(frozenset())
    other = TimeLimit(5, "working", "opened", "s", unless="is_self_declared")
    assert other.holds_for(frozenset())
    assert not other.holds_for(frozenset({"is_self_declared"}))


def test_those_who_act_are_roles_of_the_program_and_each_has_a_level_above_but_the_highest() -> None:
    assert set(ACTORS) - {"household"} <= set(Role)
    assert set(LEVEL_ABOVE) == set(ACTORS) - {"province"}
    assert set(LEVEL_ABOVE.values()) <= set(ACTORS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[identification]", "[identity]", "不认识这个键"),
        ("label = \"识别\"", "name = \"识别\"", "不认识这个键"),
        ('id = "check"\n', "", "没有填写"),
        ('needs = ["has_household_check"]\nsource = "S3§5"', "", "source.*没有填写"),
        ('"has_household_check"', '"has_nothing"', "不认识“has_nothing”"),
        ('"has_household_check"', '"has_plan", "has_plan"', "写了两次"),
        ('roles = ["township"]', 'roles = ["emperor"]', "不认识“emperor”"),
        ('roles = ["township"]', "roles = []", "没有写由谁办理"),
        ('after = ["check"]', 'after = ["review"]', "不在此步之前"),
        ('id = "comparison"', 'id = "check"', "出现了两次"),
        ('id = "check"', 'id = "opened"', "保留名称"),
        ('from = "opened"', 'from = "nowhere"', "没有这个步骤"),
        ('from = "closed"', 'from = "check"', "不认识“check”"),
        ('from = "closed", ', "", "受理.*办结"),
        ("days = 15", "days = 0", "1 至 3650"),
        ('days = 15, kind = "calendar"', "days = 15", "按何种日计"),
        ('days = 15, kind = "calendar"', 'days = 15, kind = "lunar"', "不认识“lunar”"),
        ("decides = true", "decides = false", "有且只有一个步骤"),
        ("review = true\n", "", "review = true"),
        ('fact = "compared_on", ', "", "以何日为准"),
        ("months_above_line = 6", "days_above_line = 6", "不认识这个键"),
        ("decides = true", f"decides = true\n{SKIP}", "不能跳过"),
        ('place = "村内"', 'plaza = "村内"', "不认识这个键"),
    ],
)  # fmt: skip
def test_a_procedure_that_is_wrong_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in TRACK
    with pytest.raises(PackError, match=message) as refusal:
        pack_of(tmp_path, TRACK.replace(old, new, 1))
    assert "procedure.toml" in str(refusal.value)


def test_a_track_without_steps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="没有任何步骤"):
        pack_of(tmp_path, TRACK.split("[[")[0])
