from django.urls import path

from backend.accounts.api import views

urlpatterns = [
    path("auth/otp", views.OtpView.as_view()),
    path("auth/token", views.TokenView.as_view()),
    path("auth/token/refresh", views.RefreshView.as_view()),
    path("auth/logout", views.LogoutView.as_view()),
]
