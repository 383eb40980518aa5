"""How often one may guess: pages without signing in count their tries by number and by address."""

import re

from django.core.cache import cache
from django.http import HttpRequest

PER_NUMBER, PER_ADDRESS, WINDOW = 10, 60, 3600  # tries in so many seconds


def too_often(request: HttpRequest, page: str, number: str) -> bool:
    """Count this try at a page; a few digits must not be found by trying."""
    whole = re.match(r"\d{8}-\d+", number)  # the requests of a filing share its digits, and its tries
    limits = {
        f"{page}:number:{whole[0] if whole else number[:40]}": PER_NUMBER,
        f"{page}:address:{request.META['REMOTE_ADDR']}": PER_ADDRESS,
    }
    tries = []
    for key, limit in limits.items():
        cache.add(key, 0, WINDOW)
        tries.append(cache.incr(key) > limit)
    return any(tries)
