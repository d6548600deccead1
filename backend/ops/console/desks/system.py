"""What partners are told, and what waits to be done."""

from django.contrib import admin

from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Sure, Verb
from backend.outbox import services as outbox
from backend.outbox.models import Task
from backend.outbox.types import TaskStatus
from backend.webhooks import services as webhooks
from backend.webhooks.models import Delivery, Endpoint
from backend.webhooks.types import DeliveryStatus, EndpointStatus


def _rotate(act: Act) -> str:
    return webhooks.rotate_secret(by=act.by, endpoint_id=act.obj.pk, now=act.now)


def _enable(act: Act) -> Endpoint:
    return webhooks.change_endpoint(by=act.by, endpoint_id=act.obj.pk, enabled=True, now=act.now)


def _disable(act: Act) -> Endpoint:
    reason = act.said["reason"]
    return webhooks.change_endpoint(by=act.by, endpoint_id=act.obj.pk, enabled=False, reason=reason, now=act.now)


@admin.register(Endpoint, site=console)
class EndpointDesk(ReadOnly):
    label, section = "推送端点", Section.SYSTEM
    list_display = ("name", "url", "status", "reason", "failing_since", "resting_until")
    list_filter = ("status",)
    find_by = ("id", "name")
    related = (("推送记录", "webhooks_delivery", "endpoint"),)
    verbs = (
        Verb("rotate", "更换密钥", _rotate, Sure, secrets=lambda secret: [("新密钥", secret)]),
        Verb("enable", "启用", _enable, Sure, shown_when=lambda each: each.status == EndpointStatus.DISABLED),
        Verb("disable", "停用", _disable, shown_when=lambda each: each.status == EndpointStatus.ENABLED),
    )


def _again(act: Act) -> Delivery:
    return webhooks.replay_delivery(by=act.by, delivery_id=act.obj.pk, now=act.now)


@admin.register(Delivery, site=console)
class DeliveryDesk(ReadOnly):
    label, section = "推送记录", Section.SYSTEM
    list_display = ("id", "endpoint", "event", "status", "reason", "created_at", "ended_at")
    list_filter = ("status",)
    verbs = (Verb("replay", "重新推送", _again, Sure, shown_when=lambda each: each.status != DeliveryStatus.PENDING),)


@admin.register(Task, site=console)
class TaskDesk(ReadOnly):
    label, section = "后台任务", Section.SYSTEM
    list_display = ("id", "topic", "lane", "status", "tries", "due_at", "reason")
    list_filter = ("status", "lane")
    find_by = ("id", "topic")
    verbs = (
        Verb(
            "replay", "重新执行", lambda act: outbox.replay(by=act.by, task_id=act.obj.pk, now=act.now), Sure,
            shown_when=lambda task: task.status == TaskStatus.DEAD,
        ),
    )  # fmt: skip
