"""Wire types of sessions and passwords."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from medea.kernel.auth.passwords import MAX_LENGTH, MIN_LENGTH
from medea.kernel.ids import SessionId
from medea.kernel.web.wire import Email, Text, Wire, WireIn

NewPassword = Annotated[Text, Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH)]
"""A password to be: neither the e-mail address nor one character repeated."""
GivenPassword = Annotated[Text, Field(min_length=1, max_length=MAX_LENGTH)]
"""A password to be checked."""


class SessionRead(Wire):
    """A place where the person is logged in."""

    id: SessionId
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str | None
    ip: str | None
    is_current: bool


class PasswordChange(WireIn):
    """A new password instead of the old one."""

    current_password: GivenPassword
    new_password: NewPassword


class PasswordForgot(WireIn):
    """Whose password was forgotten."""

    email: Email


class PasswordForgotRead(Wire):
    """Says nothing: whether there is such an account is nobody's business."""


class PasswordResetIn(WireIn):
    """A new password, with the token from the mailed link."""

    token: Annotated[Text, Field(min_length=1, max_length=500)]
    new_password: NewPassword
