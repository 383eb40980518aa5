"""The app scoring."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """要素保障大比拼."""

    name = "scoring"
    verbose_name = "要素保障大比拼"
