"""Addresses of the desk, one block per audience."""

from django.urls import URLPattern

app_name = "requests_desk"
urlpatterns: list[URLPattern] = [
    # enterprise: file, my requests, review, tracking, the bell
    # everybody: one request and its verbs; department and bank: worklist; counter: the stall desk
    # office: inbox, dispatch, decisions, ledger, consultations, open calls
]
