"""Load the reference data of the project's own files; see taian_factors/directory/reference.py."""

from functools import partial

from django.db import migrations

from taian_factors.directory import reference


def load(apps, schema_editor):
    get_model = partial(apps.get_model, "directory")
    reference.load_directory(get_model)
    reference.load_calendar(get_model)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
