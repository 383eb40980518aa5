"""The delivery log: what left the house, what came of it, and sending again what failed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from requests_desk import delivery_log, outbox
from requests_desk.forms.notices import DeliveryFilter
from requests_desk.models import Delivery
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate

MOST = 10_000  # rows that the log counts; whoever looks for older ones narrows the days
SENT_AGAIN_AT_ONCE = 500


@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """List what was to leave the house, for the office and its auditors."""
    actor = doors.office(request)
    filters = DeliveryFilter(request.GET, queryset=delivery_log.sent_out(), at=now())
    page = paginate(request, filters.rows[:MOST])
    page.object_list = [delivery_log.told(delivery) for delivery in page.object_list]
    context = {
        "filters": filters,
        "page": page,
        "failed": Delivery.objects.failed().count(),
        "may_act": may_run_the_desk(actor),
        "demo_note": delivery_log.demo_note(),
    }
    return render(request, "requests_desk/office/deliveries.html", context)


@require_GET
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one telling with every attempt."""
    actor = doors.office(request)
    found = get_object_or_404(delivery_log.with_history(delivery_log.sent_out()), pk=pk)
    context = {
        "told": delivery_log.told(found),
        "lines": delivery_log.history(found),
        "may_act": may_run_the_desk(actor),
    }
    return render(request, "requests_desk/office/delivery.html", context)


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Send again what failed: the one that the button names, or all."""
    actor = doors.desk(request)
    failed = Delivery.objects.failed().order_by("pk")
    number = request.POST.get("delivery", "")
    if number:
        failed = failed.filter(pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
    count = outbox.send_again(failed=failed[:SENT_AGAIN_AT_ONCE], user=actor.user, at=now())
    done = f"{count} 条通知已放回待发，发送程序随后重发。" if count else "没有发送失败的通知。"
    messages.success(request, done)
    return redirect("requests_desk:deliveries")
