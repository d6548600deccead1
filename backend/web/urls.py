"""Where the pages stand. `/s/{payload}` is what every printed or shown code opens."""

from django.urls import path, re_path

from backend.web.views import icon, offline_worker, page

app_name = "web"
urlpatterns = [
    path("", page("home"), name="home"),
    path("scan", page("scan"), name="scan"),
    path("offers", page("offers"), name="offers"),
    path("wallet", page("wallet"), name="wallet"),
    path("assistant", page("assistant"), name="assistant"),
    path("stations", page("stations"), name="stations"),
    path("inbox", page("inbox"), name="inbox"),
    path("records", page("records"), name="records"),
    path("records/<uuid:award>", page("record"), name="record"),
    path("profile", page("profile"), name="profile"),
    path("weigh", page("weigh"), name="weigh"),
    path("pickups", page("pickups"), name="pickups"),
    path("round", page("round"), name="round"),
    path("travel", page("travel"), name="travel"),
    path("counter", page("counter"), name="counter"),
    path("offline", page("offline"), name="offline"),
    path("apple-touch-icon.png", icon, {"pixels": 180}, name="apple-touch-icon"),
    path("icon-<int:pixels>.png", icon, name="icon"),
    path("offline-worker.js", offline_worker, name="offline-worker"),
    path("merchant", page("merchant"), name="merchant"),
    path("desk", page("desk"), name="desk"),
    path("green", page("green"), name="green"),
    path("till", page("till"), name="till"),
    path("display/occasion/<uuid:occasion>", page("occasion"), name="occasion"),
    path("display/<uuid:station>", page("display"), name="display"),
    re_path(r"^s/(?P<payload>[A-Za-z2-7]{1,512})$", page("code"), name="code"),
]
