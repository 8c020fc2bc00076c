"""Refusals of identity."""

from medea.kernel.errors import Conflict, Invalid, NotFound, Unauthenticated


class EmailTaken(Conflict):
    """There is an account with this e-mail address already; log in instead."""

    code = "identity.email_taken"


class LoginFailed(Unauthenticated):
    """E-mail address or password is wrong."""

    code = "identity.login_failed"


class WrongPassword(Invalid):
    """The current password is wrong."""

    code = "identity.wrong_password"


class WeakPassword(Invalid):
    """This password is too easy to guess; choose another."""

    code = "identity.weak_password"


class ResetLinkInvalid(Invalid):
    """This link was used already, is too old or was cut off; ask for a new one."""

    code = "identity.reset_link_invalid"


class SessionNotFound(NotFound):
    """You have no such session; it may have ended."""

    code = "identity.session_not_found"


class UserNotFound(NotFound):
    """There is no such person."""

    code = "identity.user_not_found"
