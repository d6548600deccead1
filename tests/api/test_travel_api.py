"""Partners' signed batches, trips, steps and links over HTTP; who may and who may not."""

from datetime import timedelta
from typing import Any

import pytest

from backend.core import clock
from backend.earning.models import Award
from backend.edge.models import RememberedAnswer
from backend.edge.signing import CLOCK_WINDOW_SECONDS
from backend.travel.models import Partner, PartnerKey, Ride, Rider, Route, Trip
from tests import factories
from tests import factories_travel as travel
from tests.api.clients import client_of, problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def metro() -> tuple[Partner, PartnerKey, str]:
    partner = travel.partner("metro")
    return partner, *travel.key(partner)


def path_of(partner: Partner | str) -> str:
    return f"/api/v1/partners/{partner}/events"


def send(key: PartnerKey, secret: str, body: Any, path: str = path_of("metro"), **how: Any) -> Any:
    text, headers = travel.signed(key, secret, path, body, **how)
    return client_of().generic("POST", path, text, content_type="application/json", headers=headers)


def rides(count: int = 2) -> dict[str, Any]:
    at = (clock.now() - timedelta(hours=1)).isoformat()
    return {"events": [travel.event(travel.card(), at=at) for _ in range(count)]}


# -- the operators' door ----------------------------------------------------------------------------------------------


def test_a_signed_batch_is_answered_event_by_event(metro: Any) -> None:
    _, key, secret = metro
    body = rides()
    body["events"].insert(1, {"reference": "mine", "mode": "rocket"})
    answer = send(key, secret, body)
    assert answer.status_code == 202
    assert [(each["status"], each.get("code")) for each in answer.json()["results"]] == [
        ("recorded", None),
        ("refused", "event_invalid"),
        ("recorded", None),
    ]
    assert (answer.json()["recorded"], answer.json()["refused"], Ride.objects.count()) == (2, 1, 2)
    again = send(key, secret, body)
    assert (again.json(), Ride.objects.count()) == (answer.json(), 2)


def test_the_answer_does_not_tell_who_uses_the_service(metro: Any) -> None:
    _, key, secret = metro
    body = rides()
    travel.link(factories.person(), body["events"][0]["rider"])
    known, unknown = (each | {"reference": ""} for each in send(key, secret, body).json()["results"])
    assert known == unknown


def test_forged_stale_and_replayed_batches_record_nothing(metro: Any) -> None:
    _, key, secret = metro
    body, now = rides(), clock.now()
    problem(send(key, "another secret", body), 401, "signature_invalid")
    problem(send(key, secret, body, now=now - timedelta(seconds=CLOCK_WINDOW_SECONDS + 5)), 401, "signature_stale")
    text, headers = travel.signed(key, secret, path_of("metro"), body)
    post = client_of().generic
    altered = text.replace("9300", "9301")
    common = {"content_type": "application/json", "headers": headers}
    problem(post("POST", path_of("metro"), altered, **common), 401, "signature_invalid")
    problem(post("POST", path_of("metro"), text, content_type="application/json"), 401, "signature_missing")
    assert not Ride.objects.exists()
    assert post("POST", path_of("metro"), text, **common).status_code == 202
    problem(post("POST", path_of("metro"), text, **common), 409, "nonce_used")
    assert Ride.objects.count() == 2


def test_a_key_opens_its_own_partners_door_only(metro: Any) -> None:
    travel.partner("bikes")
    _, key, secret = metro
    problem(send(key, secret, rides(), path=path_of("bikes")), 403, "not_this_partner")
    assert not Ride.objects.exists()


def test_no_person_sends_events_and_no_partner_does_anything_else(metro: Any) -> None:
    _, key, secret = metro
    for user in (None, factories.person(), travel.operator()):
        problem(client_of(user).post("partners/metro/events", rides()), 401, "signature_missing")
    text, headers = travel.signed(key, secret, "/api/v1/partners", {})
    refused = client_of().generic("POST", "/api/v1/partners", text, content_type="application/json", headers=headers)
    problem(refused, 401, "unauthenticated")


@pytest.mark.parametrize("body", [{}, {"events": []}, {"events": "all"}, [], {"events": [{}] * 501}])
def test_a_batch_that_is_none_is_refused_whole(metro: Any, body: Any) -> None:
    _, key, secret = metro
    problem(send(key, secret, body), 400, "invalid_request")
    assert not Ride.objects.exists()


# -- the registry -----------------------------------------------------------------------------------------------------

NEW = {"code": "bikes", "name": "单车", "account_kind": "bike_account", "modes": ["bike", "ebike"]}


def test_an_operator_registers_a_partner_and_changes_its_key_without_a_gap() -> None:
    api = client_of(travel.operator())
    assert api.post("partners", NEW).status_code == 201
    first, second = (api.post("partners/bikes/keys", {}).json() for _ in range(2))
    problem(api.post("partners/bikes/keys", {}), 409, "partner_keys_full")
    keys = {each["id"]: PartnerKey.objects.get(pk=each["id"]) for each in (first, second)}
    at = (clock.now() - timedelta(hours=1)).isoformat()
    for each in (first, second):
        body = {"events": [travel.event(travel.card(), mode="bike", at=at)]}
        assert send(keys[each["id"]], each["secret"], body, path=path_of("bikes")).status_code == 202
    assert api.delete(f"/api/v1/partners/bikes/keys/{first['id']}").status_code == 200
    problem(send(keys[first["id"]], first["secret"], {}, path=path_of("bikes")), 401, "signature_invalid")
    problem(api.delete(f"/api/v1/partners/bikes/keys/{first['id']}"), 404, "not_found")
    assert api.post("partners/bikes/keys", {}).status_code == 201
    problem(api.post("partners", NEW), 409, "partner_exists")


def test_a_secret_is_shown_once_and_kept_sealed() -> None:
    api = client_of(travel.operator())
    api.post("partners", NEW)
    secret = api.post("partners/bikes/keys", {}).json()["secret"]
    assert secret not in api.get("partners").content.decode()
    assert secret not in str(list(PartnerKey.objects.values())) + str(list(RememberedAnswer.objects.values()))


def test_only_operators_keep_the_registries(metro: Any) -> None:
    for user in (None, factories.person()):
        api, status, code = client_of(user), *((403, "forbidden") if user else (401, "unauthenticated"))
        for call in (
            lambda api=api: api.get("partners"),
            lambda api=api: api.post("partners", NEW),
            lambda api=api: api.post("partners/metro/keys", {}),
            lambda api=api: api.delete("/api/v1/partners/metro/keys/pk_1"),
            lambda api=api: api.post("routes", {}),
        ):
            problem(call(), status, code)
    assert (Partner.objects.count(), PartnerKey.objects.count(), Route.objects.count()) == (1, 1, 0)


def test_an_operator_adds_a_route_that_anyone_sees_and_prints_its_posters() -> None:
    api = client_of(travel.operator())
    ends = [{"name": f"{at} 米", "at_m": at, "lat": 29.55, "lng": 106.57} for at in (0, 1800)]
    route = {"name": "步道", "name_en": "Trail", "mode": "walk", "length_m": 1800, "heads": ends}
    assert api.post("routes", route | {"min_seconds": 900, "max_seconds": 9000}).status_code == 201
    problem(api.post("routes", route | {"min_seconds": 900, "max_seconds": 9000}), 409, "route_exists")
    other = route | {"name": "另一条", "min_seconds": 10, "max_seconds": 9000}
    problem(api.post("routes", other), 422, "route_impossible")
    (shown,) = client_of().get("routes").json()["results"]
    assert [head["at_m"] for head in shown["heads"]] == [0, 1800]
    poster = api.get(f"routes/{shown['id']}/heads/{shown['heads'][0]['id']}/poster")
    assert poster.content.startswith(b"\x89PNG")
    assert api.patch(f"/api/v1/routes/{shown['id']}", {"open": False}, format="json").json()["open"] is False
    assert client_of().get("routes").json()["results"] == []


# -- residents --------------------------------------------------------------------------------------------------------


def at(head: Any) -> dict[str, Any]:
    return {"code": travel.code_of(head, clock.now()), "lat": head.lat, "lng": head.lng}


def test_a_trip_starts_finishes_and_is_told() -> None:
    travel.standard_rules()
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    api = client_of(person)
    begun = api.post("trips", at(start))
    assert (begun.status_code, begun.json()["status"]) == (201, "started")
    assert api.get("me/travel").json()["open_trip"]["id"] == begun.json()["id"]
    Trip.objects.update(started_at=clock.now() - timedelta(minutes=40))
    done = api.post("trips", at(end)).json()
    assert (done["status"], done["points"], done["balance"], done["distance_m"]) == ("awarded", 10, 10, 2000)
    assert [each["status"] for each in api.get("trips").json()["results"]] == ["finished"]
    assert client_of(factories.person()).get("trips").json()["results"] == []


def test_a_trip_refused_as_too_fast_stays_ended() -> None:
    travel.standard_rules()
    person, (start, _, end) = factories.person(), travel.heads(travel.route())
    api = client_of(person)
    api.post("trips", at(start))
    refused = problem(api.post("trips", at(end)), 409, "trip_too_fast")
    assert refused["distance_m"] == 2000
    assert api.get("me/travel").json()["open_trip"] is None
    assert not Award.objects.exists()


def test_the_same_key_again_replays_and_moves_nothing() -> None:
    travel.standard_rules()
    api = client_of(factories.person())
    body = {"mode": "bike", "distance_m": 4000, "duration_seconds": 1200}
    first, again = (api.post("trips", body, key="one") for _ in range(2))
    assert (first.status_code, first.json(), again.headers["Idempotency-Replayed"]) == (201, again.json(), "true")
    assert Award.objects.count() == 1
    problem(api.post("trips", body), 409, "cap_reached")
    problem(api.post("trips", body, key=""), 400, "idempotency_key_required")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "A", "mode": "bike"},
        {"mode": "bike", "distance_m": 4000},
        {"mode": "car", "distance_m": 4000, "duration_seconds": 1200},
        {"code": "A", "lat": 29.5},
        {"mode": "bike", "distance_m": "4000", "duration_seconds": 1200},
    ],
)
def test_a_trip_is_scanned_or_declared_whole(body: dict[str, Any]) -> None:
    problem(client_of(factories.person()).post("trips", body), 400, "invalid_request")
    assert not Trip.objects.exists()


def test_steps_and_todays_caps() -> None:
    travel.standard_rules()
    api, today = client_of(factories.person()), clock.local(clock.now()).date()
    assert api.post("me/steps", {"day": str(today), "steps": 6500}).json()["points"] == 3
    (steps,) = (each for each in api.get("me/travel").json()["today"] if each["activity"] == "steps")
    assert (steps["total"], steps["credited"], steps["limit"]) == (6500, 6000, 15_000)
    problem(api.post("me/steps", {"day": "2020-01-01", "steps": 1}), 422, "steps_day_out_of_range")
    problem(api.post("me/steps", {"day": str(today), "steps": "many"}), 400, "invalid_request")


def test_links_are_made_shown_masked_and_ended_by_their_owner() -> None:
    owner, stranger, card = client_of(factories.person()), client_of(factories.person()), travel.card()
    link = {"kind": "transit_card", "account": card, "consent": True}
    assert owner.post("me/links", link).status_code == 201
    assert owner.get("me/links").json()["results"][0]["account"] == f"…{card[-4:]}"
    problem(stranger.post("me/links", link), 409, "account_linked_elsewhere")
    assert stranger.get("me/links").json()["results"] == []
    problem(stranger.delete("/api/v1/me/links/transit_card"), 404, "not_found")
    assert Rider.objects.exclude(resident_id=None).count() == 1
    problem(owner.post("me/links", link | {"consent": False}), 422, "link_consent_required")
    assert owner.delete("/api/v1/me/links/transit_card").status_code == 200
    assert owner.get("me/links").json()["results"] == []


@pytest.mark.parametrize("path", ["trips", "me/travel", "me/links"])
def test_what_is_ones_own_needs_a_login(path: str) -> None:
    problem(client_of().get(path), 401, "unauthenticated")
