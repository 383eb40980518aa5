"""Places, chains and every body that acts: one Organization with a kind."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from taian_factors.directory.querysets import OrganizationQuerySet
from taian_factors.directory.validators import validate_credit_code


class Division(models.Model):
    """A county, district or functional zone (县市区、功能区); zones have codes of our own."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    short = models.CharField("简称", max_length=30)
    aliases = ArrayField(models.CharField(max_length=40), verbose_name="别名", default=list, blank=True)
    kind = models.CharField("类型", max_length=12)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "县市区和功能区"

    def __str__(self) -> str:
        return self.short


class Chain(models.Model):
    """One of the thirteen key industrial chains (产业链)."""

    code = models.CharField("代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=40)
    group = models.CharField("产业", max_length=40)
    aliases = ArrayField(models.CharField(max_length=40), verbose_name="别名", default=list, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "产业链"

    def __str__(self) -> str:
        return self.name


class Organization(models.Model):
    """A body that acts in the portal: office, department, institution, county office, chain team, enterprise."""

    class Kind(models.TextChoices):
        OFFICE = "office", "市工业推进办"
        DEPARTMENT = "department", "要素部门"
        INSTITUTION = "institution", "金融机构"
        COUNTY_OFFICE = "county_office", "县市区推进办"
        CHAIN_TEAM = "chain_team", "产业链专班"
        ENTERPRISE = "enterprise", "企业"

    kind = models.CharField("类别", max_length=16, choices=Kind)
    code = models.CharField("代码", max_length=16, unique=True, null=True, blank=True)
    name = models.CharField("名称", max_length=100)
    short = models.CharField("简称", max_length=40)
    aliases = ArrayField(models.CharField(max_length=40), verbose_name="别名", default=list, blank=True)
    position = models.PositiveIntegerField("排序", default=0)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, verbose_name="县市区")
    chain = models.ForeignKey(Chain, models.PROTECT, null=True, blank=True, verbose_name="产业链")
    takes_part = models.BooleanField("参加大比拼", default=False)
    lead_signs_replies = models.BooleanField("回复须负责人签发", default=False)
    is_active = models.BooleanField("启用", default=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="enterprise") | Q(code__isnull=False),
                name="only_enterprises_go_without_code",
            ),
            models.CheckConstraint(
                condition=~Q(kind="county_office") | Q(division__isnull=False),
                name="county_office_has_a_division",
            ),
            models.CheckConstraint(
                condition=~Q(kind="chain_team") | Q(chain__isnull=False), name="chain_team_has_a_chain"
            ),
            models.CheckConstraint(
                condition=Q(takes_part=False) | Q(kind="department"), name="only_departments_take_part"
            ),
        ]

    def __str__(self) -> str:
        return self.short


class FormerName(models.Model):
    """What a body was called until a day; older lists still say so."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="former_names", verbose_name="单位"
    )
    name = models.CharField("曾用名", max_length=100)
    until_on = models.DateField("用到")

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="a_former_name_stands_once_per_body"
            )
        ]

    def __str__(self) -> str:
        return self.name


class EnterpriseProfile(models.Model):
    """What only enterprises have. Without a credit code the enterprise is *unverified*."""

    organization = models.OneToOneField(
        Organization, models.PROTECT, related_name="profile", primary_key=True, verbose_name="企业"
    )
    credit_code = models.CharField(
        "统一社会信用代码",
        max_length=18,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_credit_code],
    )
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="所在县市区")
    chain = models.ForeignKey(Chain, models.PROTECT, null=True, blank=True, verbose_name="产业链")
    address = models.CharField("地址", max_length=120, blank=True)
    contact_name = models.CharField("联系人", max_length=30, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    contact_verified_at = models.DateTimeField("联系方式核实时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业档案"

    def __str__(self) -> str:
        return self.credit_code or "未核实"
