"""Signed cookies by which a device is known again; they name nobody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

STAFF, DEVICE = "portal_staff_device", "portal_device"
COOKIE_AGE = 400 * 24 * 3600  # seconds; what browsers keep at the most


def read(request: HttpRequest, name: str) -> str:
    """Return the value of a cookie that this portal signed; empty when there is none, or it was tampered with."""
    return request.get_signed_cookie(name, default="", max_age=COOKIE_AGE) or ""


def leave(response: HttpResponse, name: str, value: str) -> HttpResponse:
    """Leave a signed cookie that no script reads."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_signed_cookie(name, value, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=secure)
    return response
