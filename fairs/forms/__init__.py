"""What people type at a fair. The verbs decide; forms clean and lay out."""

from fairs.forms.arrival import ArrivalForm, KioskForm, TakeForm, WalkInForm
from fairs.forms.plan import FairForm, SourceForm, StallForm

__all__ = ["ArrivalForm", "FairForm", "KioskForm", "SourceForm", "StallForm", "TakeForm", "WalkInForm"]
