"""Addresses of one's own account and of the enterprise's profile."""

from django.urls import path

from taian_factors.directory import views

app_name = "directory"
urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/reach/", views.reach, name="reach"),
    path("switch/", views.switch, name="switch"),
    path("profile/", views.profile, name="profile"),
    path("profile/edit/", views.edit_profile, name="edit_profile"),
]
