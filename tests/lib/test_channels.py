"""The ways out: what they say to a gateway, and what they make of its answer."""

import smtplib
from collections.abc import Iterator

import pytest
from django.core import mail

from taian_factors.lib import channels
from taian_factors.lib.channels import Message, PermanentError, TemporaryError
from taian_factors.lib.masking import mask, mask_phones
from tests.gateway import Gateway, running_gateway

MESSAGE = Message(key="k-1", to="13800005678", text="主办：示例用地", url="https://portal.example/x")


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    """A gateway for SMS and 企业微信."""
    with running_gateway() as running:
        settings.NOTICE_GATEWAYS = {"sms": running.url, "wecom": running.url, "email": "django:"}
        settings.SMS_TOKEN = "secret"
        channels._tokens.clear()
        yield running


def test_an_sms_carries_signature_link_token_and_key(gateway: Gateway):
    assert channels.way("sms").send(MESSAGE) == "R1"
    (said,) = gateway.asked
    assert said["text"] == "【泰安要素保障】主办：示例用地 https://portal.example/x"
    assert (said["to"], said["id"], said["token"]) == ("13800005678", "k-1", "Bearer secret")
    assert gateway.taken == {"k-1": 1}


@pytest.mark.parametrize("status", [401, 404, 409, 429, 500, 503, 302])
def test_a_gateway_that_is_closed_or_busy_is_tried_again(gateway: Gateway, status: int):
    gateway.status = status
    with pytest.raises(TemporaryError, match=str(status)):
        channels.way("sms").send(MESSAGE)


@pytest.mark.parametrize("status", [400, 422])
def test_a_message_that_is_refused_is_refused_for_good(gateway: Gateway, status: int):
    gateway.status = status
    with pytest.raises(PermanentError, match=str(status)):
        channels.way("sms").send(MESSAGE)


def test_a_gateway_that_hangs_is_left_after_its_time(gateway: Gateway, settings):
    gateway.status, settings.NOTICE_TIMEOUT = 0, 0.2
    with pytest.raises(TemporaryError, match="ReadTimeout"):
        channels.way("sms").send(MESSAGE)


def test_a_gateway_that_is_not_there_is_tried_again(settings):
    settings.NOTICE_GATEWAYS = {"sms": "http://127.0.0.1:1/"}
    with pytest.raises(TemporaryError, match="ConnectError"):
        channels.way("sms").send(MESSAGE)


def test_a_closed_way_refuses(settings):
    settings.NOTICE_GATEWAYS = {"sms": ""}
    assert not channels.is_on("sms")
    with pytest.raises(PermanentError):
        channels.way("sms").send(MESSAGE)


def test_the_console_sends_nothing_and_says_so(settings, caplog):
    caplog.set_level("INFO")
    settings.NOTICE_GATEWAYS = {"sms": "console:"}
    assert channels.is_demo("sms")
    assert channels.way("sms").send(MESSAGE) == channels.DEMO_WORDS
    (line,) = [record.msg for record in caplog.records if record.name == channels.__name__]
    assert (line["way"], line["to"], line["text"][:2]) == ("sms", "138****5678", "主办")


def test_wecom_asks_for_a_token_once_and_for_a_check_of_duplicates(gateway: Gateway, settings):
    settings.WECOM_AGENT_ID = 7
    gateway.words = {"errcode": 0, "msgid": "M9"}
    for _ in range(2):
        assert channels.way("wecom").send(MESSAGE) == "M9"
    first, second = gateway.asked
    assert first["path"] == second["path"]
    assert (first["touser"], first["agentid"], first["enable_duplicate_check"]) == ("13800005678", 7, 1)


def test_wecom_renews_a_token_that_has_run_out(gateway: Gateway):
    gateway.words = {"errcode": 42001}
    with pytest.raises(TemporaryError, match="42001"):
        channels.way("wecom").send(MESSAGE)
    old, new = (said["path"] for said in gateway.asked)
    assert old != new


@pytest.mark.parametrize("words", [{"errcode": 60111}, {"errcode": 0, "invaliduser": "zhang"}])
def test_wecom_without_such_an_account_is_final(gateway: Gateway, words: dict):
    gateway.words = words
    with pytest.raises(PermanentError):
        channels.way("wecom").send(MESSAGE)


def test_an_e_mail_is_known_by_its_key(gateway: Gateway, settings):
    settings.PORTAL_BASE_URL = "https://portal.example"
    assert channels.way("email").send(MESSAGE) == "<k-1@portal.example>"
    assert mail.outbox[0].message()["Message-ID"] == "<k-1@portal.example>"
    assert mail.outbox[0].body.endswith("https://portal.example/x")


class Refusing:
    """A mail backend whose server refuses the address."""

    def __init__(self, **_: object) -> None:
        self.code = 550

    def send_messages(self, _: object) -> int:
        raise smtplib.SMTPRecipientsRefused({"x@example.com": (self.code, b"no such user")})


class Busy(Refusing):
    """A mail backend whose server asks to come again."""

    def __init__(self, **_: object) -> None:
        self.code = 451


@pytest.mark.parametrize(
    ("backend", "error"),
    [
        ("tests.lib.test_channels.Refusing", PermanentError),
        ("tests.lib.test_channels.Busy", TemporaryError),
    ],
)
def test_a_mail_server_says_whether_to_come_again(gateway: Gateway, settings, backend: str, error: type):
    settings.EMAIL_BACKEND = backend
    with pytest.raises(error):
        channels.way("email").send(MESSAGE)


def test_a_mail_server_that_is_not_there_is_tried_again(gateway: Gateway, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(TemporaryError, match="ConnectionRefusedError"):
        channels.way("email").send(MESSAGE)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("13800005678", "138****5678"),
        ("zhang@example.com", "z***@example.com"),
        ("zhangsan", "zh***"),
        ("", ""),
    ],
)
def test_addresses_are_recognized_and_not_learned(address: str, shown: str):
    assert mask(address) == shown


def test_only_phone_numbers_are_hidden_in_a_text():
    said = "电 13800005678，编号 202306130000001，0538-6991234"
    assert mask_phones(said) == "电 138****5678，编号 202306130000001，0538-6991234"
