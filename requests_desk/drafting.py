"""A filing before it is sent: what is written so far, the papers laid beside it, and who writes it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from requests_desk.filetypes import Paper
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.keeping import keep
from requests_desk.models import Attachment, BookedNeed, FactorRequest, Filing, RequestEvent
from requests_desk.permissions import may_file_for
from requests_desk.records import supplement
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization

FILED = "filed"  # under which a draft keeps the needs that were filed at a stall


@transaction.atomic
def save_draft(
    filing: Filing | None, *, enterprise: Organization, content: dict[str, Any], actor: Actor, at: datetime
) -> Filing:
    """Keep what has been written so far, complete or not; only the body that writes it sees it."""
    if not may_file_for(actor, enterprise.pk):
        raise NotAllowedError("您不能为这家企业申报。")
    if filing is None:
        filing = Filing(enterprise=enterprise, typed_by=actor.user, typed_for=actor.organization)
    else:  # a save that comes late must not undo a submission, nor what its enterprise took over
        filing = _written_by(actor, filing)
        content = _without_filed(filing, content)
        _take_papers_away(filing, content, at=at)
    filing.draft, filing.saved_at = content, at
    filing.save()
    return filing


@transaction.atomic
def discard_draft(filing: Filing, *, actor: Actor) -> None:
    """Put a draft away; it is kept, not shown."""
    filing = _written_by(actor, filing)
    filing.is_discarded = True
    filing.save(update_fields=["is_discarded"])


@transaction.atomic
def take_over(filing: Filing, *, actor: Actor, at: datetime) -> Filing:
    """Let the enterprise go on with what a body began for it; who began it stays marked."""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    if filing.enterprise_id != actor.organization.pk:
        raise NotAllowedError("只有企业自己可以接着填。")
    if filing.typed_for_id == filing.enterprise_id or filing.submitted_at or filing.is_discarded:
        raise RefusedError("这份申报已经不在代录，请刷新页面。")
    filing.begun_for, filing.typed_for, filing.typed_by = filing.typed_for, actor.organization, actor.user
    filing.saved_at = at
    filing.save(update_fields=["begun_for", "typed_for", "typed_by", "saved_at"])
    return filing


@transaction.atomic
def attach(filing: Filing, *, paper: Paper, need: str, actor: Actor, at: datetime) -> Attachment:
    """Lay a paper beside a draft, or beside one of its needs; the same paper twice is one."""
    filing = _written_by(actor, filing)
    there = filing.attachments.kept().filter(need=need, digest=paper.digest).first()
    return there or keep([paper], filing=filing, need=need, actor=actor, at=at)[0]


@transaction.atomic
def detach(filing: Filing, *, attachment: int, actor: Actor, at: datetime) -> None:
    """Take a paper away from a draft: it is marked and kept, and nobody sees it any more."""
    filing = _written_by(actor, filing)
    filing.attachments.kept().filter(pk=attachment).update(removed_at=at)


@transaction.atomic
def supplement_instead(
    filing: Filing, *, need: str, text: str, to: FactorRequest, actor: Actor, at: datetime
) -> RequestEvent:
    """Add what a draft's need says to an earlier request, papers and all, instead of filing it anew."""
    filing = _written_by(actor, filing)
    event = supplement(to, text=text, actor=actor, at=at)
    papers = filing.attachments.kept().filter(need=need)
    papers.update(filing=to.filing_id, need="", factor_request=to, event=event)
    needs = [written for written in filing.draft["needs"] if written["id"] != need]
    filing.draft, filing.saved_at = {**filing.draft, "needs": needs}, at
    filing.save(update_fields=["draft", "saved_at"])
    return event


@transaction.atomic
def filed_at_counter(booked: BookedNeed, *, to: FactorRequest, at: datetime) -> None:
    """Take a booked need that was filed at a stall out of the draft in which it stands, papers and all.

    A draft of which nothing is left is put away. A draft that was sent or put away meanwhile stays as it is.
    """
    drafts = Filing.objects.drafts().select_for_update(of=("self",))
    filing = drafts.filter(pk=booked.filing_id).first() if booked.filing_id else None
    need = (
        next((one for one in filing.draft.get("needs", []) if _is_need(one, booked)), None)
        if filing
        else None
    )
    if filing is None or need is None:
        return
    filing.attachments.kept().filter(need=need["id"]).update(filing=to.filing_id, need="", factor_request=to)
    left = [one for one in filing.draft["needs"] if one["id"] != need["id"]]
    filed = [*filing.draft.get(FILED, []), need["id"]]
    filing.draft, filing.saved_at, filing.is_discarded = (
        {**filing.draft, "needs": left, FILED: filed},
        at,
        not left,
    )
    filing.save(update_fields=["draft", "saved_at", "is_discarded"])


def _is_need(written: dict[str, Any], booked: BookedNeed) -> bool:
    headline = written.get("values", {}).get("headline", "").strip()[:200]
    return (written.get("factor"), headline) == (booked.factor.code, booked.headline)


def _without_filed(filing: Filing, content: dict[str, Any]) -> dict[str, Any]:
    """A page that was open when a need was filed at a stall does not bring it back."""
    if not (filed := filing.draft.get(FILED)):
        return content
    needs = [need for need in content.get("needs", []) if need["id"] not in filed]
    return {**content, "needs": needs, FILED: filed}


def _take_papers_away(filing: Filing, content: dict[str, Any], *, at: datetime) -> None:
    """Papers go with their need."""
    left = {need["id"] for need in content.get("needs", [])}
    gone = {need["id"] for need in filing.draft.get("needs", [])} - left
    if gone:
        filing.attachments.kept().filter(need__in=gone).update(removed_at=at)


def _written_by(actor: Actor, filing: Filing) -> Filing:
    """Lock a draft that the actor's body writes; a late word must not undo what happened to it meanwhile."""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    if filing.submitted_at is not None:
        raise RefusedError("这份申报已经提交，不能再改；需要补充请打开需求页，用“补充材料”。")
    if filing.typed_for_id != actor.organization.pk or filing.is_discarded:
        raise NotAllowedError("这份草稿已由企业接手或放弃。")
    return filing
