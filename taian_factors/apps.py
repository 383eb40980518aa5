"""The project as an app: commands and tags; it owns no models."""

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created

from taian_factors import embedded
from taian_factors.lib.moments import read_moments


class PortalConfig(AppConfig):
    """Starts the embedded PostgreSQL when the settings point at it, and says how connections read."""

    name = "taian_factors"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Have a database before the first query, whatever process this is."""
        connection_created.connect(read_moments, dispatch_uid="read_moments")
        if embedded.is_embedded(settings.DATABASES["default"]):
            embedded.ensure_running(settings.PORTAL_DATA_DIR)
