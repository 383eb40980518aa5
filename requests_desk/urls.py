"""Addresses of the desk, one block per audience."""

from django.urls import URLPattern, path

from requests_desk.views import enterprise, filing, matters, notices, office

app_name = "requests_desk"
urlpatterns: list[URLPattern] = [
    # enterprise: file, my requests, review, tracking, the bell
    path("file/", filing.file, name="file"),
    path("file/for/<int:enterprise>/", filing.file_for, name="file_for"),
    path("file/<int:pk>/contact/", filing.file_contact, name="file_contact"),
    path("file/<int:pk>/needs/", filing.file_needs, name="file_needs"),
    path("file/<int:pk>/check/", filing.file_check, name="file_check"),
    path("file/<int:pk>/discard/", filing.file_discard, name="file_discard"),
    path("file/<int:pk>/receipt/", filing.file_receipt, name="file_receipt"),
    path("mine/", enterprise.mine, name="mine"),
    path("review/<str:token>/", enterprise.review, name="review"),
    path("track/", enterprise.track, name="track"),
    path("notices/", notices.inbox, name="notices"),
    path("notices/read/", notices.read, name="read_notices"),
    # everybody: one request and its verbs; department and bank: worklist; counter: the stall desk
    path("requests/<str:number>/", matters.show, name="show"),
    path("requests/<str:number>/<str:verb>/", matters.act, name="act"),
    # office: inbox, dispatch, decisions, ledger, consultations, open calls
    path("inbox/", office.inbox, name="inbox"),
    path("filings/<int:pk>/accept/", office.accept_all, name="accept_filing"),
    path("filings/<int:pk>/dispatch/", office.dispatch, name="dispatch"),
    path("decisions/", office.decisions, name="decisions"),
]
