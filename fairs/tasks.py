"""What happens by the clock at a fair."""

from celery import shared_task

from fairs import arrivals
from taian_factors.lib import clock


@shared_task(name="fairs.close_tickets")
def close_tickets() -> int:
    """Close every fair whose day is over: what waits or is called becomes left. Safe to run twice.

    Returns:
        How many fairs were closed.
    """
    at = clock.now()
    return arrivals.close_due(at=at)
