"""What a mail is and how one leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person.

    Attributes:
        to: address.
        subject: one line.
        text: plain text body.
    """

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail in the local outbox."""

    id: str
    at: datetime
    mail: Mail


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Hand the mail over.

        Raises:
            OSError, smtplib.SMTPException: it was not accepted; the calling job tries again.
        """
        ...
