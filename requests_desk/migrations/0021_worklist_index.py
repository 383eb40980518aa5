from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_desk", "0020_front_line"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                fields=["organization"],
                include=(
                    "id",
                    "factor_request",
                    "part",
                    "assigned_at",
                    "acknowledge_due_at",
                    "acknowledged_at",
                    "reply_due_at",
                    "reply_warn_at",
                    "replied_at",
                    "complete_due_at",
                    "complete_warn_at",
                ),
                condition=(models.Q(replied_at__isnull=True) | models.Q(part="lead"))
                & models.Q(ended_at__isnull=True, completed_at__isnull=True, is_historic=False),
                name="assignment_worklist",
            ),
        ),
        migrations.AddIndex(
            model_name="factorrequest",
            index=models.Index(
                fields=["factor", "division", "-filed_at", "-id"], name="request_by_factor_there"
            ),
        ),
    ]
