"""Why a household or a person has a new version: natural changes (R7) and the others, with their labels."""

# Persons who come to live with the household, and those who no longer do; the day itself counts as changed.
JOINING = {
    "birth": "出生",
    "marriage_in": "婚入",
    "move_in": "户籍迁入",
    "discharge": "退役返乡",
    "release": "刑满释放",
    "found": "漏登补录",
}
LEAVING = {
    "death": "死亡",
    "marriage_out": "婚出",
    "move_out": "户籍迁出",
    "enlistment": "参军入伍",
    "imprisonment": "收监服刑",
    "not_ours": "误登删除",
}
# Those who have left for a while may come back.
RETURNS = {"enlistment": "discharge", "imprisonment": "release"}
OTHERS = {
    "load": "导入",
    "edit": "信息修改",
    "correction": "纠错",
    "new": "新建户",
    "split": "分户",
    "merge": "并户",
    "move": "整户迁移",
    "identification": "纳入监测",
    "elimination": "风险消除",
    "rollback": "回退",
    "removal": "清退",
    "head": "变更户主",
}
CHANGES = JOINING | LEAVING | OTHERS


def change_label(change: str) -> str:
    """Return the Chinese name of a change; one that is not of this table is shown as it is."""
    return CHANGES.get(change, change)
