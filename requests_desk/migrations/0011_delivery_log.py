from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_desk", "0010_clocks_of_a_row")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(("channel", "portal"), _negated=True),
                name="delivery_log",
            ),
        ),
    ]
