"""A list of the office, uploaded."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile

from requests_desk.models import OfficeList
from taian_factors.lib.workbooks import WorkbookError, check_workbook


class ListForm(forms.Form):
    """The workbook, and which list it is; left open, its headings tell."""

    file = forms.FileField(
        label="清单表格（.xlsx）",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择清单表格。", "empty": "文件是空的，请选择 .xlsx 表格。"},
    )
    kind = forms.ChoiceField(
        label="清单类型",
        required=False,
        choices=[("", "按表头判断"), *((k.value, k.label) for k in OfficeList.KINDS)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_file(self) -> UploadedFile:
        """Refuse what is no workbook."""
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_workbook(file)
        except WorkbookError as error:
            raise forms.ValidationError(str(error)) from error
        return file
