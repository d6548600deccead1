from django.urls import path

from backend.inbox.api import views

urlpatterns = [
    path("me/messages", views.MessagesView.as_view()),
    path("me/messages/read", views.ReadAllView.as_view()),
    path("me/messages/<uuid:message>/read", views.ReadView.as_view()),
    path("me/preferences", views.PreferencesView.as_view()),
]
