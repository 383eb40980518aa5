"""Ship rule version v1. Its numbers are ours: the regulation's own weights are not public."""

from django.db import migrations

CONTENT = {
    "weights": [
        {"indicator": "on_time_reply", "full_marks": "20", "curve": {"kind": "proportional"}},
        {"indicator": "completion", "full_marks": "25", "curve": {"kind": "proportional"}},
        {"indicator": "satisfaction", "full_marks": "35", "curve": {"kind": "proportional"}},
        {"indicator": "cooperation", "full_marks": "20", "curve": {"kind": "proportional"}},
    ],
    "empty": "move",
    "small_sample": 4,
    "groups": [{"name": "市直要素保障部门", "departments": None}],
    "beside": ["solved", "reviewed", "redone", "called_back", "backlog", "own_intake"],
}
SOURCES = """\
框架：市工业推进委 2022 年 7 月 1 日印发《泰安市“要素保障大比拼”实施细则》——\
比效果（按时回复率、办结率）、比服务（一事一评议满意度）、\
比效率（日常工作配合度），百分制，每月一排名、每季一通报、半年一小结、年终一总结。
权重：细则原文未公开，20、25、35、20 为本系统起始值。满意率 35 分取自公开的“三率”考核权重，结果类指标合计 45 分居首，\
配合度由市工业推进办自行认定，故分值最小。
曲线：按比例计分。空项、样本不足（1 至 4 件）、并列名次的处理见《计分办法》。
本版本自 2022 年 7 月起适用；使用前可以修改，使用后不再改变。"""


def ship(apps, schema_editor):
    apps.get_model("scoring", "RuleVersion").objects.get_or_create(
        name="v1",
        defaults={"first_month": "2022-07", "content": CONTENT, "sources": SOURCES, "state": "in_force"},
    )


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
