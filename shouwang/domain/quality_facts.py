"""What a data-quality check may read: facts of a household, of a member, and of what departments delivered.

The engine computes them; a fact is unknown where what it reads is. A month is written as a number, 202304.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

FactUnit = Literal["flag", "code", "fen", "persons", "months", "years", "month", "items", "grade"]


@dataclass(frozen=True)
class Fact:
    """One fact: `of` is household or member, `column` what it is read from ("member.sex") and masked as.

    `is_stated` says that it is that column as it stands; `feed` names the delivery it needs, else empty.
    """

    name: str
    label: str
    unit: FactUnit
    of: str
    column: str
    feed: str
    meaning: str

    def __post_init__(self) -> None:
        if self.unit not in get_args(FactUnit) or self.of not in ("household", "member"):
            raise ValueError(f"fact {self.name}: unit {self.unit!r} or subject {self.of!r} is not known")

    @property
    def is_stated(self) -> bool:
        """Whether the column as it stands is the fact."""
        return not self.meaning


def _parse(text: str) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, label, unit, of, column, feed, meaning = (part.strip() for part in line.split("|"))
        if name in found:
            raise ValueError(f"fact {name} is written twice")
        # The unit is checked by the class itself.
        found[name] = Fact(name, label, unit, of, column, feed, meaning)  # type: ignore[arg-type]
    return found


@cache
def facts() -> dict[str, Fact]:
    """Return every fact by name, in the order of the catalogue `data/quality_facts.txt`."""
    return _parse((files(__package__) / "data" / "quality_facts.txt").read_text(encoding="utf-8"))


@cache
def facts_of(subject: str) -> dict[str, Fact]:
    """Return the facts that a check about `subject` may read: a member's check reads his household's too."""
    wanted = ("household",) if subject == "household" else ("household", "member")
    return {name: fact for name, fact in facts().items() if fact.of in wanted}


def _levels(text: str) -> tuple[tuple[str, str], ...]:
    """Read `beginning=level` words in their order."""
    return tuple((word.partition("=")[0], word.partition("=")[2]) for word in text.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a relation to the head says of the sex; other words say nothing.
MALE_RELATIONS = _words("""
    之子 之女婿 之孙子 之外孙子 之父 之岳父 之公公 之祖父 之外祖父 之兄弟 之曾孙子 子 独生子 长子
    次子 三子 女婿 孙子 外孙子 父亲 公公 岳父 祖父 外祖父 兄 弟""")
FEMALE_RELATIONS = _words("""
    之女 之儿媳 之孙女 之外孙女 之母 之岳母 之婆婆 之祖母 之外祖母 之姐妹 之曾孙女 女 独生女 长女
    次女 三女 儿媳 孙女 外孙女 母亲 婆婆 岳母 祖母 外祖母 嫂 弟媳 姐姐 妹妹""")
# How a word of 在校生状况 (or of 文化程度) begins and the level it means; the first that fits counts.
SCHOOL_LEVELS = _levels("""
    学龄前=学龄前 学前=学前教育 幼儿=学前教育 小学=小学 初=初中 七年级=初中 八年级=初中 九年级=初中
    普通高中=高中 高中=高中 中职=中职 高职=高职高专 大专=高职高专 技师=技师学院 本科=本科 硕士=研究生
    博士=研究生 研究生=研究生""")
EDUCATION_LEVELS = _levels("""
    文盲=文盲 小学=小学 初中=初中 高中=高中 中专=高中 大专=大专 高职=大专 大学专科=大专 本科=本科
    大学本科=本科 硕士=本科 研究生=本科""")
# A delivery older than this many months before the day says nothing of the day.
MOST_FEED_MONTHS = 6
