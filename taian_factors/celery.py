"""The Celery app and the beat schedule.

Without REDIS_URL tasks run in place (``task_always_eager``) and ``manage.py clock`` does what beat would.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taian_factors.settings")
app = Celery("taian_factors")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Tell people what happened: the events are the outbox.
    "announce_events": {"task": "requests_desk.announce_events", "schedule": crontab()},
    # Tell who came up from a fair's waiting list, and who is invited to a fair.
    "announce_bookings": {"task": "requests_desk.announce_bookings", "schedule": crontab()},
    # What leaves the house by SMS, 企业微信 and e-mail; one that waited in line for its successor is not needed.
    "send_notices": {"task": "requests_desk.send_notices", "schedule": 20.0, "options": {"expires": 20}},
    # At a fair: who stands third in a line is told; a reader that comes again, so that no lost message matters.
    "tell_third_places": {
        "task": "requests_desk.tell_third_places",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    # Papers in quarantine are tried again, whether the scanner was down or nobody asked it.
    "scan_attachments": {"task": "requests_desk.scan_attachments", "schedule": crontab()},
    # A contact whom somebody else typed is sent the code that verifies it.
    "ask_contacts": {"task": "requests_desk.ask_contacts", "schedule": crontab(minute="*/2")},
    # Remind once per deadline and day, in working hours only; asked again each hour, so that a missed one is made up.
    "remind_due_soon": {
        "task": "requests_desk.remind_due_soon",
        "schedule": crontab(hour="9-11,14-16", minute=5),
    },
    # Returned filings that nobody completed in ten working days are withdrawn.
    "withdraw_stale": {"task": "requests_desk.withdraw_stale", "schedule": crontab(hour=1, minute=10)},
    # Every completion has its lot drawn in the night after it: a fifth of them is called back.
    "draw_call_backs": {"task": "requests_desk.draw_call_backs", "schedule": crontab(hour=0, minute=40)},
    # After closing time waiting and called tickets become left.
    "close_tickets": {"task": "fairs.close_tickets", "schedule": crontab(hour=20, minute=0)},
    # On the first morning of a factor week the ledger is frozen into the list that is reconciled.
    "begin_factor_week": {"task": "requests_desk.begin_factor_week", "schedule": crontab(hour=8, minute=30)},
    # In the first minutes of a day the days for appeals may be over.
    "close_appeals": {"task": "scoring.close_appeals", "schedule": crontab(hour=0, minute=5)},
    # Tell the office and the departments of each step of a month: computed, shown, appealed, decided, published.
    "announce_steps": {"task": "scoring.announce_steps", "schedule": crontab()},
    # The first working day makes the provisional run, the sixth the run for preview; other days it rests.
    "compute_last_month": {"task": "scoring.compute_last_month", "schedule": crontab(hour=2, minute=30)},
    # A job that nobody took in five minutes is sent again.
    "sweep_jobs": {"task": "directory.sweep_jobs", "schedule": crontab(minute="*/5")},
}
