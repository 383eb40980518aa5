"""Addresses."""

from django.urls import URLPattern

app_name = "fairs"
urlpatterns: list[URLPattern] = []
