"""The app fairs."""

from django.apps import AppConfig


class FairsConfig(AppConfig):
    """要素保障大集."""

    name = "fairs"
    verbose_name = "要素保障大集"
