import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_factor_versions"),
        ("requests_desk", "0013_follow_ups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReconciliationWeek",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=7, unique=True, verbose_name="季度")),
                ("first_on", models.DateField(verbose_name="第一天")),
                ("last_on", models.DateField(verbose_name="最后一天")),
                ("opened_at", models.DateTimeField(verbose_name="冻结时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="结束人",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="冻结人",
                    ),
                ),
            ],
            options={
                "verbose_name": "要素保障周对账",
                "verbose_name_plural": "要素保障周对账",
            },
        ),
        migrations.CreateModel(
            name="ReconciliationLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "待受理"),
                            ("returned", "待补正"),
                            ("refused", "不予受理"),
                            ("accepted", "待交办"),
                            ("assigned", "办理中"),
                            ("replied", "已回复"),
                            ("consulting", "联合会商中"),
                            ("open_call", "揭榜挂帅中"),
                            ("completed", "已办结"),
                            ("confirmed", "已确认"),
                            ("ineligible", "不符合条件"),
                            ("written_off", "已销号"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=12,
                        verbose_name="冻结时状态",
                    ),
                ),
                ("complete_due_at", models.DateTimeField(null=True, verbose_name="冻结时办结期限")),
                ("is_overdue", models.BooleanField(default=False, verbose_name="冻结时逾期")),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="部门核对时间")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("written_off", "销号"), ("carried_over", "结转")],
                        max_length=12,
                        verbose_name="结论",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="签认时间")),
                (
                    "signed_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("filed", "待受理"),
                            ("returned", "待补正"),
                            ("refused", "不予受理"),
                            ("accepted", "待交办"),
                            ("assigned", "办理中"),
                            ("replied", "已回复"),
                            ("consulting", "联合会商中"),
                            ("open_call", "揭榜挂帅中"),
                            ("completed", "已办结"),
                            ("confirmed", "已确认"),
                            ("ineligible", "不符合条件"),
                            ("written_off", "已销号"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=12,
                        verbose_name="签认时状态",
                    ),
                ),
                ("changes", models.TextField(blank=True, verbose_name="冻结后的变化")),
                (
                    "factor_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="requests_desk.factorrequest",
                        verbose_name="需求",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.organization",
                        verbose_name="主办",
                    ),
                ),
                (
                    "seen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="部门核对人",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签认人",
                    ),
                ),
                (
                    "week",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="requests_desk.reconciliationweek",
                        verbose_name="要素保障周",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账事项",
                "verbose_name_plural": "对账事项",
            },
        ),
        migrations.AddConstraint(
            model_name="reconciliationweek",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True), ("closed_at__gte", models.F("opened_at")), _connector="OR"
                ),
                name="closed_after_it_opened",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reconciliationweek",
            trigger=pgtrigger.compiler.Trigger(
                name="weeks_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="90638c51062dbf6ea3bb9a796a3efee03f6a3b87",
                    operation="DELETE",
                    pgid="pgtrigger_weeks_are_never_deleted_f9e93",
                    table="requests_desk_reconciliationweek",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reconciliationweek",
            trigger=pgtrigger.compiler.Trigger(
                name="an_opening_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."first_on" IS DISTINCT FROM (NEW."first_on") OR OLD."last_on" IS DISTINCT FROM (NEW."last_on") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."opened_by_id" IS DISTINCT FROM (NEW."opened_by_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a4187ab0d491d197854dc13028246705579a755f",
                    operation="UPDATE",
                    pgid="pgtrigger_an_opening_stands_c64e1",
                    table="requests_desk_reconciliationweek",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reconciliationweek",
            trigger=pgtrigger.compiler.Trigger(
                name="a_closed_week_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."closed_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b5920dc093c8671c7740627ba96f89b2a8cdebfb",
                    operation="UPDATE",
                    pgid="pgtrigger_a_closed_week_stands_74bf9",
                    table="requests_desk_reconciliationweek",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="reconciliationline",
            index=models.Index(fields=["week", "organization"], name="line_by_week_and_body"),
        ),
        migrations.AddConstraint(
            model_name="reconciliationline",
            constraint=models.UniqueConstraint(
                fields=("week", "factor_request"), name="one_line_per_week_and_request"
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("signed_at__isnull", True), ("signed_state", "")),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        ("signed_at__isnull", False),
                        models.Q(("signed_state", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_signed_line_has_its_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "carried_over"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="carried_over_with_a_reason",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reconciliationline",
            trigger=pgtrigger.compiler.Trigger(
                name="lines_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b88c875baaf05afd883443cd9ca39fac090cbe6f",
                    operation="DELETE",
                    pgid="pgtrigger_lines_are_never_deleted_8d189",
                    table="requests_desk_reconciliationline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reconciliationline",
            trigger=pgtrigger.compiler.Trigger(
                name="what_was_frozen_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."week_id" IS DISTINCT FROM (NEW."week_id") OR OLD."factor_request_id" IS DISTINCT FROM (NEW."factor_request_id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."complete_due_at" IS DISTINCT FROM (NEW."complete_due_at") OR OLD."is_overdue" IS DISTINCT FROM (NEW."is_overdue"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="9d8d31361ddd999e798f67a8076b6d2cc4dd7d03",
                    operation="UPDATE",
                    pgid="pgtrigger_what_was_frozen_stands_ad59e",
                    table="requests_desk_reconciliationline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reconciliationline",
            trigger=pgtrigger.compiler.Trigger(
                name="what_was_signed_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."signed_at" IS NOT NULL AND (NEW."outcome" IS DISTINCT FROM (OLD."outcome") OR NEW."reason" IS DISTINCT FROM (OLD."reason") OR NEW."signed_at" IS DISTINCT FROM (OLD."signed_at") OR NEW."signed_by_id" IS DISTINCT FROM (OLD."signed_by_id") OR NEW."signed_state" IS DISTINCT FROM (OLD."signed_state") OR NEW."changes" IS DISTINCT FROM (OLD."changes")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="cde86a6817063890917c12629d0a6d91ed0ba13d",
                    operation="UPDATE",
                    pgid="pgtrigger_what_was_signed_stands_dc93a",
                    table="requests_desk_reconciliationline",
                    when="BEFORE",
                ),
            ),
        ),
    ]
