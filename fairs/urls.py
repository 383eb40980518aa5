"""Addresses of the fairs. Those behind a token are open to who holds the word."""

from django.urls import path

from fairs.views import entrance, guests, hall, office, phone, plan

app_name = "fairs"
urlpatterns = [
    path("", office.overview, name="overview"),
    path("plan/", plan.plan, name="plan"),
    path("<int:pk>/", office.fair, name="fair"),
    path("<int:pk>/plan/", plan.plan, name="replan"),
    path("<int:pk>/stalls/", plan.plan_stalls, name="plan_stalls"),
    path("<int:pk>/stalls/copy/", plan.copy_stalls, name="copy_stalls"),
    path("<int:pk>/stalls/<int:stall>/", plan.edit_stall, name="edit_stall"),
    path("<int:pk>/floor/", plan.floor_plan, name="floor_plan"),
    path("<int:pk>/floor/edit/", plan.lay_out, name="lay_out"),
    path("<int:pk>/slots/", plan.slots, name="slots"),
    path("<int:pk>/slots/<int:slot>/", plan.set_capacity, name="set_capacity"),
    path("<int:pk>/door/", plan.door_poster, name="door_poster"),
    path("<int:pk>/door/renew/", plan.renew_door, name="renew_door"),
    path("<int:pk>/guests/", guests.guests, name="guests"),
    path("<int:pk>/guests/sheet/", guests.guest_sheet, name="guest_sheet"),
    path("<int:pk>/guests/invite/", guests.invite, name="invite"),
    path("<int:pk>/guests/invite/refused/", guests.refused_invitations, name="refused_invitations"),
    path("<int:pk>/guests/<int:enterprise>/check-in/", guests.check_in_guest, name="check_in_guest"),
    path("<int:pk>/stalls/<int:stall>/remove/", plan.remove_stall, name="remove_stall"),
    path("<int:pk>/stalls/<int:stall>/add-desk/", plan.add_desk, name="add_desk"),
    path("<int:pk>/desks/", office.desks, name="desks"),
    path("<int:pk>/desks/<int:desk>/empty/", office.empty_desk, name="empty_desk"),
    path("<int:pk>/ratings/", office.fair_ratings, name="ratings"),
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
    path("kiosk/<str:token>/", entrance.kiosk, name="kiosk"),
    path("door/<str:token>/", entrance.door, name="door"),
    path("t/<str:token>/", phone.ticket, name="ticket"),
    path("t/<str:token>/take/", phone.ticket_take, name="ticket_take"),
    path("t/<str:token>/leave/<int:pk>/", phone.ticket_leave, name="ticket_leave"),
    path("t/<str:token>/reenter/<int:pk>/", phone.ticket_reenter, name="ticket_reenter"),
]
