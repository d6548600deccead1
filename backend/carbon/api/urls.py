from django.urls import path

from backend.carbon.api import views

urlpatterns = [
    path("me/carbon", views.MyCarbonView.as_view()),
    path("open-data/carbon", views.PublicCarbonView.as_view()),
    path("carbon/methods", views.MethodsView.as_view()),
]
