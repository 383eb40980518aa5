"""The verbs of the dispatch directory: a rule is entered, gets an end, or is withdrawn; one event for each change.

Nothing is overwritten: what a rule said while it was in force stands, and another one follows.
"""

from datetime import date, datetime

from django.db import transaction

from requests_desk.dispatch_directory import Entry, entry, standing
from requests_desk.foreseeing import Change, ClashError, ending, entering, withdrawing
from requests_desk.handing import check_can_lead
from requests_desk.journal import NotAllowedError, RefusedError, needed
from requests_desk.meanwhile import ChangedError, News
from requests_desk.models import DirectoryEvent, DispatchRule
from requests_desk.permissions import may_run_the_desk
from requests_desk.telling import Line
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor
from taian_factors.lib.differences import compare
from taian_factors.lib.periods import local_day

Verb = DirectoryEvent.Verb


@transaction.atomic
def enter_rule(new: Entry, *, actor: Actor, at: datetime, seen: int | None = None) -> DispatchRule:
    """录入 a rule; what it replaces ends the day before, and goes on after its last day if it has one."""
    _begin(new.factor, actor, seen, mine=new.sentence)
    change = check(new, at=at)
    _end_and_take_out(change, reason=f"由新规则接替：{new.reason}", actor=actor, at=at)
    rule, *resumed = (_stored(one) for one in change.adds)
    _write(rule, Verb.ENTER, needed(new.reason, "reason", "请写明依据。"), actor, at)
    for again in resumed:
        _write(again, Verb.RESUME, f"临时调整至 {new.until_on} 期满", actor, at)
    return rule


def check(new: Entry, *, at: datetime) -> Change:
    """Return the change that an entry would make; refuse what cannot stand in the directory."""
    today = local_day(at)
    if new.from_on < today:
        raise RefusedError("规则不能从过去的日期起。", "from_on")
    if new.until_on and new.until_on < new.from_on:
        raise RefusedError("终止日期不能早于起始日期。", "until_on")
    check_can_lead(new.handout.lead, new.factor)
    if new.handout.lead in new.handout.supports:
        raise RefusedError("主办单位不能同时是协办单位。", "supports")
    try:
        return entering(new, today=today)
    except ClashError as error:
        rule = error.rule
        said = (
            f"与将于 {rule.from_on} 生效的规则（{rule.lead.short}主办）日期重叠，请先撤销它，或改短本规则。"
        )
        raise RefusedError(said, "from_on") from error


@transaction.atomic
def end_rule(
    rule: DispatchRule, *, until_on: date, reason: str, actor: Actor, at: datetime, seen: int | None = None
) -> None:
    """终止 a rule after a last day, today or later, and not later than it would end anyway."""
    _begin(rule.factor, actor, seen)
    rule.refresh_from_db()
    change = check_end(rule, until_on=until_on, at=at)
    _end_and_take_out(change, reason=needed(reason, "reason", "请写明理由。"), actor=actor, at=at)


def check_end(rule: DispatchRule, *, until_on: date, at: datetime) -> Change:
    """Return the change that a last day would make; refuse one that rewrites what was in force."""
    if standing(rule, local_day(at)) not in {"现行", "将生效"}:
        raise RefusedError("这条规则已经终止或撤销。")
    if until_on < max(local_day(at), rule.from_on):
        raise RefusedError("终止日期不能早于今天，也不能早于起始日期。", "until_on")
    if rule.until_on and until_on >= rule.until_on:
        raise RefusedError(f"这条规则本来就到 {rule.until_on} 为止。", "until_on")
    return ending(rule, until_on=until_on)


@transaction.atomic
def withdraw_rule(
    rule: DispatchRule, *, reason: str, actor: Actor, at: datetime, seen: int | None = None
) -> None:
    """撤销 a rule that has not begun."""
    _begin(rule.factor, actor, seen)
    rule.refresh_from_db()
    if standing(rule, local_day(at)) != "将生效":
        raise RefusedError("只有还没有生效的规则可以撤销；现行规则请填写终止日期。")
    reason = needed(reason, "reason", "请写明理由。")
    _end_and_take_out(withdrawing(rule), reason=reason, actor=actor, at=at)


def _begin(factor: Factor, actor: Actor, seen: int | None, *, mine: str = "") -> None:
    """Lock the rules of a factor, ask who it is, and whether somebody else changed them since the page was drawn."""
    if not may_run_the_desk(actor):
        raise NotAllowedError("分办目录由推进办维护。")
    Factor.objects.select_for_update(of=("self",), no_key=True).get(pk=factor.pk)
    if seen is None:
        return
    later = DirectoryEvent.objects.filter(factor=factor, pk__gt=seen).exclude(user=actor.user)
    found = later.select_related("user", "organization", "rule__factor", "rule__division", "rule__lead")
    news = [_told(event, mine) for event in found.prefetch_related("rule__supports").order_by("pk")]
    if news:
        raise ChangedError(news)


def _told(event: DirectoryEvent, mine: str) -> News:
    said, where = entry(event.rule).sentence, event.rule.division or "全市"
    who = f"{event.organization.short} {event.user or ''}".strip()
    what = f"{event.label}“{event.rule.factor.name}”（{where}）的规则"
    note = "\n".join(filter(None, [said, event.reason]))
    return News(
        event.rule.factor.name, Line(event.at, who, what, note), beside=compare(said, mine) if mine else []
    )


def _end_and_take_out(change: Change, *, reason: str, actor: Actor, at: datetime) -> None:
    for rule in DispatchRule.objects.filter(pk__in=[*change.ends, *change.takes_out]).order_by("pk"):
        if rule.pk in change.ends:
            rule.until_on, verb = change.ends[rule.pk], Verb.END
        else:
            rule.withdrawn_at, verb = at, Verb.WITHDRAW
        rule.save(update_fields=["until_on", "withdrawn_at"])
        _write(rule, verb, reason, actor, at)


def _stored(new: Entry) -> DispatchRule:
    rule = DispatchRule.objects.create(
        factor=new.factor,
        division=new.division,
        lead=new.handout.lead,
        from_on=new.from_on,
        until_on=new.until_on,
        reason=new.reason.strip(),
    )
    rule.supports.set(new.handout.supports)
    return rule


def _write(rule: DispatchRule, verb: DirectoryEvent.Verb, reason: str, actor: Actor, at: datetime) -> None:
    DirectoryEvent.objects.create(
        rule=rule,
        factor_id=rule.factor_id,
        verb=verb,
        user=actor.user,
        organization=actor.organization,
        at=at,
        reason=reason[:200],
        until_on=rule.until_on,
    )
