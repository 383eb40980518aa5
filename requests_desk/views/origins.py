"""Where a review comes from: the hashed device and network of an HTTP request, never the address itself."""

import secrets
from ipaddress import ip_address, ip_network

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from requests_desk import devices
from requests_desk.models import ListedNetwork
from requests_desk.reviewing import Origin

_BITS = {4: 24, 6: 48}  # what counts as one network: an office's router, not a single machine


def origin_of(request: HttpRequest) -> Origin:
    """Return where a review is sent from; one query."""
    address = ip_address(request.META["REMOTE_ADDR"])
    network = ip_network(f"{address}/{_BITS[address.version]}", strict=False)
    listed = (row for row in ListedNetwork.objects.order_by("pk") if address in ip_network(row.cidr))
    return Origin(
        device_hash=_hashed(_device(request)),
        network_hash=_hashed(str(network)),
        listed_id=next((row.pk for row in listed), None),
        is_staff_device=bool(devices.read(request, devices.STAFF)),
    )


def remember_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give the device a number of its own, so that a second review from it can be recognized."""
    return devices.leave(response, devices.DEVICE, _device(request))


def _device(request: HttpRequest) -> str:
    known = devices.read(request, devices.DEVICE) or request.META.get("portal.device")
    request.META["portal.device"] = known or secrets.token_urlsafe(16)
    device: str = request.META["portal.device"]
    return device


def _hashed(value: str) -> str:
    return salted_hmac("requests_desk.review_origin", value, algorithm="sha256").hexdigest()
