"""Projects: what an enterprise builds and needs factors for."""

from django.db import models

from taian_factors.directory.models.organizations import Chain, Division, Organization
from taian_factors.directory.querysets import ProjectQuerySet


class Project(models.Model):
    """A project of one enterprise; its division and chain say which county office and chain team see it."""

    code = models.CharField("项目代码", max_length=30, unique=True, null=True, blank=True)
    name = models.CharField("项目名称", max_length=100)
    enterprise = models.ForeignKey(Organization, models.PROTECT, related_name="projects", verbose_name="企业")
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="县市区")
    chain = models.ForeignKey(Chain, models.PROTECT, null=True, blank=True, verbose_name="产业链")
    is_key = models.BooleanField("重点项目", default=False)
    is_active = models.BooleanField("启用", default=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目"

    def __str__(self) -> str:
        return self.name
