"""Who may call. The default is nobody: a view that names no permission answers 401 or 403."""

from ipaddress import ip_address
from typing import Any, Protocol, runtime_checkable

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


@runtime_checkable
class HoldsRoles(Protocol):
    """What the edge knows of a person."""

    def has_role(self, role: str) -> bool: ...


class Nobody(BasePermission):
    """The default: closed until a view says who."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class Anyone(BasePermission):
    """Open without login, on purpose (assistant, stations, offers, rules, open data)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class Signed(BasePermission):
    """A machine without a login: the view proves its signature (`edge.signing`) before anything else."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class FromInside(BasePermission):
    """A caller on this machine or its private network that came through no proxy: a monitor, not the public."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if "X-Forwarded-For" in request.headers:
            return False
        try:
            return ip_address(str(request.META.get("REMOTE_ADDR"))).is_private
        except ValueError:
            return False


class LoggedIn(BasePermission):
    """Any person with a live session."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user is not None


class HasRole(BasePermission):
    """A person who holds `role` in at least one scope; the service then asks for the scope itself."""

    role = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, HoldsRoles) and request.user.has_role(self.role)


class IsCounter(HasRole):
    role = "counter"


class IsDesk(HasRole):
    role = "desk"


class IsAttendant(HasRole):
    role = "attendant"


class IsCollector(HasRole):
    role = "collector"


class IsOperator(HasRole):
    role = "operator"


class AnyoneReadsOperatorsWrite(IsOperator):
    """Open without login to read; to write, an operator."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class HasOneRole(BasePermission):
    """A person who holds at least one of `any_of`; the service then asks for the scope itself."""

    any_of: tuple[str, ...] = ()

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, HoldsRoles) and any(request.user.has_role(role) for role in self.any_of)


class IsMerchant(HasOneRole):
    any_of = ("owner", "manager")


class IsMerchantOrOperator(HasOneRole):
    any_of = ("owner", "manager", "operator")


class IsStaffOrOperator(HasOneRole):
    any_of = ("owner", "manager", "counter", "operator")
