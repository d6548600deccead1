from django.urls import path

from backend.accounts.api import consents, people, views, wechat

urlpatterns = [
    path("auth/otp", views.OtpView.as_view()),
    path("auth/token", views.TokenView.as_view()),
    path("auth/token/refresh", views.RefreshView.as_view()),
    path("auth/logout", views.LogoutView.as_view()),
    path("auth/wechat", wechat.WechatView.as_view()),
    path("auth/wechat/bind", wechat.WechatBindingView.as_view()),
    path("me/consents", consents.ConsentsView.as_view()),
    path("me/consents/<slug:purpose>", consents.ConsentView.as_view()),
    path("people/<uuid:user>/attributes/<slug:purpose>", people.AttributeView.as_view()),
    path("people/<uuid:user>/separation", people.SeparationView.as_view()),
]
