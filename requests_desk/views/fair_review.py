"""《要素保障大集满意度测评表》 by the word of a visit: the fair as a whole, and the way to each matter's own review."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fairs import ratings
from fairs.locks import QueueError
from fairs.models import FairRating, Visit
from requests_desk import reviewing
from requests_desk.forms.fair_review import FairReviewForm
from taian_factors.lib.clock import now


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fair_review(request: HttpRequest, token: str) -> HttpResponse:
    """Rate a fair as a whole; looking records nothing. Each matter has its own review, by its own link."""
    visit = get_object_or_404(Visit.objects.select_related("fair"), token=token)
    given = FairRating.objects.filter(visit=visit).first()
    form = FairReviewForm(request.POST or None, given=given)
    if form.is_valid():
        try:
            ratings.rate(visit=visit, opinion=form.opinion, at=now())
        except QueueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "测评已记录，谢谢。" + ("" if given else "期限内还可以修改一次。"))
            return redirect(request.path)
    return _page(request, visit, form, given)


def _page(request: HttpRequest, visit: Visit, form: FairReviewForm, given: FairRating | None) -> HttpResponse:
    context = {
        "visit": visit,
        "form": form,
        "given": given,
        "closed": ratings.why_closed(visit, at=now()),
        "open_until": ratings.open_until(visit.fair),
        "matters": reviewing.matters_of(visit, at=now()),
    }
    status = 422 if form.errors else 200
    return render(request, "requests_desk/enterprise/fair_review.html", context, status=status)
