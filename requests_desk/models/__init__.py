"""The requests and everything dated beside them."""

from requests_desk.models.assignments import Assignment, Extension, HandBack, Reply, Suspension, Whistle
from requests_desk.models.dispatch import DispatchRule
from requests_desk.models.escalation import Claim, JointConsultation, OpenCall
from requests_desk.models.events import Delivery, RequestEvent
from requests_desk.models.requests import FactorRequest, Filing
from requests_desk.models.reviews import ReviewInvitation, ReviewVersion, SatisfactionReview

__all__ = [
    "Assignment",
    "Claim",
    "Delivery",
    "DispatchRule",
    "Extension",
    "FactorRequest",
    "Filing",
    "HandBack",
    "JointConsultation",
    "OpenCall",
    "Reply",
    "RequestEvent",
    "ReviewInvitation",
    "ReviewVersion",
    "SatisfactionReview",
    "Suspension",
    "Whistle",
]
