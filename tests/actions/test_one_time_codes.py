"""One-time passwords: good once, a step around now, of two at once one; recovery codes as hashes (T17)."""

from base64 import b32decode
from datetime import timedelta
from typing import Any

import pytest
from django_otp.oath import TOTP
from hypothesis import given
from hypothesis import strategies as st

from shouwang.actions import one_time_codes as codes
from shouwang.actions.refusals import Unfit
from shouwang.domain.roles import Role
from shouwang.records.models import Account
from tests.world import COUNTY, NOW, VILLAGE, account, actor, viewer

pytestmark = pytest.mark.django_db


def code(secret: str, at: Any = NOW) -> str:
    made = TOTP(b32decode(secret))
    made.time = at.timestamp()
    return f"{made.token():06d}"


@pytest.fixture
def enrolled() -> Any:
    person = account(Role.COUNTY_OFFICE, COUNTY)
    secret = codes.begin_codes(actor=actor(person), at=NOW)
    spare = codes.confirm_codes(actor=actor(person), code=code(secret), at=NOW)
    return person.pk, secret, spare


def test_a_code_is_good_once(enrolled: Any) -> None:
    key, secret, _ = enrolled
    later = NOW + timedelta(seconds=60)

    assert not codes.use_code(account_id=key, code=code(secret), at=NOW)
    assert codes.use_code(account_id=key, code=code(secret, later), at=later)
    assert not codes.use_code(account_id=key, code=code(secret, later), at=later)


@pytest.mark.parametrize(
    ("seconds", "is_good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_of_the_step_before_or_after_is_good(enrolled: Any, seconds: Any, is_good: Any) -> None:
    key, secret, _ = enrolled
    later = NOW + timedelta(hours=1)

    found = codes.use_code(account_id=key, code=code(secret, later + timedelta(seconds=seconds)), at=later)
    assert found is is_good


def test_after_a_later_code_an_earlier_one_is_dead(enrolled: Any) -> None:
    key, secret, _ = enrolled
    later = NOW + timedelta(hours=1)
    assert codes.use_code(account_id=key, code=code(secret, later + timedelta(seconds=30)), at=later)

    assert not codes.use_code(account_id=key, code=code(secret, later), at=later)


def test_a_clock_that_is_off_is_said(enrolled: Any) -> None:
    key, secret, _ = enrolled
    person, later = Account.objects.get(pk=key), NOW + timedelta(hours=1)

    early = code(secret, later - timedelta(minutes=5))
    assert "慢约 5 分钟" in codes.skew_message(account=person, code=early, at=later)
    ahead = code(secret, later + timedelta(minutes=3))
    assert "快约 3 分钟" in codes.skew_message(account=person, code=ahead, at=later)
    assert codes.skew_message(account=person, code="abc", at=later) == ""


def test_a_recovery_code_is_good_once_and_kept_as_a_hash(enrolled: Any) -> None:
    key, _, spare = enrolled

    assert len(spare) == 8
    assert not any(each in str(Account.objects.get(pk=key).recovery_hashes) for each in spare)
    assert codes.use_code(account_id=key, code=f" {spare[0].upper()} ", at=NOW)
    assert not codes.use_code(account_id=key, code=spare[0], at=NOW)
    assert len(Account.objects.get(pk=key).recovery_hashes) == 7


def test_the_secret_is_sealed_and_shown_only_while_it_is_set_up(enrolled: Any) -> None:
    key, secret, _ = enrolled
    person = Account.objects.get(pk=key)

    assert secret.encode() not in bytes(person.totp_secret_sealed)
    assert codes.secret_of(account=person) == ""
    with pytest.raises(Unfit):
        codes.begin_codes(actor=actor(person), at=NOW)


def test_a_wrong_first_code_puts_nothing_in_force() -> None:
    person = account(Role.VILLAGE, VILLAGE)
    with pytest.raises(Unfit, match="扫描"):
        codes.confirm_codes(actor=actor(person), code="123456", at=NOW)
    secret = codes.begin_codes(actor=actor(person), at=NOW)
    with pytest.raises(Unfit):
        codes.confirm_codes(actor=actor(person), code=code(secret, NOW + timedelta(minutes=2)), at=NOW)

    assert not Account.objects.get(pk=person.pk).is_totp_confirmed


@pytest.mark.parametrize("role", list(Role))
def test_administrators_the_county_office_and_above_need_codes(role: Any) -> None:
    wide = {Role.CITY: "3610", Role.PROVINCE: "36"}
    place = wide.get(role, COUNTY if role in codes.NEEDING_CODES else VILLAGE)
    expected = {
        "system_administrator",
        "security_administrator",
        "audit_administrator",
        "county_office",
        "city",
        "province",
    }

    assert codes.needs_code(viewer=viewer(account(role, place))) is (role in expected)


@given(st.text(max_size=12))
def test_no_other_text_is_a_code(text: Any) -> None:
    person = Account(totp_secret_sealed=None, recovery_hashes=[])

    assert codes.skew_message(account=person, code=text, at=NOW) == ""
