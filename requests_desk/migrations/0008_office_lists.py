"""The office's own lists: which were stored, and what their rows said beside the need."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0004_other_words"),
        ("requests_desk", "0007_hard_matters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="OfficeList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("online", "网上申报"),
                            ("fair", "大集现场"),
                            ("visit", "一线服务"),
                            ("key_project", "重点项目清单"),
                            ("problem", "问题清单"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("stored_at", models.DateTimeField(verbose_name="存入时间")),
                (
                    "stored_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="存入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "清单",
                "verbose_name_plural": "清单",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["key_project", "problem"]),
                        name="a_list_is_of_projects_or_problems",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListedNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True, verbose_name="内容指纹")),
                ("sheet", models.CharField(blank=True, max_length=31, verbose_name="工作表")),
                ("row", models.PositiveIntegerField(verbose_name="行")),
                ("mark", models.CharField(blank=True, max_length=60, verbose_name="清单编号")),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="提出日期")),
                ("wish", models.CharField(blank=True, max_length=100, verbose_name="时限要求原文")),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="备注")),
                (
                    "factor_request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed",
                        to="requests_desk.factorrequest",
                        verbose_name="需求",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.organization",
                        verbose_name="建议主办",
                    ),
                ),
                (
                    "office_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed_needs",
                        to="requests_desk.officelist",
                        verbose_name="清单",
                    ),
                ),
                (
                    "supports",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="directory.organization", verbose_name="建议协办"
                    ),
                ),
            ],
            options={"verbose_name": "清单条目", "verbose_name_plural": "清单条目"},
        ),
    ]
