"""Photos at the door: who may send and see them, what one supports, and how they end."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.audit.models import AuditRow
from backend.core import clock
from backend.earning import services
from backend.earning.models import Award, CapUse, EvidenceDetail, Photo, PhotoBand, evidence_storage
from backend.earning.queries.evidence import disagreements
from backend.earning.services.photos import PHOTOS_A_DAY
from backend.earning.types import Activity
from tests import factories
from tests.api.clients import client_of, problem
from tests.factories_evidence import PHOTO_RULE, encoded, operator, photo, scene, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna() -> User:
    factories.rule(Activity.CLEAN_PLATE, **PHOTO_RULE)
    return factories.person()


def send(user: User | None, data: bytes, content_type: str = "image/jpeg") -> Any:
    return client_of(user).post("evidence/photos", data, content_type=content_type, key="")


def act(user: User, photo_id: object, activity: str = "clean_plate") -> Any:
    return client_of(user).post("acts/photo", {"activity": activity, "photo": str(photo_id)})


def files() -> int:
    storage = evidence_storage()
    folders = storage.listdir("")[0] if storage.exists("") else []
    return sum(len(storage.listdir(folder)[1]) for folder in folders)


def test_a_photo_is_kept_once_and_seen_by_its_owner_and_operators(anna: User) -> None:
    before = files()
    sent = send(anna, encoded(scene(1)))
    assert sent.status_code == 201
    assert send(anna, encoded(scene(1))).json()["id"] == sent.json()["id"]
    assert (Photo.objects.count(), PhotoBand.objects.count(), files() - before) == (1, 4, 1)
    path = f"evidence/photos/{sent.json()['id']}"
    seen = client_of(anna).get(path)
    assert (seen.headers["Content-Type"], seen.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert "no-store" in seen.headers["Cache-Control"]
    assert AuditRow.objects.filter(action="earning.look_at_photo").count() == 0
    assert client_of(operator()).get(path).status_code == 200
    assert AuditRow.objects.filter(action="earning.look_at_photo").count() == 1
    problem(client_of(factories.person()).get(path), 404, "not_found")
    problem(client_of().get(path), 401, "unauthenticated")


def test_files_have_no_address_and_are_nobody_elses(anna: User) -> None:
    kept = Photo.objects.get(pk=send(anna, encoded(scene(1))).json()["id"])
    assert str(anna.pk) not in str(kept.file)
    assert Path(kept.file.path).stat().st_mode & 0o777 == 0o600
    assert client_of(anna).get(f"/evidence/{kept.file}").status_code == 404


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b"nonsense", "image/jpeg", 415, "image_unsupported"),
        (b"", "image/jpeg", 415, "image_unsupported"),
        (b"{}", "application/json", 415, "unsupported_media_type"),
        (b"\xff" * (6 * 1024 * 1024 + 1), "image/jpeg", 413, "request_too_large"),
    ],
)
def test_what_is_no_photo_leaves_nothing(anna: User, data: bytes, content_type: str, status: int, code: str) -> None:
    before = files()
    problem(send(anna, data, content_type), status, code)
    assert (Photo.objects.count(), files()) == (0, before)


def test_so_many_a_day(anna: User) -> None:
    before = files()
    CapUse.objects.create(key=f"photos:{anna.pk}:{clock.local(clock.now()):%Y%m%d}", used=PHOTOS_A_DAY)
    problem(send(anna, encoded(scene(1))), 409, "too_many_photos")
    assert (Photo.objects.count(), files()) == (0, before)


def test_an_act_by_photo_waits_for_review(anna: User) -> None:
    kept = photo(anna)
    answer = act(anna, kept.pk).json()
    assert (answer["status"], answer["points"], answer["balance"]) == ("pending_review", 5, 0)
    [row] = client_of(operator()).get("reviews?activity=clean_plate").json()["results"]
    assert (row["evidence"]["photo"], row["evidence"]["alike"], row["doubts"]) == (str(kept.pk), [], [])
    kept.refresh_from_db()
    assert kept.keep_until > clock.now() + timedelta(days=180)
    assert [*disagreements()] == []


def test_one_photo_supports_one_act(anna: User) -> None:
    kept = photo(anna)
    assert act(anna, kept.pk).status_code == 201
    problem(act(anna, kept.pk), 409, "evidence_already_used")
    ben = factories.person()
    problem(act(ben, photo(ben).pk), 409, "evidence_already_used")  # the same bytes from another phone
    assert Award.objects.count() == 1


def add(user: User, award_id: object, photo_id: object) -> Any:
    return client_of(user).post(f"me/awards/{award_id}/photos", {"photo": str(photo_id)})


def test_a_photo_is_added_to_what_waits_and_the_reviewer_sees_it(anna: User) -> None:
    kept, held = photo(anna), waiting(anna)
    record = client_of(anna).get(f"me/awards/{held.id}").json()
    assert (record["status"], record["takes_photo"], record["photo"]) == ("pending_review", True, None)
    assert record["doubts"] == ["短时间内行为过多"]
    assert add(anna, held.id, kept.pk).status_code == 201
    record = client_of(anna).get(f"me/awards/{held.id}").json()
    assert (record["takes_photo"], record["photo"]) == (False, str(kept.pk))
    [row] = client_of(operator()).get("reviews").json()["results"]
    assert (row["evidence"]["photo"], row["evidence"]["alike"]) == (str(kept.pk), [])
    problem(act(anna, kept.pk), 409, "evidence_already_used")  # used up by it
    problem(add(anna, held.id, photo(anna, 2).pk), 409, "award_has_photo")
    assert [*disagreements()] == []


def test_a_likeness_of_an_added_photo_is_shown_to_the_reviewer(anna: User) -> None:
    ben = factories.person()
    theirs = photo(ben)
    mine = send(anna, encoded(scene(1).resize((500, 375)), quality=50)).json()["id"]
    assert add(anna, waiting(anna).id, mine).status_code == 201
    [row] = client_of(operator()).get("reviews").json()["results"]
    assert row["evidence"]["alike"] == [str(theirs.pk)]


def test_a_photo_that_was_used_or_is_another_s_or_comes_late_is_not_added(anna: User) -> None:
    used, ben = photo(anna), factories.person()
    act(anna, used.pk)
    held, fresh = waiting(anna), photo(anna, 2)
    problem(add(anna, held.id, used.pk), 409, "evidence_already_used")
    problem(add(anna, held.id, photo(ben, 3).pk), 404, "not_found")
    problem(add(ben, held.id, photo(ben, 3).pk), 404, "not_found")
    reviewer = operator()
    with transaction.atomic():
        services.review(by=reviewer, award_id=held.id, approve=False, reason="存疑", now=clock.now())
    problem(add(anna, held.id, fresh.pk), 409, "not_under_review")
    assert Photo.objects.exclude(award=None).count() == 1
    appeal = client_of(anna).post(f"me/awards/{held.id}/appeals", {"text": "有照片"})
    assert appeal.status_code == 201
    assert add(anna, held.id, fresh.pk).status_code == 201  # for whoever decides on the appeal
    record = client_of(anna).get(f"me/awards/{held.id}").json()
    assert (record["appeal"], record["appeal_text"], record["review_reason_title"]) == ("filed", "有照片", "其他")


def test_a_photo_like_anothers_is_doubted(anna: User) -> None:
    photo(anna)
    ben = factories.person()
    again = send(ben, encoded(scene(1).resize((500, 375)), quality=50)).json()["id"]
    assert act(ben, again).json()["status"] == "pending_review"
    reviews = client_of(operator())
    [row] = reviews.get("reviews?doubt=photo_reused").json()["results"]
    assert (row["doubts"], row["evidence"]["alike"]) == (["photo_reused"], [str(Photo.objects.order_by("pk")[0].pk)])
    assert row["signals"][0]["explanation"]
    assert reviews.get("reviews?doubt=velocity").json()["results"] == []


def test_only_ones_own_photo_and_only_where_the_rule_takes_it(anna: User) -> None:
    ben = factories.person()
    problem(act(ben, photo(anna).pk), 404, "not_found")
    factories.rule(Activity.GREEN_HOTEL)
    problem(act(anna, photo(anna).pk, "green_hotel"), 400, "invalid_request")
    factories.rule(Activity.OWN_BAG, grades={"confirmed": {}})
    problem(act(anna, photo(anna).pk, "own_bag"), 422, "evidence_not_accepted")
    assert Award.objects.count() == 0


def test_what_is_over_is_deleted_and_its_hash_stays(anna: User) -> None:
    used, unused, before = photo(anna, 1), photo(anna, 2), files()
    act(anna, used.pk)
    later = clock.now() + timedelta(days=2)
    with transaction.atomic():
        assert services.drop_due_evidence(now=later) == 1
    unused.refresh_from_db()
    assert (str(unused.file), before - files()) == ("", 1)
    problem(client_of(anna).get(f"evidence/photos/{unused.pk}"), 409, "photo_gone")
    problem(act(anna, unused.pk), 409, "photo_gone")
    with transaction.atomic():
        assert services.drop_due_evidence(now=later + timedelta(days=184)) == 2
        assert services.drop_due_evidence(now=later + timedelta(days=184)) == 0
    assert (EvidenceDetail.objects.count(), files(), Photo.objects.exclude(digest="").count()) == (0, before - 2, 2)
    assert Award.objects.get().evidence.digest == used.digest
    ben = factories.person()
    again = send(ben, encoded(scene(1), quality=60)).json()["id"]
    assert act(ben, again).status_code == 201
    assert Award.objects.get(resident_id=ben.pk).doubts == ["photo_reused"]


def test_a_file_that_no_row_names_is_swept(anna: User) -> None:
    kept = photo(anna)
    storage, old = evidence_storage(), clock.now() + timedelta(days=3)
    lost = str(kept.file).replace(".jpg", "lost.jpg")
    with storage.open(str(kept.file)) as file:
        storage.save(lost, file)
    services.sweep_files(now=clock.now())
    assert storage.exists(lost)  # today's may be about to get its row
    services.sweep_files(now=old)
    assert (storage.exists(lost), storage.exists(str(kept.file))) == (False, True)


def test_a_copy_and_being_forgotten(anna: User) -> None:
    kept = photo(anna)
    act(anna, kept.pk)
    [row] = client_of(anna).get("me/export").json()["photos"]
    assert (row["id"], row["kept"], UUID(row["award"])) == (str(kept.pk), True, Award.objects.get().pk)
    assert client_of(anna).delete("/api/v1/me").status_code == 200
    kept.refresh_from_db()
    assert (str(kept.file), EvidenceDetail.objects.count(), Award.objects.count()) == ("", 0, 1)
