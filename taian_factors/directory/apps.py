"""The directory: who is who."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Organizations, people, projects, factors, working days, jobs."""

    name = "taian_factors.directory"
    label = "directory"
    verbose_name = "名录"
