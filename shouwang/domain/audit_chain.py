"""The audit as an append-only chain: each row's keyed digest covers the digest of the row before (R101).

Whoever changes, removes, adds or moves a row without the key is found at that row; a cut tail, and a chain
written anew with the key, are found against anchors kept elsewhere.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from ipaddress import ip_address

from shouwang.domain.field_masks import for_audit, is_machine_made
from shouwang.domain.masking import contains_personal_number

GENESIS = "0" * 64
_HASHES = {"hmac-sm3": "sm3", "hmac-sha256": "sha256"}
_SHORTEST_KEY_BYTES = 32
_LONGEST_TEXT = 500
_CHINA = timezone(timedelta(hours=8))
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ANCHOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) +([1-9][0-9]{0,18}) +([0-9a-f]{64})")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DIVISION = re.compile(r"[0-9]{0,12}")
_REQUEST_ID = re.compile(r"[0-9a-f]{32}|")

AuditValue = str | int | bool | None


class AuditEntryError(ValueError):
    """An entry cannot be written; the message (Chinese) names the field and never its content."""


class Result(StrEnum):
    """How the audited action ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One audited event; holds references and masks, never personal data.

    `actor` and `target_id` are internal ids; `role` names the roles acted in, joined by `+`; `before` and
    `after` map columns of the target to masked values (`field_masks.for_audit`); `request_id` is 32 hex
    digits or empty; `address` is the network address or empty.
    """

    sequence: int
    at: datetime
    actor: str
    role: str
    division: str
    action: str
    target_kind: str = ""
    target_id: str = ""
    result: Result = Result.DONE
    reason: str = ""
    before: Mapping[str, AuditValue] = field(default_factory=dict)
    after: Mapping[str, AuditValue] = field(default_factory=dict)
    request_id: str = ""
    address: str = ""
    algorithm: str = "hmac-sha256"


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is stored, with the digest that binds it to the rows before."""

    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's head at the end of a day (Asia/Shanghai), to be kept outside the database."""

    on: date
    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.on.isoformat()} {self.sequence} {self.digest}"

    @classmethod
    def parse(cls, line: str) -> "Anchor":
        """Read an anchor from the line that `str` writes; raises ValueError."""
        found = _ANCHOR.fullmatch(line.strip())
        if found is None:
            raise ValueError("锚点应为“日期 序号 摘要”三项，摘要为 64 位十六进制字符，请核对抄录是否完整")
        try:
            return cls(date.fromisoformat(found[1]), int(found[2]), found[3])
        except ValueError:
            raise ValueError("锚点的日期不存在，请核对抄录是否有误") from None


class Fault(StrEnum):
    """What is wrong with the first broken row."""

    SEQUENCE = "sequence"
    ALGORITHM = "algorithm"
    DIGEST = "digest"
    TRUNCATED = "truncated"
    ANCHOR = "anchor"


_FAULTS = {
    Fault.SEQUENCE: "序号不连续：此处有记录被删除、插入或移位",
    Fault.ALGORITHM: "校验算法未知，或本机不支持该算法",
    Fault.DIGEST: "摘要不符：该条内容被改动，或校验密钥不对",
    Fault.TRUNCATED: "记录缺失：锚点表明此后还应有记录",
    Fault.ANCHOR: "与锚点不符：该条及之前的记录可能被整体重写",
}


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not hold, by its place in the chain."""

    sequence: int
    fault: Fault

    @property
    def message(self) -> str:
        """Say it in Chinese, for the auditor."""
        return f"审计日志第 {self.sequence} 条：{_FAULTS[self.fault]}"


def preferred_algorithm() -> str:
    """Return hmac-sm3 where this Python offers SM3, else hmac-sha256; for `Entry.algorithm`."""
    return next(algorithm for algorithm in _HASHES if _is_available(algorithm))


def canonical(entry: Entry) -> bytes:
    """Return the bytes that are signed: JSON in ASCII, keys sorted, no spaces, the instant in UTC."""
    fields = {name: getattr(entry, name) for name in Entry.__slots__}
    at = entry.at if entry.at.tzinfo is None else entry.at.astimezone(UTC)
    fields |= {"at": at.isoformat(), "before": dict(entry.before), "after": dict(entry.after)}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), default=repr).encode("ascii")


def link(previous_digest: str, entry: Entry, key: bytes) -> str:
    """Return the digest of an entry after the row with `previous_digest` (GENESIS for the first).

    Raises AuditEntryError for an entry that is malformed or holds personal data, ValueError for a bad key.
    """
    _check_key(key)
    if not _DIGEST.fullmatch(previous_digest):
        raise AuditEntryError("上一条审计记录的摘要不是 64 位十六进制字符，请先校验审计日志")
    _check_entry(entry)
    if entry.algorithm not in _HASHES or not _is_available(entry.algorithm):
        raise AuditEntryError(f"审计算法“{entry.algorithm}”未知或本机不支持，请改用 hmac-sha256")
    return _digest(previous_digest, entry, key)


def sealed(previous: Row | None, entry: Entry, key: bytes) -> Row:
    """Return the entry as the row that follows `previous` (None: the first), if its sequence is the next."""
    expected = 1 if previous is None else previous.entry.sequence + 1
    if entry.sequence != expected:
        raise AuditEntryError(f"审计序号应为 {expected}，现为 {entry.sequence}：已有他人先写入，请重新取号")
    return Row(entry, link(GENESIS if previous is None else previous.digest, entry, key))


def verify(
    rows: Iterable[Row], key: bytes, anchors: Iterable[Anchor] = (), *, after: Anchor | None = None
) -> Break | None:
    """Return the first break of a chain read in its order, or None if it holds.

    `after` begins behind a trusted anchor instead of the first row; reads each row once.
    """
    _check_key(key)
    sequence, digest = (0, GENESIS) if after is None else (after.sequence, after.digest)
    start = sequence
    anchored: dict[int, set[str]] = {}
    for anchor in anchors:
        anchored.setdefault(anchor.sequence, set()).add(anchor.digest)
    for row in rows:
        sequence += 1
        fault = _fault(row, sequence, digest, key)
        if fault is None and anchored.get(sequence, {row.digest}) != {row.digest}:
            fault = Fault.ANCHOR
        if fault is not None:
            return Break(sequence, fault)
        digest = row.digest
    if max(anchored, default=start) > sequence:
        return Break(sequence + 1, Fault.TRUNCATED)
    return None


def daily_anchors(rows: Iterable[Row]) -> list[Anchor]:
    """Return the last row of each day (Asia/Shanghai) as an anchor, oldest first."""
    heads: dict[date, Anchor] = {}
    for row in rows:
        day = row.entry.at.astimezone(_CHINA).date()
        heads[day] = Anchor(day, row.entry.sequence, row.digest)
    return [heads[day] for day in sorted(heads)]


def _fault(row: Row, sequence: int, previous_digest: str, key: bytes) -> Fault | None:
    if row.entry.sequence != sequence:
        return Fault.SEQUENCE
    if row.entry.algorithm not in _HASHES or not _is_available(row.entry.algorithm):
        return Fault.ALGORITHM
    computed = _digest(previous_digest, row.entry, key)
    return None if computed == row.digest else Fault.DIGEST


def _digest(previous_digest: str, entry: Entry, key: bytes) -> str:
    # The previous digest is always 64 characters, so the two parts cannot be cut differently.
    message = previous_digest.encode("ascii") + canonical(entry)
    return hmac.digest(key, message, _HASHES[entry.algorithm]).hex()


@cache
def _is_available(algorithm: str) -> bool:
    # Some builds list SM3 and then refuse it, so it is tried.
    try:
        hashlib.new(_HASHES[algorithm])
    except ValueError:
        return False
    return True


def _check_key(key: bytes) -> None:
    if len(key) < _SHORTEST_KEY_BYTES:
        raise ValueError(f"审计密钥至少 {_SHORTEST_KEY_BYTES} 字节，请用 shouwang 生成的密钥文件")


def _check_entry(entry: Entry) -> None:
    if entry.sequence < 1 or entry.at.tzinfo is None:
        raise AuditEntryError("审计序号应从 1 起，时间应带时区")
    shapes = {
        "角色": all(_WORD.fullmatch(role) for role in entry.role.split("+")) or not entry.role,
        "区划": _DIVISION.fullmatch(entry.division),
        "动作": all(_WORD.fullmatch(part) for part in entry.action.split(".")),
        "对象类型": _WORD.fullmatch(entry.target_kind) or not entry.target_kind,
        "结果": entry.result in set(Result),
        "请求编号": _REQUEST_ID.fullmatch(entry.request_id),
        "网络地址": not entry.address or _is_address(entry.address),
    }
    for label, is_sound in shapes.items():
        if not is_sound:
            raise AuditEntryError(f"审计记录的“{label}”格式不对")
    for label, text in (("操作人", entry.actor), ("对象编号", entry.target_id), ("理由", entry.reason)):
        _check_text(label, text)
    if not entry.actor:
        raise AuditEntryError("审计记录缺少“操作人”；系统自动执行的请写 system")
    for label, values in (("变更前", entry.before), ("变更后", entry.after)):
        for column, value in values.items():
            _check_value(label, entry.target_kind, column, value)


def _check_text(label: str, text: str) -> None:
    if len(text) > _LONGEST_TEXT:
        raise AuditEntryError(f"审计记录的“{label}”超过 {_LONGEST_TEXT} 个字")
    if _UNSTORABLE.search(text):
        raise AuditEntryError(f"审计记录的“{label}”中有控制字符，请删去")
    if contains_personal_number(text) and not is_machine_made(text):
        raise AuditEntryError(f"审计记录的“{label}”中有证件号码、手机号码或银行卡号，请改用内部编号")


def _check_value(label: str, target_kind: str, column: str, value: object) -> None:
    if not all(_WORD.fullmatch(part) for part in column.split(".")):
        raise AuditEntryError(f"审计记录的“{label}”中有不规范的字段名")
    if value is not None and not isinstance(value, str | int):
        raise AuditEntryError(f"审计记录的“{label}”中 {column} 应为文字、整数、是否或空")
    if value is not None:
        _check_text(f"{label} {column}", str(value))
    full_name = column if "." in column else f"{target_kind}.{column}"
    if for_audit(full_name, value) != value:
        raise AuditEntryError(f"审计记录的“{label}”中 {column} 未脱敏，请先脱敏再写入")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
