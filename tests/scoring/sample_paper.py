"""A paper with one of everything, made without a database."""

from scoring.papers import Attachment, Line, Paper, Table

TABLE = Table(
    "各月得分", ["部门", "4月"], [["市发改委", "95.20"], ["示例镕喆㎡局", "—"]], merged=True, note="注：例。"
)
PAPER = Paper(
    number="泰工推办〔2023〕7号",
    title="关于2023年第二季度要素保障大比拼情况的通报",
    addressees="各县、市、区人民政府，各功能区管委会：",
    parts=[
        Line(1, "一、总体情况"),
        Line(2, "（一）小标题。", "朱镕基、陶喆、100㎡。"),
        Line(0, "", "要素保障大比拼通报情况" * 110),
    ],
    attachments=[Attachment(1, "各月得分", [TABLE]), Attachment(2, "无表附件", [])],
    day="2023年7月18日",
)
