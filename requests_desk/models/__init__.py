"""The requests and everything dated beside them."""

from requests_desk.models.assignments import Assignment, Extension, HandBack, Reply, Suspension, Whistle
from requests_desk.models.dispatch import DispatchRule
from requests_desk.models.escalation import Claim, JointConsultation, OpenCall
from requests_desk.models.events import Delivery, RequestEvent
from requests_desk.models.requests import FactorRequest, Filing
from requests_desk.models.reviews import ReviewInvitation, ReviewVersion, SatisfactionReview
from requests_desk.models.watching import CallBackDraw, ListedNetwork, ReviewOrigin

__all__ = [
    "Assignment",
    "CallBackDraw",
    "Claim",
    "Delivery",
    "DispatchRule",
    "Extension",
    "FactorRequest",
    "Filing",
    "HandBack",
    "JointConsultation",
    "ListedNetwork",
    "OpenCall",
    "Reply",
    "RequestEvent",
    "ReviewInvitation",
    "ReviewOrigin",
    "ReviewVersion",
    "SatisfactionReview",
    "Suspension",
    "Whistle",
]
