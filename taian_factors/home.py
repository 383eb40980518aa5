"""The landing page per role and the health check; the only place that may look at every app."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show what this person must do now."""
    return render(request, "home.html")


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Say whether the parts are up."""
    return JsonResponse({"ok": True})


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give every page its actor and navigation."""
    return {"actor": getattr(request, "actor", None)}
