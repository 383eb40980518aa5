"""The requests and everything dated beside them."""

from requests_desk.models.assignments import Assignment, Reply
from requests_desk.models.attachments import Attachment, AttachmentDownload
from requests_desk.models.bookings import BookedNeed
from requests_desk.models.clocks import Extension, HandBack, Suspension, Whistle
from requests_desk.models.deliveries import Delivery, DeliveryAttempt, NoticeChoice
from requests_desk.models.dispatch import DirectoryEvent, DispatchRule
from requests_desk.models.escalation import (
    Claim,
    ConsultationDecision,
    JointConsultation,
    Milestone,
    OpenCall,
    UpwardEffort,
)
from requests_desk.models.events import RequestEvent
from requests_desk.models.follow_ups import ContactCode, FollowUp
from requests_desk.models.front_line import FrontLineEvent, FrontLineVisit
from requests_desk.models.ledger_views import DefaultView, LedgerView
from requests_desk.models.lists import ListedNeed, OfficeList
from requests_desk.models.reconciliation import ReconciliationLine, ReconciliationWeek
from requests_desk.models.requests import FactorRequest, Filing
from requests_desk.models.reviews import ReviewInvitation, ReviewVersion, SatisfactionReview
from requests_desk.models.search import SearchText, SoughtEnterprise, SoughtProfile, SoughtRequest
from requests_desk.models.templates import ReplyTemplate
from requests_desk.models.watching import CallBackDraw, ListedNetwork, ReviewOrigin

__all__ = [
    "Assignment",
    "Attachment",
    "AttachmentDownload",
    "BookedNeed",
    "CallBackDraw",
    "Claim",
    "ConsultationDecision",
    "ContactCode",
    "DefaultView",
    "Delivery",
    "DeliveryAttempt",
    "DirectoryEvent",
    "DispatchRule",
    "Extension",
    "FactorRequest",
    "Filing",
    "FollowUp",
    "FrontLineEvent",
    "FrontLineVisit",
    "HandBack",
    "JointConsultation",
    "LedgerView",
    "ListedNeed",
    "ListedNetwork",
    "Milestone",
    "NoticeChoice",
    "OfficeList",
    "OpenCall",
    "ReconciliationLine",
    "ReconciliationWeek",
    "Reply",
    "ReplyTemplate",
    "RequestEvent",
    "ReviewInvitation",
    "ReviewOrigin",
    "ReviewVersion",
    "SatisfactionReview",
    "SearchText",
    "SoughtEnterprise",
    "SoughtProfile",
    "SoughtRequest",
    "Suspension",
    "UpwardEffort",
    "Whistle",
]
