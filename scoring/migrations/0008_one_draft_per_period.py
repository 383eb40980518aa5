from django.db import migrations, models
from django.db.models import Q

# Of several drafts of one period the newest stays; the others are set aside, readable as before.
SET_ASIDE = """
    UPDATE scoring_bulletin b SET set_aside_at = now()
    WHERE issued_at IS NULL AND set_aside_at IS NULL AND EXISTS (
        SELECT FROM scoring_bulletin later
        WHERE later.period = b.period AND later.id > b.id
          AND later.issued_at IS NULL AND later.set_aside_at IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0007_renewed_previews"),
    ]

    operations = [
        migrations.RunSQL(SET_ASIDE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(
                condition=Q(issued_at__isnull=True, set_aside_at__isnull=True),
                fields=("period",),
                name="one_draft_per_period",
                violation_error_message="这一期间已有一份草稿。",
            ),
        ),
    ]
