"""What a token of the interface may be used for: a part of what its account may do, and never more (T18)."""

from collections.abc import Iterable
from enum import StrEnum

from shouwang.domain.permissions import Permission


class ApiScope(StrEnum):
    """One thing a token is made for."""

    READ_HOUSEHOLDS = "read:households"
    READ_MEMBERS = "read:members"
    READ_CLUES = "read:clues"
    READ_CASES = "read:cases"
    READ_FINDINGS = "read:findings"
    READ_DELIVERIES = "read:deliveries"
    WRITE_DELIVERIES = "write:deliveries"
    READ_POLICIES = "read:policies"

    @property
    def label(self) -> str:
        """Give the Chinese name."""
        return _LABELS[self]


_P = Permission
_S = ApiScope
_LABELS = {
    _S.READ_HOUSEHOLDS: "读取农户",
    _S.READ_MEMBERS: "读取家庭成员",
    _S.READ_CLUES: "读取线索",
    _S.READ_CASES: "读取个案",
    _S.READ_FINDINGS: "读取预警和证据",
    _S.READ_DELIVERIES: "读取推送批次",
    _S.WRITE_DELIVERIES: "推送和撤回数据",
    _S.READ_POLICIES: "读取政策和数据来源",
}
# Any one of them; what no permission guards is what every signed-in person may read.
NEEDED: dict[ApiScope, tuple[Permission, ...]] = {
    _S.READ_HOUSEHOLDS: (_P.SEE_HOUSEHOLDS,),
    _S.READ_MEMBERS: (_P.SEE_HOUSEHOLDS,),
    _S.READ_CLUES: (_P.SEE_HOUSEHOLDS,),
    _S.READ_CASES: (_P.SEE_HOUSEHOLDS,),
    _S.READ_FINDINGS: (_P.SEE_HOUSEHOLDS,),
    _S.READ_DELIVERIES: (_P.DELIVER_DATA, _P.IMPORT_DATA, _P.RUN_SCREENING),
    _S.WRITE_DELIVERIES: (_P.DELIVER_DATA, _P.IMPORT_DATA),
    _S.READ_POLICIES: (),
}


def is_open_to(scope: ApiScope, held: Iterable[Permission]) -> bool:
    """Tell whether who holds these permissions may use a scope somewhere."""
    needed = NEEDED[scope]
    return not needed or bool(set(needed) & set(held))
