"""Addresses of the desk, one block per audience."""

from django.urls import URLPattern, path

from requests_desk.views import office

app_name = "requests_desk"
urlpatterns: list[URLPattern] = [
    # enterprise: file, my requests, review, tracking, the bell
    # everybody: one request and its verbs; department and bank: worklist; counter: the stall desk
    # office: inbox, dispatch, decisions, ledger, consultations, open calls
    path("inbox/", office.inbox, name="inbox"),
    path("filings/<int:pk>/accept/", office.accept_all, name="accept_filing"),
    path("filings/<int:pk>/dispatch/", office.dispatch, name="dispatch"),
    path("decisions/", office.decisions, name="decisions"),
]
