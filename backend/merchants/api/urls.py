from django.urls import path

from backend.merchants.api import devices, views

urlpatterns = [
    path("merchants/applications", views.ApplicationsView.as_view()),
    path("merchants/applications/<uuid:application_id>/decision", views.DecisionView.as_view()),
    path("merchants/<uuid:merchant_id>/suspension", views.SuspensionView.as_view()),
    path("merchants/<uuid:merchant_id>/reinstatement", views.ReinstatementView.as_view()),
    path("merchants/<uuid:merchant_id>/stores", views.MerchantStoresView.as_view()),
    path("me/counter-stores", views.CounterStoresView.as_view()),
    path("me/stores", views.MyStoresView.as_view()),
    path("stores/<uuid:store_id>", views.StoreView.as_view()),
    path("stores/<uuid:store_id>/staff", views.StaffView.as_view()),
    path("stores/<uuid:store_id>/staff/<int:grant_id>", views.StaffMemberView.as_view()),
    path("stores/<uuid:store_id>/enrolments", devices.EnrolmentsView.as_view()),
    path("stores/<uuid:store_id>/devices", devices.DevicesView.as_view()),
    path("stores/<uuid:store_id>/devices/<uuid:device_id>", devices.DeviceView.as_view()),
    path("counters", devices.CountersView.as_view()),
]
