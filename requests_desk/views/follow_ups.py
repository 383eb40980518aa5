"""Open pages around a review: the contact's code, and the second rating after rectification."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_desk import contacts
from requests_desk.follow_ups import rate_again
from requests_desk.forms.enterprise import SecondRatingForm, VerifyContactForm
from requests_desk.journal import RefusedError
from requests_desk.models import Filing, FollowUp, ReviewInvitation
from requests_desk.views import tries
from taian_factors.lib.clock import now


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_contact(request: HttpRequest) -> HttpResponse:
    """Let the owner of a number enter the code; staff may not do it for anybody. One answer for unknown and wrong."""
    if request.actor is not None and not request.actor.is_enterprise:
        raise PermissionDenied("验证码由联系人本人输入，工作人员不能代填。")
    form, filing = VerifyContactForm(request.POST or None), None
    if form.is_valid() and tries.too_often(request, "contact", form.cleaned_data["number"]):
        form.add_error("number", "尝试次数太多，请一小时后再试。")
    elif form.is_valid():
        filing = _verified(form)
    status = 422 if form.errors else 200
    context = {"form": form, "filing": filing, "invitations": _open_invitations(filing)}
    return render(request, "requests_desk/enterprise/verify_contact.html", context, status=status)


def _verified(form: VerifyContactForm) -> Filing | None:
    number, code = form.cleaned_data["number"], form.cleaned_data["code"]
    whole = [number, number.rpartition("-")[0]]
    filing = Filing.objects.submitted().select_related("enterprise").filter(number__in=whole).first()
    try:
        if filing is None:
            raise RefusedError("没有待核实的联系人，或验证码已过期。")
        contacts.verify_contact(filing, code=code, at=now())
    except RefusedError as error:
        if filing is not None and error.field:
            contacts.count_try(filing)
        form.add_error("code", str(error))
        return None
    return filing


def _open_invitations(filing: Filing | None) -> list[ReviewInvitation]:
    """Return what the owner may review at once, now that the number is verified."""
    if filing is None:
        return []
    found = ReviewInvitation.objects.open_at(now()).filter(factor_request__filing=filing)
    return list(found.select_related("factor_request").order_by("pk"))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review_again(request: HttpRequest, token: str) -> HttpResponse:
    """Rate a matter a second time, after rectification. Looking records nothing."""
    found = FollowUp.objects.select_related(
        "review__factor_request__factor", "review__factor_request__enterprise"
    )
    opened = get_object_or_404(found, token=token, rectified_at__isnull=False)
    form = SecondRatingForm(request.POST or None)
    if form.is_valid():
        try:
            rate_again(opened.review.factor_request, **form.cleaned_data, at=now())
        except RefusedError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, "评价已记录，谢谢。")
            return redirect(request.path)
    context = {"opened": opened, "form": form}
    status = 422 if form.errors else 200
    return render(request, "requests_desk/enterprise/review_again.html", context, status=status)
