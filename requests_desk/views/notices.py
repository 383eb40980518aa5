"""The bell: what somebody was told, newest first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from requests_desk import notices
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate


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
