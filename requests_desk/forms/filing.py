"""Step one of a filing: whom to call, and about which project."""

from typing import Any

from crispy_forms.layout import Div
from django import forms

from requests_desk.forms.fields import a_choice, laid_out
from requests_desk.intake import Contact, NewProject
from requests_desk.models import Filing
from taian_factors.directory.models import Division, Organization, Project
from taian_factors.directory.validators import validate_phone
from taian_factors.lib.half_width import NumberField

# How staff come to file for an enterprise.
HEARD = [(c.value, c.label) for c in (Filing.Channel.COUNTER, Filing.Channel.VISIT)]


class PersonForm(forms.Form):
    """Whom to call. It asks the database nothing, so that a list of drafts can say what is missing."""

    contact_name = forms.CharField(
        label="联系人", max_length=30, error_messages={"required": "请填写联系人姓名。"}
    )
    contact_phone = NumberField(
        label="联系电话",
        max_length=20,
        validators=[validate_phone],
        help_text="11 位手机号，或带区号的固定电话。查询进度时要用后四位。",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": "请填写联系电话。"},
    )


class ContactForm(PersonForm):
    """All of step one. ``enterprise`` brings its profile and projects; staff also say how they heard of the need."""

    project = forms.ChoiceField(
        label="项目",
        required=False,
        error_messages={"invalid_choice": "所选项目不属于这家企业，请重新选择。"},
    )
    new_project = forms.CharField(label="新项目名称", required=False, max_length=100)
    division = forms.ModelChoiceField(
        Division.objects.none(), label="新项目所在县市区", required=False, empty_label=None
    )
    heard = a_choice("从哪里得知", HEARD, required=False)
    field_order = ("heard", "project", "new_project", "division")

    def __init__(self, *args: Any, enterprise: Organization, is_on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enterprise = enterprise
        own = Project.objects.filter(enterprise=enterprise, is_active=True).order_by("-is_key", "name")
        self.projects = {str(p.pk): p for p in own.select_related("division")}
        self.fields["project"].choices = [("", "不针对具体项目")] + [
            (k, p.name) for k, p in self.projects.items()
        ]
        self.fields["division"].queryset = Division.objects.filter(is_active=True).order_by("code")
        if not is_on_behalf:
            del self.fields["heard"]
        if not self.is_bound:
            self._fill_in()
        is_named = {"open": True} if self["new_project"].value() else {}
        self.helper = laid_out(
            *(["heard"] if is_on_behalf else []),
            "project",
            Div("new_project", "division", template="requests_desk/enterprise/_new_project.html", **is_named),
            "contact_name",
            "contact_phone",
        )

    def _fill_in(self) -> None:
        """Begin with what the enterprise said last time, else with its profile: it says a thing once."""
        profile = self.enterprise.profile
        sent = Filing.objects.submitted().filter(enterprise=self.enterprise, typed_for=self.enterprise)
        last = sent.order_by("-submitted_at").first() or Filing()
        known = {
            "heard": Filing.Channel.COUNTER,
            "division": profile.division_id,
            "project": str(last.project_id or ""),
            "contact_name": last.contact_name or profile.contact_name,
            "contact_phone": last.contact_phone or profile.contact_phone,
        }
        if len(self.projects) == 1:
            known["project"] = next(iter(self.projects))
        self.initial = {**known, **self.initial}

    def clean(self) -> dict[str, Any]:
        """Take one project at the most."""
        given = super().clean()
        if given.get("project") and given.get("new_project"):
            self.add_error("new_project", "已经选了项目；要填新项目，请把上面的项目改为“不针对具体项目”。")
        return given

    @property
    def contact(self) -> Contact:
        """Whom to call (of a valid form)."""
        return Contact(self.cleaned_data["contact_name"], self.cleaned_data["contact_phone"])

    @property
    def project_name(self) -> str:
        """The project's name as a summary shows it, whether the form is valid or not."""
        chosen = self.projects.get(self["project"].value() or "")
        return chosen.name if chosen else self["new_project"].value() or ""

    @property
    def chosen(self) -> Project | None:
        """The project chosen (of a valid form)."""
        return self.projects.get(self.cleaned_data["project"])

    @property
    def named(self) -> NewProject | None:
        """The project that is named for the first time (of a valid form)."""
        name, division = self.cleaned_data["new_project"], self.cleaned_data["division"]
        return NewProject(name, division or self.enterprise.profile.division) if name else None
