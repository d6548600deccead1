from django.urls import path

from backend.recycling.api import devices, pickups, stations

urlpatterns = [
    path("weighings", stations.WeighingsView.as_view()),
    path("weighings/<uuid:weighing_id>/corrections", stations.CorrectionsView.as_view()),
    path("me/stations", stations.AttendedView.as_view()),
    path("stations/<uuid:station_id>/reports", stations.ReportsView.as_view()),
    path("stations/<uuid:station_id>/displays", stations.DisplaysView.as_view()),
    path("displays/<uuid:display_id>", stations.DisplayView.as_view()),
    path("devices", devices.DevicesView.as_view()),
    path("devices/<uuid:device_id>/events", devices.DeviceEventsView.as_view()),
    path("devices/<uuid:device_id>/keys", devices.DeviceKeysView.as_view()),
    path("devices/<uuid:device_id>/keys/<slug:key_id>", devices.DeviceKeyView.as_view()),
    path("devices/<uuid:device_id>/skips", devices.SkipsView.as_view()),
    path("zones", pickups.ZonesView.as_view()),
    path("zones/<uuid:zone_id>/slots", pickups.SlotsView.as_view()),
    path("zones/<uuid:zone_id>/collectors", pickups.CollectorsView.as_view()),
    path("pickups", pickups.PickupsView.as_view()),
    path("pickups/all", pickups.DayView.as_view()),
    path("pickups/round", pickups.RoundView.as_view()),
    path("pickups/<uuid:pickup_id>/slot", pickups.RescheduleView.as_view()),
    path("pickups/<uuid:pickup_id>/cancellation", pickups.CancellationView.as_view()),
    path("pickups/<uuid:pickup_id>/assignment", pickups.AssignmentView.as_view()),
    path("pickups/<uuid:pickup_id>/weighings", pickups.DoorWeighingView.as_view()),
    path("pickups/<uuid:pickup_id>/missed", pickups.MissedView.as_view()),
]
