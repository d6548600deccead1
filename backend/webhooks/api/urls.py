from django.urls import path

from backend.webhooks.api import views

urlpatterns = [
    path("webhooks/endpoints", views.EndpointsView.as_view()),
    path("webhooks/endpoints/<uuid:endpoint_id>", views.EndpointView.as_view()),
    path("webhooks/endpoints/<uuid:endpoint_id>/secrets", views.SecretsView.as_view()),
    path("webhooks/endpoints/<uuid:endpoint_id>/replays", views.EndpointReplaysView.as_view()),
    path("webhooks/deliveries", views.DeliveriesView.as_view()),
    path("webhooks/deliveries/<uuid:delivery_id>", views.DeliveryView.as_view()),
    path("webhooks/deliveries/<uuid:delivery_id>/replays", views.DeliveryReplaysView.as_view()),
]
