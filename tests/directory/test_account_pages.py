"""Signing in and what belongs to it: in Chinese, in the portal's own frame."""

import re

import pytest
from allauth.mfa.totp.internal import auth
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.html import strip_tags
from django.utils.http import int_to_base36

from taian_factors.directory.actors import Actor
from tests.directory import factories

OPEN = [
    "login",
    "signup",
    "inactive",
    "confirm-email",
    "password/reset",
    "password/reset/done",
    "password/reset/key/done",
]
OWN = ["logout", "reauthenticate", "email", "password/change", "2fa"]


def words(page: str) -> str:
    """Return what a reader sees of a page."""
    body = page[page.index("<body") :]
    return strip_tags(re.sub(r"<(script|svg)\b.*?</\1>", "", body, flags=re.S))


def check(page: str, *, but: str = "") -> None:
    assert 'lang="zh-Hans"' in page
    assert "css/site.css" in page
    assert page.count("<h1") == 1
    assert "style=" not in page
    seen = words(page).replace(but, "") if but else words(page)
    assert re.findall(r"[A-Za-z]{3,}", seen) == []


@pytest.mark.parametrize("path", OPEN)
def test_open_page_is_chinese_and_in_our_frame(db: None, client: Client, path: str) -> None:
    answer = client.get(f"/accounts/{path}/")
    assert answer.status_code == 200
    check(answer.content.decode())


@pytest.mark.parametrize("path", OWN)
def test_own_page_is_chinese_and_in_our_frame(enterprise: Actor, as_enterprise: Client, path: str) -> None:
    answer = as_enterprise.get(f"/accounts/{path}/")
    assert answer.status_code == 200
    check(answer.content.decode(), but=enterprise.user.username)


def code_of_now(secret: str) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))


def test_second_factor_is_chinese_from_activation_to_signing_in(enterprise: Actor, client: Client) -> None:
    name = enterprise.user.username
    secret_words = re.compile(r"\b[A-Z2-7]{26,}\b")
    client.post("/accounts/login/", {"login": name, "password": factories.PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    check(secret_words.sub("", page), but=name)
    secret = client.session["mfa.totp.secret"]
    codes = client.post("/accounts/2fa/totp/activate/", {"code": code_of_now(secret)}, follow=True)
    assert codes.status_code == 200
    for path in ("2fa", "2fa/totp/deactivate", "2fa/recovery-codes/generate"):
        check(client.get(f"/accounts/{path}/").content.decode(), but=name)
    client.logout()
    asked = client.post("/accounts/login/", {"login": name, "password": factories.PASSWORD}, follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
    check(asked.content.decode(), but=name)


def test_link_of_a_lost_password_leads_to_a_chinese_form(enterprise: Actor, client: Client) -> None:
    token = default_token_generator.make_token(enterprise.user)
    address = f"/accounts/password/reset/key/{int_to_base36(enterprise.user.pk)}-{token}/"
    check(client.get(address, follow=True).content.decode())


def test_wrong_password_is_answered_in_chinese_and_keeps_the_name(enterprise: Actor, client: Client) -> None:
    page = client.post(
        "/accounts/login/", {"login": enterprise.user.username, "password": "nonsense"}
    ).content.decode()
    assert "data-error-summary" in page
    assert f'value="{enterprise.user.username}"' in page


def test_right_password_leads_home(enterprise: Actor, client: Client) -> None:
    answer = client.post(
        "/accounts/login/", {"login": enterprise.user.username, "password": factories.PASSWORD}, follow=True
    )
    assert enterprise.organization.name in answer.content.decode()


def test_nobody_signs_up_by_himself(db: None, client: Client) -> None:
    form = {"username": "newcomer", "password1": factories.PASSWORD, "password2": factories.PASSWORD}
    page = client.post("/accounts/signup/", form).content.decode()
    assert "<form" not in page


def test_email_is_added_and_shown(enterprise: Actor, as_enterprise: Client) -> None:
    as_enterprise.post("/accounts/email/", {"action_add": "1", "email": "clerk@example.com"})
    assert "clerk@example.com" in as_enterprise.get("/accounts/email/").content.decode()


def test_bad_email_is_answered_at_the_field(as_enterprise: Client) -> None:
    page = as_enterprise.post("/accounts/email/", {"action_add": "1", "email": "nonsense"}).content.decode()
    assert 'id="email-error"' in page


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [("/nowhere/", 404, "找不到这个页面"), ("/accounts/../x/", 404, "找不到这个页面")],
)
def test_error_page_is_chinese(db: None, client: Client, address: str, status: int, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert said in answer.content.decode()
    check(answer.content.decode())


def test_expired_form_is_explained(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "页面过期了" in answer.content.decode()
