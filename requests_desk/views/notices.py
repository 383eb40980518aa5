"""The bell: what somebody was told, newest first; and what one wants to hear where."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk import notices
from requests_desk.choices import hearers
from requests_desk.delivery_log import demo_note
from requests_desk.forms.notices import ChoiceForm
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """List a person's notices, the unread ones marked."""
    page = paginate(request, notices.told_to(request.user))
    context = {"page": page, "unread": notices.unread_by(request.user)}
    return render(request, "requests_desk/notices/notices.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one's notices as read: the one that the button names, or all."""
    number = request.POST.get("notice", "")
    only = int(number) if number.isdecimal() and len(number) < 18 else None
    if number and only is None:
        return redirect("requests_desk:notices")
    count = notices.mark_read(request.user, at=now(), only=only)
    messages.success(request, f"{count} 条通知已标为已读。" if count else "没有未读的通知。")
    return redirect("requests_desk:notices")


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Let a person choose what to hear by which channel; the bell is always on."""
    if request.actor is None:
        raise Http404
    at = now()
    hearer = hearers([request.user.pk], day=local_day(at))[request.user.pk]
    form = ChoiceForm(request.POST or None, hearer=hearer)
    if form.is_valid():
        notices.choose(wishes=form.wishes, actor=request.actor, at=at)
        messages.success(request, "通知方式已保存，从下一条通知起生效。")
        return redirect("requests_desk:notice_choices")
    addresses = [(channel.label, hearer.addresses[channel]) for channel in form.channels]
    context = {"form": form, "addresses": addresses, "demo_note": demo_note()}
    return render(request, "requests_desk/notices/choices.html", context)
