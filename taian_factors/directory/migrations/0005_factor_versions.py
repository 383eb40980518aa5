"""What each factor asks becomes its first version."""

from datetime import datetime, timedelta, timezone

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

SINCE = datetime(2023, 1, 1, tzinfo=timezone(timedelta(hours=8)))  # before the first filing


def first_versions(apps, schema_editor):
    FactorVersion = apps.get_model("directory", "FactorVersion")
    FactorVersion.objects.bulk_create(
        FactorVersion(
            factor=factor, version=factor.fields_version, fields=factor.fields, units=factor.units, since=SINCE
        )
        for factor in apps.get_model("directory", "Factor").objects.order_by("pk")
    )


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_other_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='FactorVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='填报项')),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None, verbose_name='单位')),
                ('since', models.DateTimeField(verbose_name='起始时间')),
                ('factor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='directory.factor', verbose_name='要素')),
            ],
            options={
                'verbose_name': '填报项版本',
                'verbose_name_plural': '填报项版本',
                'constraints': [models.UniqueConstraint(fields=('factor', 'version'), name='a_version_is_written_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factorversion',
            trigger=pgtrigger.compiler.Trigger(name='factor_versions_are_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1fd8bbe8ca40fccae78770f4d6f269dc10044075', operation='DELETE', pgid='pgtrigger_factor_versions_are_never_deleted_6f9eb', table='directory_factorversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factorversion',
            trigger=pgtrigger.compiler.Trigger(name='factor_versions_are_never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0fa0ea64b61fecb15c95086f91e802f3d3fcdb40', operation='UPDATE', pgid='pgtrigger_factor_versions_are_never_edited_ecb76', table='directory_factorversion', when='BEFORE')),
        ),
        migrations.RunPython(first_versions, migrations.RunPython.noop),
    ]
