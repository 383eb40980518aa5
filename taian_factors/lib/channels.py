"""The ways out of the house: SMS, 企业微信, e-mail, and a console that sends nothing. One interface for all.

Where a way leads is a setting: empty is closed, ``console:`` writes a line of log (demo and development), else it is
the address of a gateway. ``send`` returns the gateway's receipt, or says whether trying again makes sense. Every
message carries its key, so that a gateway recognizes one that is sent again after a crash.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from taian_factors.lib.masking import mask

CONSOLE = "console:"
LONGEST_ANSWER = 65_536  # bytes; a gateway has little to say
DEMO_WORDS = "演示环境：不外发"
# The gateway itself is closed, busy or set up wrongly: not the message's fault, so it is tried again.
_TRY_AGAIN = {401, 403, 404, 407, 408, 409, 425, 429}
_WECOM_REFUSES = {40003, 40031, 44004, 60111, 81013}  # of errcode: no such account, nothing to say
_WECOM_TOKEN_IS_OLD = {40014, 42001}


log = structlog.get_logger(__name__)


class TemporaryError(Exception):
    """Not now: the same message may get through later."""


class PermanentError(Exception):
    """Never: the gateway refuses this message or this address."""


@dataclass(frozen=True)
class Message:
    """What is sent. ``key`` is the same however often it is tried."""

    key: str
    to: str
    text: str
    title: str = ""
    url: str = ""

    @property
    def body(self) -> str:
        """The text with its link."""
        return f"{self.text} {self.url}" if self.url else self.text


class Way(Protocol):
    """One way out."""

    def send(self, message: Message) -> str:
        """Send a message and return the receipt.

        Raises:
            TemporaryError: try again later. PermanentError: trying again is useless.
        """


def is_on(name: str) -> bool:
    """Say whether a way is open."""
    return bool(_place(name))


def is_demo(name: str) -> bool:
    """Say whether a way leads to the console only."""
    return _place(name) == CONSOLE


def way(name: str) -> Way:
    """Return the way of a name (``sms``, ``wecom``, ``email``) as the settings have it."""
    place = _place(name)
    if not place:
        raise PermanentError("该渠道未开通。")
    return Console(name) if place == CONSOLE else _WAYS[name](place)


def _place(name: str) -> str:
    place: str = settings.NOTICE_GATEWAYS[name]
    return place


@dataclass(frozen=True)
class Console:
    """Writes a line of log instead of sending."""

    name: str

    def send(self, message: Message) -> str:
        """Say who would have been told what."""
        log.info(DEMO_WORDS, way=self.name, to=mask(message.to), text=message.body)
        return DEMO_WORDS


@dataclass(frozen=True)
class Sms:
    """An SMS gateway that takes JSON: ``id``, ``to``, ``text``, and the key once more as ``Idempotency-Key``."""

    url: str

    def send(self, message: Message) -> str:
        """Post the message with the house's signature."""
        words = {
            "id": message.key,
            "to": message.to,
            "text": f"【{settings.SMS_SIGNATURE}】{message.body}",
        }
        known = {"Authorization": f"Bearer {settings.SMS_TOKEN}"} if settings.SMS_TOKEN else {}
        said = _call("POST", self.url, json=words, headers={**known, "Idempotency-Key": message.key})
        return str(said.get("id", ""))


@dataclass(frozen=True)
class WeCom:
    """企业微信's application messages; its own check for duplicates stands in for a key."""

    url: str

    def send(self, message: Message) -> str:
        """Send to one account, with a fresh token if the kept one has run out."""
        said = self._send(message, _tokens.get(self.url) or self._fetch_token())
        if said["errcode"] in _WECOM_TOKEN_IS_OLD:
            said = self._send(message, self._fetch_token())
        _check_wecom(said)
        return str(said.get("msgid", ""))

    def _send(self, message: Message, token: str) -> dict[str, Any]:
        words = {
            "touser": message.to,
            "msgtype": "text",
            "agentid": settings.WECOM_AGENT_ID,
            "text": {"content": message.body},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14400,
        }
        where = f"{self.url}/cgi-bin/message/send"
        return {"errcode": 0, **_call("POST", where, params={"access_token": token}, json=words)}

    def _fetch_token(self) -> str:
        who = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_SECRET}
        said = {"errcode": 0, **_call("GET", f"{self.url}/cgi-bin/gettoken", params=who)}
        _check_wecom(said)
        _tokens[self.url] = str(said["access_token"])
        return _tokens[self.url]


_tokens: dict[str, str] = {}  # one process keeps its own; they live two hours


def _check_wecom(said: Mapping[str, Any]) -> None:
    if said["errcode"]:
        error = PermanentError if said["errcode"] in _WECOM_REFUSES else TemporaryError
        raise error(f"企业微信返回 {said['errcode']}")
    if said.get("invaliduser"):
        raise PermanentError("企业微信没有这个账号。")


@dataclass(frozen=True)
class Mail:
    """Django's e-mail; the key is the Message-ID, by which mail servers know a repeated one."""

    place: str

    def send(self, message: Message) -> str:
        """Send one e-mail."""
        number = f"<{message.key}@{urlsplit(settings.PORTAL_BASE_URL).hostname}>"
        mail = EmailMessage(message.title, message.body, to=[message.to], headers={"Message-ID": number})
        try:
            mail.send()
        except SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            refused = PermanentError if min(codes) >= 500 else TemporaryError
            raise refused(f"邮件服务器拒收 {codes[0]}") from error
        except (SMTPException, OSError) as error:
            raise TemporaryError(f"邮件服务器：{type(error).__name__}") from error
        return number


_WAYS: dict[str, type[Sms] | type[WeCom] | type[Mail]] = {"sms": Sms, "wecom": WeCom, "email": Mail}


def _call(method: str, url: str, **given: Any) -> dict[str, Any]:
    """Ask a gateway and return its JSON. The answer as a whole has its time, however slowly it drips."""
    limit = settings.NOTICE_TIMEOUT
    until = time.monotonic() + limit
    try:
        with (
            httpx.Client(timeout=limit, trust_env=False) as client,
            client.stream(method, url, **given) as answer,
        ):
            read = b""
            for part in answer.iter_bytes():
                read += part
                if time.monotonic() > until or len(read) > LONGEST_ANSWER:
                    raise TemporaryError("网关的答复太慢或太长")
            _check(answer.status_code)
            return _json(read)
    except httpx.HTTPError as error:
        raise TemporaryError(f"网关连接失败：{type(error).__name__}") from error


def _check(status: int) -> None:
    if 200 <= status < 300:
        return
    is_final = 400 <= status < 500 and status not in _TRY_AGAIN
    raise (PermanentError if is_final else TemporaryError)(f"网关返回 {status}")


def _json(read: bytes) -> dict[str, Any]:
    """Return what the gateway said; it took the message, so whatever it says is no reason to send again."""
    try:
        said = json.loads(read)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
