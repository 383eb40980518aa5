"""Addresses of the fairs. Those behind a token are open to who holds the word."""

from django.urls import path

from fairs.views import hall, office, phone

app_name = "fairs"
urlpatterns = [
    path("", office.overview, name="overview"),
    path("plan/", office.plan, name="plan"),
    path("<int:pk>/", office.fair, name="fair"),
    path("<int:pk>/plan/", office.plan, name="replan"),
    path("<int:pk>/stalls/", office.plan_stalls, name="plan_stalls"),
    path("<int:pk>/stalls/copy/", office.copy_stalls, name="copy_stalls"),
    path("<int:pk>/stalls/<int:stall>/remove/", office.remove_stall, name="remove_stall"),
    path("<int:pk>/stalls/<int:stall>/add-desk/", office.add_desk, name="add_desk"),
    path("<int:pk>/desks/", office.desks, name="desks"),
    path("<int:pk>/desks/<int:desk>/empty/", office.empty_desk, name="empty_desk"),
    path("<int:pk>/close/", office.close, name="close"),
    path("<int:pk>/reception/", hall.reception, name="reception"),
    path("<int:pk>/reception/<int:enterprise>/", hall.check_in, name="check_in"),
    path("<int:pk>/reception/new/", hall.walk_in, name="walk_in"),
    path("visits/<int:pk>/", hall.visit, name="visit"),
    path("visits/<int:pk>/take/", hall.take, name="take"),
    path("tickets/<int:pk>/leave/", hall.leave, name="leave"),
    path("tickets/<int:pk>/reenter/", hall.reenter, name="reenter"),
    path("screen/<str:token>/", phone.hall_screen, name="hall_screen"),
    path("screen/<str:token>/<str:zone>/", phone.hall_screen, name="zone_screen"),
    path("kiosk/<str:token>/", phone.kiosk, name="kiosk"),
    path("t/<str:token>/", phone.ticket, name="ticket"),
    path("t/<str:token>/take/", phone.ticket_take, name="ticket_take"),
    path("t/<str:token>/leave/<int:pk>/", phone.ticket_leave, name="ticket_leave"),
    path("t/<str:token>/reenter/<int:pk>/", phone.ticket_reenter, name="ticket_reenter"),
]
