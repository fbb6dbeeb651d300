"""A walked case in the browser of its people."""

from django.test import Client
from django.urls import reverse

from shouwang.records.access import entered_system
from shouwang.records.models import Account, Case
from tests.actions.case_walks import Walk


def signed_in(made: Walk, role: str) -> Client:
    client = Client()
    with entered_system():
        client.force_login(Account.objects.get(pk=made.people[role].viewer.account_id))
    return client


def url(name: str, made: Walk, *more: object) -> str:
    return reverse(name, args=[made.open_case.pk, *more])


def version(made: Walk) -> int:
    with entered_system():
        return Case.objects.get(pk=made.open_case.pk).version
