from django.urls import path

from backend.earning.api import giving, households, views

urlpatterns = [
    path("stations", views.StationsView.as_view()),
    path("stations/<uuid:station_id>", views.StationView.as_view()),
    path("stations/<uuid:station_id>/code", views.StationCodeView.as_view()),
    path("stations/<uuid:station_id>/poster", views.StationPosterView.as_view()),
    path("checkins", views.CheckInsView.as_view()),
    path("projects", giving.ProjectsView.as_view()),
    path("projects/<uuid:project_id>/donations", giving.DonationsView.as_view()),
    path("me/points/gifts", giving.GiftsView.as_view()),
    path("me/household", households.HouseholdView.as_view()),
    path("me/household/invitations", households.InvitationsView.as_view()),
    path("me/household/acceptance", households.AcceptanceView.as_view()),
    path("reviews", giving.ReviewsView.as_view()),
    path("reviews/<uuid:award_id>/decisions", giving.DecisionsView.as_view()),
    path("me/points", views.PointsView.as_view()),
    path("me/points/entries", views.EntriesView.as_view()),
    path("me/code", views.MyCodeView.as_view()),
]
