"""The portal for a simulated day: the very application, on a clock that runs fast, with a cache of its own.

Both workers, and each that is started in the place of a dead one, read the same beginning from the environment, so
their clocks agree. From half past four on the clock runs at its own pace: a slow machine has a long afternoon, and
never an evening.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from taian_factors.lib.periods import SHANGHAI

MORNING = datetime(2023, 6, 13, 9, 0, tzinfo=SHANGHAI)
FAST = timedelta(hours=7, minutes=30)
PACE = 800  # seconds of the day in one second, while it runs fast


def day_time(begun: float) -> datetime:
    """Return the moment of the day; ``begun`` is when it began, in seconds since 1970."""
    passed = max(0.0, time.time() - begun)
    fast = min(passed, FAST.total_seconds() / PACE)
    return MORNING + timedelta(seconds=fast * PACE + (passed - fast))


if "FAIRDAY_BEGUN" in os.environ:
    _begun = float(os.environ["FAIRDAY_BEGUN"])
    timezone.now = lambda: day_time(_begun)
    # Other tests on this machine have fairs of the same numbers in the common folder.
    settings.CACHES["default"]["LOCATION"] = Path(os.environ["FAIRDAY_FOLDER"]) / "cache"
    application = get_wsgi_application()
