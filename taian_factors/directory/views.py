"""One's own account, the body one acts for, and the enterprise's profile."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taian_factors.directory.actors import SESSION_KEY
from taian_factors.directory.forms import ProfileForm, ReachForm
from taian_factors.directory.models import EnterpriseProfile, Membership, Project
from taian_factors.directory.permissions import may_edit_profile
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is, for whom one acts, and how one signs in."""
    return render(request, "directory/account.html", {"memberships": _memberships(request).order_by("pk")})


@require_http_methods(["GET", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """Let a person say by which phone and account notices reach it."""
    form = ReachForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "联系方式已保存，通知将发到这里。")
        return redirect("directory:account")
    return render(request, "directory/reach.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another body from now on; the membership must be one's own and running."""
    number = request.POST.get("membership", "")
    chosen = get_object_or_404(
        _memberships(request), pk=int(number) if number.isdecimal() and len(number) < 18 else 0
    )
    request.session[SESSION_KEY] = chosen.pk
    messages.success(request, f"现在代表{chosen.organization.name}办事。")
    return redirect("home")


@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """Show the enterprise's profile and projects to its own people."""
    own = _own_profile(request)
    projects = Project.objects.visible_to(request.actor).select_related("division", "chain").order_by("name")
    return render(request, "directory/profile.html", {"profile": own, "projects": projects})


@require_http_methods(["GET", "POST"])
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Let the enterprise's people correct its profile."""
    own = _own_profile(request)
    if not may_edit_profile(request.actor, own):
        raise PermissionDenied
    form = ProfileForm(request.POST or None, instance=own)
    if form.is_valid():
        form.save()
        messages.success(request, "企业档案已保存，申报时会自动带出。")
        return redirect("directory:profile")
    return render(request, "directory/edit_profile.html", {"form": form}, status=422 if form.errors else 200)


def _memberships(request: HttpRequest):
    running = Membership.objects.running_on(local_day(now()))
    return running.filter(user=request.user).select_related("organization")


def _own_profile(request: HttpRequest) -> EnterpriseProfile:
    if request.actor is None or not request.actor.is_enterprise:
        raise Http404
    profiles = EnterpriseProfile.objects.select_related("organization", "division", "chain")
    return get_object_or_404(profiles, organization=request.actor.organization)
