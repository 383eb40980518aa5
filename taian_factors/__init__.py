"""The project: settings at the top, shared ground at the bottom."""

from taian_factors.celery import app as celery_app

__all__ = ["celery_app"]
