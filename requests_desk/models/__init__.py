"""The requests and everything dated beside them."""

from requests_desk.models.assignments import Assignment, Extension, HandBack, Reply, Suspension, Whistle
from requests_desk.models.deliveries import Delivery, DeliveryAttempt, NoticeChoice
from requests_desk.models.dispatch import DispatchRule
from requests_desk.models.escalation import Claim, JointConsultation, OpenCall
from requests_desk.models.events import RequestEvent
from requests_desk.models.requests import FactorRequest, Filing
from requests_desk.models.reviews import ReviewInvitation, ReviewVersion, SatisfactionReview
from requests_desk.models.watching import CallBackDraw, ListedNetwork, ReviewOrigin

__all__ = [
    "Assignment",
    "CallBackDraw",
    "Claim",
    "Delivery",
    "DeliveryAttempt",
    "DispatchRule",
    "Extension",
    "FactorRequest",
    "Filing",
    "HandBack",
    "JointConsultation",
    "ListedNetwork",
    "NoticeChoice",
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
