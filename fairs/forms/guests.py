"""What is typed around the list of the expected: its filters, and a sheet of invitations."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from fairs.guests import SHOWN
from fairs.inviting import Line
from fairs.models import Fair, Stall
from taian_factors.lib.sheets import SheetError, read_rows

# What people write above the columns.
HEADINGS = {
    "企业名称": "name", "企业": "name", "单位名称": "name", "名称": "name",
    "统一社会信用代码": "credit_code", "信用代码": "credit_code", "社会信用代码": "credit_code",
    "联系人": "contact_name", "联系电话": "contact_phone", "电话": "contact_phone", "手机": "contact_phone",
    "备注": "note",
}  # fmt: skip
SEARCHED_LINES = 10  # a title and a note may stand above the headings


class GuestFilter(forms.Form):
    """The filters of the list, in the address."""

    q = forms.CharField(label="企业名称或统一社会信用代码", required=False, max_length=60)
    shown = forms.ChoiceField(
        label="范围", required=False, choices=[(word, label) for word, (label, _) in SHOWN.items()]
    )
    stall = forms.ModelChoiceField(
        label="摊位", required=False, queryset=Stall.objects.none(), empty_label="全部摊位"
    )

    def __init__(self, *args: Any, fair: Fair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stall"].queryset = fair.stalls.select_related("organization").order_by("code")

    @property
    def asked(self) -> dict[str, Any]:
        """What to look for; what cannot be read looks for nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        stall = given.get("stall")
        return {
            "query": given.get("q", "").strip(),
            "shown": given.get("shown", ""),
            "stall": stall.pk if stall else None,
        }


class InvitationSheetForm(forms.Form):
    """A sheet with enterprises to invite."""

    file = forms.FileField(
        label="邀请名单（.xlsx 或 .csv）",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择邀请名单。", "empty": "文件是空的，请选择 .xlsx 表格。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_file(self) -> list[Line]:
        """Read the sheet into lines."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            rows = read_rows(file, name=file.name or "")
        except SheetError as error:
            raise ValidationError(str(error)) from error
        lines = _lines(rows)
        if not lines:
            raise ValidationError("表头下面没有企业。")
        return lines


def _lines(rows: list[tuple[int, list[str]]]) -> list[Line]:
    for place, (_, cells) in enumerate(rows[:SEARCHED_LINES]):
        words = ["".join(cell.split()) for cell in cells]
        columns = {HEADINGS[word]: n for n, word in enumerate(words) if word in HEADINGS}
        if columns.keys() & {"name", "credit_code"}:
            return [Line(row, **_picked(found, columns)) for row, found in rows[place + 1 :]]
    raise ValidationError(
        f"没有找到表头：前 {SEARCHED_LINES} 行里应有一行写着“企业名称”或“统一社会信用代码”。"
    )


def _picked(cells: list[str], columns: dict[str, int]) -> dict[str, str]:
    return {name: cells[n].lstrip("'") if n < len(cells) else "" for name, n in columns.items()}
