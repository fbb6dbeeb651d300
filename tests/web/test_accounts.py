"""The administrators' pages and one's own: each role sees its own part, every change leaves its line."""

from base64 import b32decode
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from shouwang.actions.acting import Act, append_event
from shouwang.domain.audit_chain import Result
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.lock_outs import SIGN_IN, SLOW_LIMIT
from shouwang.records.models import Account, AuditEvent, RoleGrant
from tests.audit_coverage import audited
from tests.world import COUNTY, PASSWORD, THERE, VILLAGE, account, actor, household

pytestmark = pytest.mark.django_db
ABROAD = THERE.villages[0]


def signed_in(role: Role, place: str = COUNTY, **more: Any) -> Client:
    client = Client()
    client.force_login(account(role, place, **more))
    return client


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/accounts/", Role.SYSTEM_ADMINISTRATOR),
        ("/accounts/new/", Role.SYSTEM_ADMINISTRATOR),
        ("/online/", Role.SYSTEM_ADMINISTRATOR),
        ("/grants/", Role.SECURITY_ADMINISTRATOR),
        ("/grants/people/", Role.SECURITY_ADMINISTRATOR),
        ("/audit/", Role.AUDIT_ADMINISTRATOR),
        ("/break-glass/", Role.COUNTY_OFFICE),
    ],
)
def test_a_page_is_open_to_its_role_and_to_no_other(path: Any, role: Any) -> None:
    assert signed_in(role).get(path).status_code == 200
    for other in (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR):
        if other is not role:
            assert signed_in(other).get(path).status_code == 403
    assert signed_in(Role.VILLAGE, VILLAGE).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_a_new_account_is_shown_its_password_once() -> None:
    boss = signed_in(Role.SYSTEM_ADMINISTRATOR)
    given = {"login": "zhang.yi", "display_name": "张乙", "place": VILLAGE, "office": "某村"}
    with audited("account.create"):
        page = text(boss.post("/accounts/new/", given))

    made = Account.objects.get(login="zhang.yi")
    shown = page.split("<code>")[1].split("</code>")[0]
    assert made.check_password(shown)
    assert shown not in text(boss.get("/accounts/"))
    again = boss.post("/accounts/new/", given)
    assert again.status_code == 422
    assert "已有人使用" in text(again)


def test_a_place_outside_cannot_be_chosen() -> None:
    given = {"login": "zhang.yi", "display_name": "张乙", "place": ABROAD}

    assert signed_in(Role.SYSTEM_ADMINISTRATOR).post("/accounts/new/", given).status_code == 422


@pytest.mark.parametrize(
    ("act", "action"),
    [
        ("reset-password", "reset_password"),
        ("disable", "disable"),
        ("unlock", "unlock"),
        ("end-sessions", "end_sessions"),
    ],
)
def test_each_act_is_audited_and_finds_nobody_elsewhere(act: Any, action: Any) -> None:
    boss, person, stranger = (
        signed_in(Role.SYSTEM_ADMINISTRATOR),
        account(Role.VILLAGE, VILLAGE),
        account(Role.VILLAGE, ABROAD),
    )
    with audited(f"account.{action}"):
        assert boss.post(f"/accounts/{person.pk}/{act}/", {"is_confirmed": "1"}).status_code in (200, 303)

    elsewhere = boss.post(f"/accounts/{stranger.pk}/{act}/", {"is_confirmed": "1"})
    missing = boss.post("/accounts/999999/" + act + "/", {"is_confirmed": "1"})
    assert elsewhere.status_code == missing.status_code == 404
    assert stranger.display_name not in text(elsewhere)


def test_what_is_dangerous_asks_first() -> None:
    boss, person = signed_in(Role.SYSTEM_ADMINISTRATOR), account(Role.VILLAGE, VILLAGE)
    for act in ("reset-password", "disable", "end-sessions"):
        assert "is_confirmed" in text(boss.post(f"/accounts/{person.pk}/{act}/"))

    assert Account.objects.get(pk=person.pk).is_active


def test_the_list_is_searched_and_holds_its_own_place_only(django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        account(Role.VILLAGE, VILLAGE, name=f"王庚{number}")
    stranger = account(Role.VILLAGE, ABROAD, name="李庚")
    boss = signed_in(Role.SYSTEM_ADMINISTRATOR)
    boss.get("/accounts/")
    with django_assert_max_num_queries(14):
        page = text(boss.get("/accounts/", {"words": "庚"}))

    assert "王庚3" in page
    assert stranger.display_name not in page
    assert "没有符合条件" in text(boss.get("/accounts/", {"words": "无此人"}))


def test_a_role_is_granted_and_taken_back_through_the_pages() -> None:
    security, person = signed_in(Role.SECURITY_ADMINISTRATOR), account(Role.VILLAGE, VILLAGE, name="王甲")
    given = {"role": "resident_team", "place": VILLAGE, "from_on": timezone.localdate().isoformat()}
    with audited("role.grant"):
        assert security.post(f"/grants/new/{person.pk}/", given).status_code == 303
    assert "驻村工作队" in text(security.get("/grants/", {"words": "王甲"}))
    grant = RoleGrant.objects.get(account=person, role="resident_team")
    assert security.post(f"/grants/{grant.pk}/revoke/", {"reason": ""}).status_code == 422
    with audited("role.revoke"):
        assert security.post(f"/grants/{grant.pk}/revoke/", {"reason": "轮换离任"}).status_code == 303
    assert "已结束" in text(security.get("/grants/", {"state": "ended"}))


def test_what_cannot_be_granted_is_said_on_the_form() -> None:
    security, person = signed_in(Role.SECURITY_ADMINISTRATOR), account(Role.VILLAGE, VILLAGE)
    given = {"role": "supervisor", "place": COUNTY, "from_on": "2026-01-01"}

    response = security.post(f"/grants/new/{person.pk}/", given)
    assert response.status_code == 422
    assert "不能由同一人担任" in text(response)
    stranger = account(Role.VILLAGE, ABROAD)
    assert security.get(f"/grants/new/{stranger.pk}/").status_code == 404
    assert security.get(f"/grants/{stranger.grants.get().pk}/revoke/").status_code == 404
    assert security.get(f"/grants/clear-code/{stranger.pk}/").status_code == 404


def test_glass_is_broken_through_the_page_and_listed_to_the_owner() -> None:
    officer, owner = signed_in(Role.COUNTY_OFFICE), signed_in(Role.COUNTY_OFFICE, THERE.county)
    with entered_system():
        household(ABROAD)
    given = {"place": ABROAD, "household_number": "", "hours": "2", "reason": "核对跨县就医支出"}
    with audited("break_glass.open"):
        assert officer.post("/break-glass/", given).status_code == 303
    assert "核对跨县就医支出" in text(owner.get("/break-glass/"))
    assert "查看中" in text(officer.get("/break-glass/"))
    grant = RoleGrant.objects.get(is_break_glass=True)
    assert owner.post(f"/break-glass/{grant.pk}/close/").status_code == 404
    assert officer.post(f"/break-glass/{grant.pk}/close/").status_code == 303
    both = officer.post("/break-glass/", {**given, "household_number": "HH1"})
    assert (both.status_code, "只填一项" in text(both)) == (422, True)


def test_an_auditor_reads_his_place_and_nobody_elses() -> None:
    here, there = account(Role.VILLAGE, VILLAGE, name="王甲"), account(Role.VILLAGE, ABROAD, name="李乙")
    for person in (here, there):
        Client().post("/sign-in/", {"login": person.login, "password": PASSWORD})
    auditor = signed_in(Role.AUDIT_ADMINISTRATOR)
    page = text(auditor.get("/audit/"))

    assert "王甲" in page
    assert "李乙" not in page
    foreign, mine = (
        AuditEvent.objects.get(action="account.sign_in", actor=str(each.pk)).sequence
        for each in (there, here)
    )
    assert auditor.get(f"/audit/{foreign}/").status_code == 404
    assert "登录" in text(auditor.get(f"/audit/{mine}/"))
    nobodys = text(auditor.get("/audit/", {"actor": "0"})).partition("<tbody>")[2]
    assert "王甲" not in nobodys


def test_the_auditor_checks_the_chain_from_the_page() -> None:
    auditor = signed_in(Role.AUDIT_ADMINISTRATOR)
    assert "还没有校验过" in text(auditor.get("/audit/"))
    with audited("audit.verify"):
        assert auditor.post("/audit/verify/").status_code == 303

    assert "日志完整" in text(auditor.get("/audit/"))
    assert signed_in(Role.COUNTY_OFFICE).post("/audit/verify/").status_code == 403


def test_one_time_passwords_are_set_up_and_asked_for() -> None:
    client, person = Client(), account(Role.VILLAGE, VILLAGE, login="wangjia")
    client.force_login(person)
    with audited("account.begin_totp"):
        client.post("/totp/")
    page = text(client.get("/totp/"))
    secret = page.split("密钥：<code>")[1].split("</code>")[0].replace(" ", "")
    assert 'src="data:image/svg+xml' in page
    made = TOTP(b32decode(secret))
    assert client.post("/totp/", {"code": "000000"}).status_code == 422
    with audited("account.confirm_totp"):
        spare = (
            text(client.post("/totp/", {"code": f"{made.token():06d}"})).split("<li><code>")[1].split("<")[0]
        )

    other = Client()
    asked = other.post("/sign-in/", {"login": "wangjia", "password": PASSWORD})
    assert "动态口令" in text(asked)
    assert other.get("/profile/").status_code == 302
    assert other.post("/sign-in/", {"code": "000000"}).status_code == 422
    assert other.post("/sign-in/", {"code": spare}).status_code == 303
    assert other.get("/profile/").status_code == 200


def test_wrong_codes_lock_like_wrong_passwords() -> None:
    client, person = Client(), account(Role.VILLAGE, VILLAGE, login="wangjia")
    client.force_login(person)
    client.post("/totp/")
    secret = text(client.get("/totp/")).split("密钥：<code>")[1].split("</code>")[0].replace(" ", "")
    confirmed = text(client.post("/totp/", {"code": f"{TOTP(b32decode(secret)).token():06d}"}))
    spare = confirmed.split("<li><code>")[1].split("<")[0]
    other = Client()
    other.post("/sign-in/", {"login": "wangjia", "password": PASSWORD})
    for _ in range(5):
        other.post("/sign-in/", {"code": "000000"})

    assert other.post("/sign-in/", {"code": spare}).status_code == 422


def test_ones_own_page_says_what_one_is() -> None:
    client = signed_in(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组", name="王甲")

    page = text(client.get("/profile/"))
    assert "村民小组" in page
    assert "一组" in page


def test_unlocking_is_offered_for_a_locked_account_only() -> None:
    boss = signed_in(Role.SYSTEM_ADMINISTRATOR)
    shut, slow, _ = (account(Role.VILLAGE, VILLAGE) for _ in range(3))
    AccessAttempt.objects.create(
        username=shut.login, ip_address="192.0.2.9", failures_since_start=5, attempt_time=timezone.now()
    )
    failing = Act(target_kind="account", target_id=str(slow.pk))
    for _ in range(SLOW_LIMIT):
        append_event(actor(slow), SIGN_IN, failing, at=timezone.now(), result=Result.FAILED)

    page = text(boss.get("/accounts/"))

    assert page.count("已锁定") == page.count("/unlock/") == 2
    for each in (shut, slow):
        assert boss.post(f"/accounts/{each.pk}/unlock/", {"is_confirmed": "1"}).status_code == 303
    assert "/unlock/" not in text(boss.get("/accounts/"))
