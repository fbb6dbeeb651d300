"""`createuser` and `verify-audit` on the server itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from shouwang.actions.audit_checks import AnchorError, Check
from shouwang.cli import accounts
from shouwang.cli.app import app
from shouwang.domain.audit_chain import Break, Fault
from shouwang.domain.roles import Role
from shouwang.records.models import Account, AuditEvent, RoleGrant
from tests.world import COUNTY, VILLAGE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _opened(monkeypatch: Any) -> None:
    """The test's own database is open already."""

    @contextmanager
    def opened(site: object) -> Iterator[None]:
        yield

    monkeypatch.setattr(accounts, "opened", opened)
    monkeypatch.setattr(accounts, "migrate", lambda: None)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_the_first_administrator_gets_a_password_that_is_printed_once() -> None:
    done = run(
        "createuser", "zhang.yi", "--name", "张乙", "--role", "system_administrator", "--place", COUNTY
    )

    assert done.exit_code == 0, done.output
    password = done.output.split("临时密码(只显示这一次):")[1].split()[0]
    made = Account.objects.get(login="zhang.yi")
    assert made.check_password(password)
    assert made.must_change_password
    assert RoleGrant.objects.get(account=made).role == Role.SYSTEM_ADMINISTRATOR
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.actor) == ("account.create", "0")
    assert password not in str(event.after)


def test_department_and_group_are_taken() -> None:
    leader = run(
        "createuser",
        "li.bing",
        "--name",
        "李丙",
        "--role",
        "household_group",
        "--place",
        VILLAGE,
        "--group",
        "一组",
    )
    office = run(
        "createuser",
        "li.ding",
        "--name",
        "李丁",
        "--role",
        "department",
        "--place",
        COUNTY,
        "--department",
        "civil_affairs",
        "--department",
        "医保",
    )

    assert (leader.exit_code, office.exit_code) == (0, 0), leader.output + office.output
    assert RoleGrant.objects.get(account__login="li.bing").group_name == "一组"
    assert RoleGrant.objects.get(account__login="li.ding").departments == ["civil_affairs", "medical"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("admin", "--name", "张乙", "--role", "village", "--place", VILLAGE), "默认或多人共用"),
        (("zhang.yi", "--name", "公用账号", "--role", "village", "--place", VILLAGE), "对应到人"),
        (("zhang.yi", "--name", "张乙", "--role", "emperor", "--place", VILLAGE), "没有角色"),
        (("zhang.yi", "--name", "张乙", "--role", "village", "--place", COUNTY), "只能授予"),
        (("zhang.yi", "--role", "village", "--place", VILLAGE), "--name"),
        (("nobody", "--reset"), "没有找到"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_left(arguments: Any, words: Any) -> None:
    done = run("createuser", *arguments)

    assert done.exit_code == 2
    assert words in done.output
    assert not Account.objects.exists()


def test_a_password_is_reset_on_the_server() -> None:
    run("createuser", "zhang.yi", "--name", "张乙", "--role", "village", "--place", VILLAGE)
    before = Account.objects.get(login="zhang.yi").password

    assert run("createuser", "zhang.yi", "--reset").exit_code == 0
    assert Account.objects.get(login="zhang.yi").password != before


def test_a_whole_chain_is_said_and_a_broken_one_is_a_problem(monkeypatch: Any) -> None:
    run("createuser", "zhang.yi", "--name", "张乙", "--role", "village", "--place", VILLAGE)
    whole = run("verify-audit")
    assert (whole.exit_code, "完整" in whole.output) == (0, True)

    broken = Check(5, 1, Break(3, Fault.DIGEST))
    monkeypatch.setattr("shouwang.actions.audit_checks.record_system_check", lambda at: broken)
    done = run("verify-audit")
    assert done.exit_code == 1
    assert "第 3 条" in done.output


def test_an_anchor_that_cannot_be_read_is_a_problem(monkeypatch: Any) -> None:
    def refuse(at: object) -> None:
        raise AnchorError("审计锚点“2026-11-23.txt”读不出来")

    monkeypatch.setattr("shouwang.actions.audit_checks.record_system_check", refuse)

    assert run("verify-audit").exit_code == 1
