"""The platform's house rules: columns classed, addresses with a permission, no migration forgotten."""

import configparser
from importlib.resources import files
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

from shouwang.domain.permissions import Permission
from shouwang.records.row_security import ADDED_ONLY, KEPT
from shouwang.web.page import PAGES
from shouwang.web.pages import urlpatterns

WRITING = {"POST", "PUT", "PATCH", "DELETE"}
# Pages for those who have not signed in; each says here why.
PUBLIC = {
    "sign_in": "the door itself",
    "declare": "families declare without an account (R20)",
    "declare_progress": "families ask how far it is (R20)",
}


def models() -> list[Any]:
    return list(apps.get_app_config("records").get_models())


def test_every_column_is_classed_open_or_personal() -> None:
    classed = configparser.ConfigParser()
    classed.read_string(files("shouwang.records").joinpath("data/columns.txt").read_text(encoding="utf-8"))
    said = {name: sorted(" ".join(classed[name].values()).split()) for name in classed.sections()}
    held = {
        model._meta.model_name: sorted(field.attname for field in model._meta.concrete_fields)
        for model in models()
    }

    assert said == held


def test_every_address_is_a_page_with_a_permission() -> None:
    every = get_resolver().url_patterns
    found = {pattern.name: pattern for pattern in every if isinstance(pattern, URLPattern)}
    assert len(found) == len(urlpatterns)

    # The interface, whose operations tests/api/test_scope.py holds to their scopes.
    assert [str(each.pattern) for each in every if each not in found.values()] == ["api/v1/"]
    assert set(found) == set(PAGES)
    for name, page in PAGES.items():
        asked = page.permission if isinstance(page.permission, tuple) else (page.permission,)
        assert all(isinstance(each, Permission) for each in asked) or page.permission in {
            "public",
            "signed_in",
        }, name


def test_only_what_is_named_here_is_public() -> None:
    assert {name for name, page in PAGES.items() if page.permission == "public"} == set(PUBLIC)


@pytest.mark.django_db
def test_the_migrations_make_the_tables_of_the_models() -> None:
    said = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said)

    assert "No changes" in said.getvalue()


def test_what_is_kept_for_good_is_a_table() -> None:
    names = {model._meta.model_name for model in models()}

    assert set(KEPT) | set(ADDED_ONLY) <= names


def test_every_table_about_a_household_says_where_it_is() -> None:
    for model in models():
        names = {field.name for field in model._meta.get_fields()}
        if "household" in names:
            assert "division" in names, model.__name__
