from django.urls import path

from backend.earning.api import views

urlpatterns = [
    path("stations", views.StationsView.as_view()),
    path("stations/<uuid:station_id>", views.StationView.as_view()),
    path("stations/<uuid:station_id>/code", views.StationCodeView.as_view()),
    path("stations/<uuid:station_id>/poster", views.StationPosterView.as_view()),
    path("checkins", views.CheckInsView.as_view()),
    path("me/points", views.PointsView.as_view()),
    path("me/points/entries", views.EntriesView.as_view()),
    path("me/code", views.MyCodeView.as_view()),
]
