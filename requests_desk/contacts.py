"""Whose contact is it? One that somebody else typed is verified when its owner enters the code that it was sent.

Source: workflow.md §4 as kept in ``docs/``: reviews are asked of the enterprise's verified contact only.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from requests_desk.journal import RefusedError, record
from requests_desk.models import ContactCode, Delivery, FactorRequest, Filing
from requests_desk.notice_table import Channel, Kind
from requests_desk.notices import Telling, tell
from taian_factors.directory.actors import Actor

VALID_FOR = timedelta(days=7)
TRIES = 5
BATCH = 200


@transaction.atomic
def ask_contacts(*, at: datetime) -> int:
    """Send a code to each contact whom somebody else typed and who was not asked yet; return how many.

    Safe to run twice, also at once: a filing has one code. A number that takes no message is left as it is.
    """
    waiting = _to_ask(at).select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH]
    codes = [
        ContactCode(filing=filing, code=f"{secrets.randbelow(10**6):06d}", made_at=at) for filing in waiting
    ]
    ContactCode.objects.bulk_create(codes)
    for code in codes:
        tell(_asking(code, at), at=at, phones=[code.filing.contact_phone])
    return len(codes)


def _asking(code: ContactCode, at: datetime) -> Telling:
    filing = code.filing
    return Telling(
        subject_key=f"{Delivery.CODE_SUBJECT}{filing.pk}",
        kind=Kind.URGENT,
        text=(
            f"您被登记为{filing.enterprise.short}申报 {filing.number} 的联系人，验证码 {code.code}，"
            f"{VALID_FOR.days} 天内输入即完成核实。不是本人请忽略。"
        ),
        channels={Channel.SMS},
        url=reverse("requests_desk:verify_contact"),
        expires_at=at + VALID_FOR,
    )


@transaction.atomic
def verify_contact(filing: Filing, *, code: str, at: datetime) -> None:
    """联系人核实: the owner of the number entered the code; noted at each request of the filing.

    Raises:
        RefusedError: no code is waiting, it ran out, was tried too often, or is another one.
    """
    found = ContactCode.objects.select_for_update(no_key=True).filter(filing=filing).first()
    if found is None or found.confirmed_at is not None or at > found.made_at + VALID_FOR:
        raise RefusedError("没有待核实的联系人，或验证码已过期。")
    if found.tries >= TRIES:
        raise RefusedError("输错次数太多，验证码已作废。请联系市工业推进办。", "code")
    if not constant_time_compare(found.code, code):
        raise RefusedError("验证码不对，请核对短信。", "code")
    found.confirmed_at = at
    found.save(update_fields=["confirmed_at"])
    owner = Actor(None, filing.enterprise)
    for factor_request in FactorRequest.objects.filter(filing=filing).order_by("pk"):
        record("verify_contact", factor_request, actor=owner, at=at)


def count_try(filing: Filing) -> None:
    """Count a wrong code; in a statement of its own, because the refusal undoes the act that refused."""
    ContactCode.objects.filter(filing=filing, tries__lt=TRIES).update(tries=F("tries") + 1)


def _to_ask(at: datetime) -> QuerySet[Filing]:
    """Return the filings whose contact was not asked yet, the oldest first."""
    typed_by_others = Filing.objects.filter(typed_for__isnull=False).exclude(typed_for=F("enterprise"))
    fresh = typed_by_others.filter(submitted_at__gte=at - VALID_FOR, contact_code__isnull=True)
    return fresh.select_related("enterprise").order_by("submitted_at", "pk")
