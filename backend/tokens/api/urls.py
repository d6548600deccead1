from django.urls import path

from backend.tokens.api.views import DecodeView

urlpatterns = [path("codes/decode", DecodeView.as_view())]
