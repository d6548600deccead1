"""Photos as evidence: sent as the raw body, read back by their owner and by operators, used for one act."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.earning import services
from backend.earning.api.serializers import CheckInAnswer, checkin_body
from backend.earning.models import Photo
from backend.earning.pictures import read_picture
from backend.earning.types import BY_PHOTO, Activity
from backend.edge.doors import door, value_door
from backend.edge.parsing import ImageBody, image_of, parse
from backend.edge.permissions import LoggedIn
from backend.edge.rendering import Binary


class PhotoAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    digest = serializers.CharField(help_text="SHA-256 of the bytes that were sent.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    keep_until = serializers.DateTimeField(help_text="When the file is deleted; later once an act uses it.")


class PhotoAct(serializers.Serializer[Any]):
    activity = serializers.ChoiceField(choices=[each.value for each in BY_PHOTO])
    photo = serializers.UUIDField(help_text="From `POST evidence/photos`; one photo supports one act.")


class AddedPhoto(serializers.Serializer[Any]):
    photo = serializers.UUIDField(help_text="From `POST evidence/photos`; one photo supports one act.")


class _Jpeg(Binary):
    media_type, format = "image/jpeg", "jpeg"


class PhotosView(APIView):
    permission_classes = [LoggedIn]
    parser_classes = [ImageBody]

    @extend_schema(
        operation_id="send_photo",
        request={
            "image/jpeg": OpenApiTypes.BINARY,
            "image/png": OpenApiTypes.BINARY,
            "image/webp": OpenApiTypes.BINARY,
        },
        responses={201: PhotoAnswer},
    )
    def post(self, request: Request) -> Response:
        """Keeps a photo, drawn anew without its metadata, for a day. The same bytes again are the same photo."""
        by, now = person(request), clock.now()
        services.expect_room(by=by, now=now)
        picture = read_picture(image_of(request))
        name = services.store_file(picture, now)
        try:
            answer = door(
                request, lambda: services.keep_photo(by=by, picture=picture, name=name, now=now), _photo, success=201
            )
        except BaseException:
            services.drop_file(name)
            raise
        if answer.status_code >= 400:
            services.drop_file(name)
        return answer


class PhotoView(APIView):
    permission_classes = [LoggedIn]
    renderer_classes = [_Jpeg, JSONRenderer]

    @extend_schema(operation_id="photo", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, photo_id: UUID) -> Response:
        """The photo for its owner, and for operators, whose look is written down."""
        with transaction.atomic(durable=True):
            photo = services.look_at_photo(by=person(request), photo_id=photo_id, now=clock.now())
        return Response(
            services.read_file(photo), content_type="image/jpeg", headers={"Cache-Control": "private, no-store"}
        )


class PhotoActsView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="act_by_photo", request=PhotoAct, responses={201: CheckInAnswer})
    def post(self, request: Request) -> Response:
        """An act that a photo shows, where its rule accepts photos. It waits for review."""
        body, by = parse(PhotoAct, request), person(request)
        activity = Activity(body["activity"])
        return value_door(
            request,
            lambda: services.act_by_photo(by=by, activity=activity, photo_id=body["photo"], now=clock.now()),
            checkin_body,
        )


class AwardPhotosView(APIView):
    permission_classes = [LoggedIn]
    moves_value = True

    @extend_schema(operation_id="add_photo", request=AddedPhoto, responses={201: PhotoAnswer})
    def post(self, request: Request, award_id: UUID) -> Response:
        """Adds a photo to a record of one's own while a review or an appeal is open; one photo a record."""
        photo_id, by = parse(AddedPhoto, request)["photo"], person(request)
        return value_door(
            request,
            lambda: services.add_photo(by=by, award_id=award_id, photo_id=photo_id, now=clock.now()),
            _photo,
        )


def _photo(photo: Photo) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "digest": photo.digest,
        "width": photo.width,
        "height": photo.height,
        "keep_until": clock.local(photo.keep_until),
    }
