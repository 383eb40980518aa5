"""The proposed dispatch directory, from the project's reference file; the office edits it from here on."""

from datetime import date

from django.db import migrations

from taian_factors.directory import reference

FIRST_DAY = date(2022, 7, 1)  # the 细则 of the competition came into force


def load(apps, schema_editor):
    rule_model = apps.get_model("requests_desk", "DispatchRule")
    factors = dict(apps.get_model("directory", "Factor").objects.values_list("code", "pk"))
    bodies = dict(apps.get_model("directory", "Organization").objects.values_list("code", "pk"))
    for row in reference.dispatch():
        if row["lead"] is None:
            continue
        rule = rule_model.objects.create(
            factor_id=factors[row["factor"]], lead_id=bodies[row["lead"]], from_on=FIRST_DAY, reason="分办目录（初始）"
        )
        rule.supports.set([bodies[code] for code in row["supports"]])


class Migration(migrations.Migration):
    dependencies = [("requests_desk", "0001_initial"), ("directory", "0002_reference_data")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
