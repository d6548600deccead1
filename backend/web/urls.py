"""Where the pages stand. `/s/{payload}` is what every printed or shown code opens."""

from django.urls import path, re_path

from backend.web.views import page

app_name = "web"
urlpatterns = [
    path("", page("home"), name="home"),
    path("scan", page("scan"), name="scan"),
    path("offers", page("offers"), name="offers"),
    path("wallet", page("wallet"), name="wallet"),
    path("assistant", page("assistant"), name="assistant"),
    path("stations", page("stations"), name="stations"),
    path("counter", page("counter"), name="counter"),
    path("display/<uuid:station>", page("display"), name="display"),
    re_path(r"^s/(?P<payload>[A-Za-z2-7]{1,512})$", page("code"), name="code"),
]
