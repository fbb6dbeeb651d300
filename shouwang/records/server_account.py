"""Who the embedded server runs as: PostgreSQL refuses root, so root lends it an account of its own."""

import errno
import os
import stat
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from shouwang.records.server_database import ServerError

if sys.platform != "win32":
    import pwd

SYSTEM_USER = "shouwang"
_ACL = "system.posix_acl_access"
# Tags of an entry of a POSIX access list (tag, permissions, id), as the kernel stores them.
_OWNER, _USER, _GROUP, _NAMED_GROUP, _MASK, _OTHER = 1, 2, 4, 8, 16, 32
_NOBODY = 0xFFFFFFFF
_SEARCH = 1


@dataclass(frozen=True)
class ServerAccount:
    """The operating system's user the server runs as; `is_self` where that is the present one."""

    uid: int
    gid: int
    is_self: bool

    def process(self) -> dict[str, object]:
        """Return the arguments that make subprocess.run become this user."""
        if self.is_self:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> None:
        """Hand a file or folder to this user."""
        if not self.is_self:
            os.chown(path, self.uid, self.gid)


def account_for(data_folder: Path) -> ServerAccount:
    """Return who runs the server: oneself; under root the folder's owner, else the account `shouwang`."""
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid(), is_self=True)
    owner = data_folder.stat().st_uid
    try:
        entry = pwd.getpwuid(owner) if owner else _system_user()
    except KeyError:
        entry = _system_user()
    return ServerAccount(entry.pw_uid, entry.pw_gid, is_self=False)


def _system_user() -> "pwd.struct_passwd":
    commands = (
        ["useradd", "--system", "--user-group", "--no-create-home", "-s", "/usr/sbin/nologin", SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", SYSTEM_USER],
    )
    for command in commands:
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            try:
                subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
            except OSError:
                continue
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise ServerError(
            f"数据库不能以 root 身份运行，而建立系统账户 {SYSTEM_USER} 失败。请先执行 "
            f"useradd --system {SYSTEM_USER}，或改用普通用户运行本程序。"
        ) from None


def let_pass(folder: Path, account: ServerAccount) -> None:
    """Let the account walk through a folder and those above it, and nothing else, by an access-list entry.

    A folder such as /root stays closed to everybody else. Raises ServerError where the file system has no
    access lists.
    """
    if account.is_self:
        return
    for above in (folder, *folder.parents):
        if not _may_search(above.stat(), account):
            _add_search(above, account)


def _may_search(state: os.stat_result, account: ServerAccount) -> bool:
    if state.st_uid == account.uid:
        return bool(state.st_mode & stat.S_IXUSR)
    if state.st_gid == account.gid:
        return bool(state.st_mode & stat.S_IXGRP)
    return bool(state.st_mode & stat.S_IXOTH)


def _add_search(folder: Path, account: ServerAccount) -> None:
    try:
        entries = _access_list(folder)
        held = entries.get((_USER, account.uid), 0)
        if held & _SEARCH and entries.get((_MASK, _NOBODY), 0) & _SEARCH:
            return
        entries[_USER, account.uid] = held | _SEARCH
        # Without a mask, the group's own permissions are the ceiling of every named entry.
        mask = entries.get((_MASK, _NOBODY), entries[_GROUP, _NOBODY])
        entries[_MASK, _NOBODY] = mask | _SEARCH
        os.setxattr(folder, _ACL, _packed(entries))
    except (AttributeError, OSError) as error:
        name = pwd.getpwuid(account.uid).pw_name
        raise ServerError(
            f"数据库不能以 root 身份运行，而账户 {name} 进不了文件夹 {folder}。"
            f"请执行 chmod o+x '{folder}'，或把程序和数据放到 /srv、/var/lib 等位置，或改用普通用户运行。"
        ) from error


def _access_list(folder: Path) -> dict[tuple[int, int], int]:
    try:
        stored = os.getxattr(folder, _ACL)
    except OSError as error:
        if error.errno != errno.ENODATA:
            raise
        mode = folder.stat().st_mode
        return {(tag, _NOBODY): mode >> shift & 7 for tag, shift in ((_OWNER, 6), (_GROUP, 3), (_OTHER, 0))}
    return {(tag, who): allowed for tag, allowed, who in struct.iter_unpack("<HHI", stored[4:])}


def _packed(entries: dict[tuple[int, int], int]) -> bytes:
    rows = (struct.pack("<HHI", tag, allowed, who) for (tag, who), allowed in sorted(entries.items()))
    return struct.pack("<I", 2) + b"".join(rows)
