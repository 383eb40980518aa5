"""Addresses of the desk, one block per audience."""

from django.urls import URLPattern, path

from requests_desk.views import (
    call_backs,
    counter,
    deliveries,
    department,
    directory,
    enterprise,
    filing,
    hard,
    ledger,
    matters,
    notices,
    office,
    papers,
)

app_name = "requests_desk"
urlpatterns: list[URLPattern] = [
    # enterprise: file, my requests, review, tracking, the bell
    path("file/", filing.file, name="file"),
    path("file/for/<int:enterprise>/", filing.file_for, name="file_for"),
    path("file/<int:pk>/contact/", filing.file_contact, name="file_contact"),
    path("file/<int:pk>/needs/", filing.file_needs, name="file_needs"),
    path("file/<int:pk>/check/", filing.file_check, name="file_check"),
    path("file/<int:pk>/discard/", filing.file_discard, name="file_discard"),
    path("file/<int:pk>/take-over/", filing.file_take_over, name="file_take_over"),
    path("file/<int:pk>/receipt/", filing.file_receipt, name="file_receipt"),
    path("papers/<int:pk>/", papers.download, name="paper"),
    path("mine/", enterprise.mine, name="mine"),
    path("review/<str:token>/", enterprise.review, name="review"),
    path("track/", enterprise.track, name="track"),
    path("notices/", notices.inbox, name="notices"),
    path("notices/read/", notices.read, name="read_notices"),
    path("notices/choices/", notices.choices, name="notice_choices"),
    # everybody: one request and its verbs; department and bank: worklist; counter: the stall desk
    path("requests/<str:number>/", matters.show, name="show"),
    path("requests/<str:number>/<str:verb>/", matters.act, name="act"),
    path("worklist/", department.worklist, name="worklist"),
    path("stall/", counter.stall_desk, name="stall_desk"),
    path("stall/queue/", counter.stall_queue, name="stall_queue"),
    path("stall/sit/", counter.sit, name="stall_sit"),
    path("stall/need/", counter.file_need, name="stall_need"),
    path("stall/<str:verb>/", counter.act, name="stall_act"),
    # office: inbox, dispatch, decisions, ledger, consultations, open calls
    path("inbox/", office.inbox, name="inbox"),
    path("filings/<int:pk>/accept/", office.accept_all, name="accept_filing"),
    path("filings/<int:pk>/dispatch/", office.dispatch, name="dispatch"),
    path("decisions/", office.decisions, name="decisions"),
    path("call-backs/", call_backs.call_backs, name="call_backs"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/again/", deliveries.send_again, name="send_again"),
    path("deliveries/<int:pk>/", deliveries.delivery, name="delivery"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/export/", ledger.export, name="export"),
    path("ledger/export/start/", ledger.start_export, name="start_export"),
    path("ledger/export/<int:pk>/", ledger.export_job, name="export_job"),
    path("ledger/export/<int:pk>/file/", ledger.export_file, name="export_file"),
    path("ledger/write-off/", hard.write_off, name="write_off"),
    path("consultations/", hard.consultations, name="consultations"),
    path("consultations/new/", hard.new_consultation, name="new_consultation"),
    path("consultations/<int:pk>/", hard.consultation, name="consultation"),
    path("consultations/<int:pk>/minutes/", hard.write_minutes, name="write_minutes"),
    path("open-calls/", hard.open_calls, name="open_calls"),
    path("directory/", directory.directory, name="directory"),
]
