"""The leader's big screen, open to who holds the fair's word: numbers and a chart, nothing of anybody."""

from hashlib import blake2b

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from fairs.models import Fair
from requests_desk import big_screen as numbers
from requests_desk import charts
from taian_factors.lib.pages import wants_fragment


@login_not_required
@require_GET
@cache_control(no_cache=True, private=True)
@vary_on_headers("HX-Request")
def big_screen(request: HttpRequest, token: str) -> HttpResponse:
    """Show a fair's day in six numbers and one chart; 304 to who polls while nothing has changed."""
    fair = get_object_or_404(Fair, token=token)
    shown = numbers.big_screen(fair)
    word = blake2b(repr(shown).encode(), digest_size=8).hexdigest()
    context = {"fair": fair, "screen": shown, "word": word, "width": charts.WIDTH, "height": charts.HEIGHT}
    if not wants_fragment(request):
        return render(request, "requests_desk/big_screen.html", context)
    answer = get_conditional_response(request, etag=f'"{word}"')
    answer = answer or render(request, "requests_desk/_big_screen.html", context)
    answer["ETag"] = f'"{word}"'
    return answer


@login_not_required
@require_GET
def big_screen_chart(request: HttpRequest, token: str) -> HttpResponse:
    """Draw the chart of a fair's day."""
    fair = get_object_or_404(Fair, token=token)
    hours = numbers.big_screen(fair).hours
    return HttpResponse(charts.hours_chart(hours), content_type="image/svg+xml")
