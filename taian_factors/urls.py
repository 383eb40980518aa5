"""Where every address begins."""

from django.contrib import admin
from django.urls import include, path

from taian_factors import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("health/", health.health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("directory/", include("taian_factors.directory.urls")),
    path("fairs/", include("fairs.urls")),
    path("desk/", include("requests_desk.urls")),
    path("scoring/", include("scoring.urls")),
]
