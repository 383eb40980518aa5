"""The verbs of reply templates: write one, write its next version, retire it. Nothing is edited or deleted."""

from datetime import datetime

from django.db import IntegrityError, transaction

from requests_desk.journal import NotAllowedError, RefusedError, needed
from requests_desk.models import Reply, ReplyTemplate
from requests_desk.wordings import PLACEHOLDERS, unknown
from requests_desk.workflow import CLAIMANTS
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor


def may_phrase(actor: Actor) -> bool:
    """The office shares templates, bodies that lead keep their own; an auditor reads."""
    return actor.kind in CLAIMANTS or (actor.is_office and not actor.is_auditor)


@transaction.atomic
def write_template(
    *,
    title: str,
    text: str,
    outcome: Reply.Outcome,
    factor: Factor | None,
    actor: Actor,
    at: datetime,
    follows: ReplyTemplate | None = None,
) -> ReplyTemplate:
    """Write a template, or the next version of one, which is retired by it.

    Raises:
        NotAllowedError: of another body. RefusedError: unknown placeholders, a title that is taken, an old version.
    """
    _check(actor, follows)
    if strange := unknown(text):
        said = "、".join(f"“{{{name}}}”" if name not in "{}｛｝" else f"单独的“{name}”" for name in strange)
        raise RefusedError(f"模板里有不认识的占位：{said}。可用的有：{'、'.join(PLACEHOLDERS)}。", "text")
    version = 1
    if follows is not None:
        follows = _retire(follows, actor=actor, at=at)
        version = follows.version + 1
    try:
        with transaction.atomic():
            return ReplyTemplate.objects.create(
                organization=actor.organization,
                factor=factor,
                outcome=outcome,
                title=needed(title, "title", "请填写名称。"),
                text=needed(text, "text", "请填写内容。"),
                version=version,
                follows=follows,
                created_by=actor.user,
                created_at=at,
            )
    except IntegrityError as error:
        raise RefusedError("本单位同一要素、同一用途下已有同名模板，请换一个名称。", "title") from error


@transaction.atomic
def retire_template(template: ReplyTemplate, *, actor: Actor, at: datetime) -> None:
    """停用: it is offered no more; replies that used it stand."""
    _check(actor, template)
    _retire(template, actor=actor, at=at)


def _check(actor: Actor, template: ReplyTemplate | None) -> None:
    is_foreign = template is not None and template.organization_id != actor.organization.pk
    if is_foreign or not may_phrase(actor):
        raise NotAllowedError("只能维护本单位的模板。")


def _retire(template: ReplyTemplate, *, actor: Actor, at: datetime) -> ReplyTemplate:
    locked = ReplyTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if locked.retired_at is not None:
        raise RefusedError("这个版本已经停用或已有新版本，请在列表里打开最新的版本。")
    locked.retired_at, locked.retired_by = at, actor.user
    locked.save(update_fields=["retired_at", "retired_by"])
    return locked
