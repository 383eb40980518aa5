"""The app requests_desk."""

from django.apps import AppConfig


class RequestsDeskConfig(AppConfig):
    """要素需求."""

    name = "requests_desk"
    verbose_name = "要素需求"
