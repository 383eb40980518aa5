"""Other words for places, and what bodies were called before; lists of the office use them."""

from functools import partial

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from taian_factors.directory import reference


def load(apps, schema_editor):
    reference.load_words(partial(apps.get_model, "directory"))


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_wecom_account")]
    operations = [
        migrations.AddField(
            model_name="division",
            name="aliases",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="别名"
            ),
        ),
        migrations.CreateModel(
            name="FormerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="曾用名")),
                ("until_on", models.DateField(verbose_name="用到")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to="directory.organization",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "曾用名",
                "verbose_name_plural": "曾用名",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "name"), name="a_former_name_stands_once_per_body"
                    )
                ],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
