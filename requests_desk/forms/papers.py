"""Files as they are sent: each is looked through, and what is not taken in is said by name."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from requests_desk.filetypes import ACCEPT, WANTED, Paper, UnwantedError, clean_name, examine


def wanted() -> str:
    """Say what may be sent."""
    return f"{WANTED}，每个不超过 {settings.ATTACHMENT_BYTES // 1024 // 1024} MB。"


def looked_through(uploads: Iterable[UploadedFile]) -> tuple[list[Paper], list[str]]:
    """Return the papers among what was sent, and a sentence for each file that is none."""
    papers, problems = [], []
    for upload in uploads:
        try:
            papers.append(_paper(upload))
        except UnwantedError as error:
            problems.append(str(error))
    return papers, problems


def _paper(upload: UploadedFile) -> Paper:
    if (upload.size or 0) > settings.ATTACHMENT_BYTES:
        raise UnwantedError(f"“{clean_name(upload.name or '')}”太大：{wanted()}")
    return examine(upload.name or "", upload.read())


class PapersInput(forms.FileInput):
    """A field for several files."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        # kept when the form around it is drawn again: what was chosen cannot be put back
        super().__init__(attrs={"accept": ACCEPT, "hx-preserve": True})


class PapersField(forms.FileField):
    """Any number of papers, none included."""

    def __init__(self, *, label: str = "附件", **more: Any) -> None:
        super().__init__(
            label=label, required=False, widget=PapersInput(), help_text=f"选填。{wanted()}", **more
        )

    def clean(self, data: Any, initial: Any = None) -> list[Paper]:
        """Return what was sent as papers."""
        papers, problems = looked_through(data if isinstance(data, list) else [data] if data else [])
        if problems:
            raise forms.ValidationError(problems)
        return papers
