"""What an audit entry may hold, and what it refuses."""

from typing import Any

import pytest

from shouwang.domain.audit_chain import GENESIS, AuditEntryError, link, sealed, verify
from tests.domain.test_audit_chain import KEY, START, entry

# The example that GB 11643-1999 itself prints; its person is nobody.
SAMPLE = "11010519491231002X"


def test_a_short_key_or_a_wrong_previous_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="至少 32 字节"):
        link(GENESIS, entry(), b"short")
    with pytest.raises(ValueError, match="至少 32 字节"):
        verify([], b"short")
    with pytest.raises(AuditEntryError, match="上一条"):
        link("", entry(), KEY)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sequence": 0}, "序号"),
        ({"at": START.replace(tzinfo=None)}, "时区"),
        ({"role": "Village!"}, "角色"),
        ({"division": "53x"}, "区划"),
        ({"action": ""}, "动作"),
        ({"action": "删除"}, "动作"),
        ({"target_kind": "农户"}, "对象类型"),
        ({"result": "maybe"}, "结果"),
        ({"request_id": "1"}, "请求编号"),
        ({"address": "somewhere"}, "网络地址"),
        ({"actor": ""}, "操作人"),
        ({"reason": "长" * 501}, "超过"),
        ({"reason": "甲\x00乙"}, "控制字符"),
        ({"after": {"housing_grade": 1.5}}, "应为文字"),
        ({"after": {"住房": "C"}}, "字段名"),
        ({"algorithm": "md5"}, "算法"),
    ],
)
def test_a_malformed_entry_is_refused_by_field(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(AuditEntryError, match=named):
        link(GENESIS, entry(**changes), KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "13800000000"},
        {"target_id": SAMPLE},
        {"reason": f"核对证件 {SAMPLE}"},
        {"before": {"remark": "电话13800000000"}},
        {"after": {"remark": 13800000000}},
        {"after": {"head_name": "样例人"}},
        {"target_kind": "", "after": {"member.name": "样例人"}},
        {"target_kind": "member", "before": {"name": "样例人"}},
        {"target_kind": "member", "after": {"is_disabled": True}},
        {"target_kind": "member", "after": {"phone": "01012345678"}},
    ],
)
def test_personal_data_is_refused_and_not_repeated_in_the_message(changes: dict[str, Any]) -> None:
    with pytest.raises(AuditEntryError) as refused:
        link(GENESIS, entry(**changes), KEY)
    for secret in (SAMPLE, "13800000000", "样例人", "01012345678"):
        assert secret not in str(refused.value)


def test_masked_values_ids_and_digests_are_taken() -> None:
    digest = "c" * 20 + "13800000000" + "a" * 33
    made = entry(
        target_id="0" * 21 + "13800000000", after={"phone": "138****0000", "sha256": digest, "n": None}
    )
    assert verify([sealed(None, made, KEY)], KEY) is None
