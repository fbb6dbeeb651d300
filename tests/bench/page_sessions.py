"""Accounts and their session cookies for the page benchmark, printed as JSON."""

import json

import django


def main() -> None:
    """Make one account a level, sign each in, and print the cookies."""
    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from shouwang.domain.divisions import villages
    from shouwang.domain.roles import Role
    from shouwang.records.access import entered_system
    from shouwang.records.models import Account
    from tests.bench.site_data import COUNTY
    from tests.world import account

    village = villages(COUNTY)[0].code
    places = {
        "county": (Role.COUNTY_OFFICE, COUNTY),
        "township": (Role.TOWNSHIP, village[:9]),
        "village": (Role.VILLAGE, village),
    }
    cookies = {}
    with entered_system():
        for who, (role, place) in places.items():
            made = Account.objects.filter(login=who).first() or account(role, place, login=who)
            session = SessionStore()
            session[SESSION_KEY] = str(made.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = made.get_session_auth_hash()
            session.save()
            cookies[who] = f"shouwang_session={session.session_key}; shouwang_csrf={'a' * 32}"
    print(json.dumps(cookies))
