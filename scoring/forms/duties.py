"""What arranging, judging and answering a duty ask for."""

from typing import Any

from django import forms

from scoring import facts
from scoring.arranging import DutyError
from scoring.duty_sheets import table_of
from scoring.forms.appeals import PlainForm
from scoring.models import DutyRecord
from taian_factors.directory.models import Organization
from taian_factors.lib.sheets import SheetError, read_rows

MOST_ROWS = 500  # of a sheet of duties: more than a year's work of every department


class DutyForm(PlainForm):
    """A duty and the departments on which it is laid; none chosen means a mistake, never all."""

    title = forms.CharField(label="工作或活动", max_length=120)
    due_on = forms.DateField(
        label="完成期限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    requirement = forms.CharField(
        label="要求", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    everybody = forms.BooleanField(label="全部参加部门", required=False)
    departments = forms.ModelMultipleChoiceField(
        label="部门",
        queryset=Organization.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departments"].queryset = facts.departments()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Take all departments when that is what was ticked."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("everybody"):
            cleaned["departments"] = facts.departments()
        elif not cleaned.get("departments"):
            self.add_error("departments", "请勾选部门，或勾选“全部参加部门”。")
        return cleaned


class JudgeForm(PlainForm):
    """What became of a duty, with the proof."""

    result = forms.ChoiceField(label="落实结果", choices=[("", "请选择"), *DutyRecord.Result.choices])
    proof = forms.CharField(label="认定依据", max_length=300, help_text="如签到表、报送时间、现场记录。")


class AnswerForm(PlainForm):
    """The department's own word on a duty."""

    text = forms.CharField(label="落实情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SheetForm(PlainForm):
    """A sheet of duties; ``rows`` of the cleaned data is what stands below its headings."""

    sheet = forms.FileField(label="表格文件", help_text="XLSX 或 CSV，不超过 5 MB、500 行。")

    def clean(self) -> dict[str, Any]:
        """Read the file and find its headings."""
        cleaned = super().clean() or self.cleaned_data
        sheet = cleaned.get("sheet")
        if sheet is None:
            return cleaned
        try:
            cleaned["rows"] = table_of(read_rows(sheet, name=sheet.name))
        except (SheetError, DutyError) as error:
            self.add_error("sheet", str(error))
            return cleaned
        if not 0 < len(cleaned["rows"]) <= MOST_ROWS:
            self.add_error("sheet", f"表头下面应有 1 至 {MOST_ROWS} 行。")
        return cleaned


class DueForm(PlainForm):
    """The day by which something is due."""

    due_on = forms.DateField(
        label="完成期限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
