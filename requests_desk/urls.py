"""Addresses."""

from django.urls import URLPattern

app_name = "requests_desk"
urlpatterns: list[URLPattern] = []
