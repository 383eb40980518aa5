"""The five files of a past ledger, uploaded by the office."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile

FILES = {
    "enterprises": "企业",
    "requests": "要素需求",
    "assignments": "交办",
    "reviews": "评价",
    "duties": "工作落实",
}
LARGEST = 300 * 1024 * 1024  # bytes of one file; a million assignments are some 150 MB
_NOT_TEXT = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")


class HistoryForm(forms.Form):
    """Five CSV files, each with its own name; nothing else is accepted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in FILES.items():
            self.fields[name] = forms.FileField(
                label=f"{label}（{name}.csv）",
                widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
                error_messages={
                    "required": f"请选择{label}文件 {name}.csv；没有内容也要有表头。",
                    "empty": f"{name}.csv 是空的，至少要有表头。",
                    "invalid": f"请选择{label}文件 {name}.csv。",
                },
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        """Refuse a file of another kind, or one that is too large, at its field."""
        for name in FILES:
            file = self.cleaned_data.get(name)
            problem = _problem(file) if file is not None else ""
            if problem:
                self.add_error(name, f"{name}.csv：{problem}")
        return self.cleaned_data


def _problem(file: UploadedFile) -> str:
    if file.size is not None and file.size > LARGEST:
        return f"超过 {LARGEST // 1024 // 1024} MB，请按年份分次导入。"
    head = file.read(4096)
    file.seek(0)
    is_csv = (file.name or "").lower().endswith(".csv")
    if not is_csv or b"\x00" in head or head.startswith(_NOT_TEXT):
        return "只接受 UTF-8 编码的 CSV 文件，请另存为 CSV 后再选。"
    return ""
