"""Reply templates (答复模板): the office's for all, a body's for itself; each change is a new version."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk.forms.templates import TemplateForm
from requests_desk.journal import RefusedError
from requests_desk.models import ReplyTemplate
from requests_desk.phrasing import may_phrase, retire_template, write_template
from requests_desk.views import doors
from requests_desk.wordings import usable
from requests_desk.workflow import CLAIMANTS
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate


@require_GET
def reply_templates(request: HttpRequest) -> HttpResponse:
    """List the templates that the body may use."""
    actor = _phraser(request)
    context = {"page": paginate(request, usable(actor)), "may_act": may_phrase(actor)}
    return render(request, "requests_desk/templates/list.html", context)


@require_http_methods(["GET", "POST"])
def new_template(request: HttpRequest) -> HttpResponse:
    """Write a template of one's own body."""
    return _written(request, _phraser(request, writes=True), None)


@require_http_methods(["GET", "POST"])
def edit_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the next version of a template; the versions before it stand below."""
    actor = _phraser(request)
    return _written(request, actor, _own(actor, pk))


@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire a template."""
    actor = _phraser(request)
    template = _own(actor, pk)
    try:
        retire_template(template, actor=actor, at=now())
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已停用模板“{template}”，用过它的答复不受影响。")
    return redirect("requests_desk:reply_templates")


def _written(request: HttpRequest, actor: Actor, before: ReplyTemplate | None) -> HttpResponse:
    names = ("title", "outcome", "factor", "text")
    initial = {name: getattr(before, name) for name in names} if before else {}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200 if request.method == "GET" else 422
    if form.is_valid():
        try:
            made = write_template(**form.arguments(), actor=actor, at=now(), follows=before)
        except RefusedError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = doors.status_of(error)
        else:
            messages.success(request, f"模板“{made}”第 {made.version} 版已保存，答复时可以套用。")
            return redirect("requests_desk:reply_templates")
    versions = ReplyTemplate.objects.lineage(before) if before else []
    context = {"form": form, "template": before, "versions": versions}
    return render(request, "requests_desk/templates/write.html", context, status=status)


def _phraser(request: HttpRequest, *, writes: bool = False) -> Actor:
    """Let in who answers enterprises, and the office; an auditor reads."""
    actor = doors.staff(request)
    if actor.kind not in CLAIMANTS and not actor.is_office:
        raise Http404
    if writes and not may_phrase(actor):
        raise PermissionDenied
    return actor


def _own(actor: Actor, pk: int) -> ReplyTemplate:
    """Return a template that the body sees; another body's is read, not changed."""
    template = get_object_or_404(ReplyTemplate.objects.visible_to(actor).select_related("factor"), pk=pk)
    if template.organization_id != actor.organization.pk or not may_phrase(actor):
        raise PermissionDenied
    return template
