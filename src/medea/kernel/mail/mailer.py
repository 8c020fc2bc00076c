"""What a mail is and how one leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

log = structlog.get_logger()


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


class AddressRefused(Exception):
    """No mail goes to this address, now or later."""


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Hand the mail over.

        Raises:
            AddressRefused: trying again is of no use.
            OSError, smtplib.SMTPException: it was not accepted; the calling job tries again.
        """
        ...


async def send_each(mailer: Mailer, addresses: Iterable[str], subject: str, text: str) -> None:
    """Send the same to several people, in mails of their own. An address that is refused keeps nobody else's back.

    Raises:
        OSError, smtplib.SMTPException: one was not accepted; the calling job tries again, with all of them.
    """
    for address in addresses:
        try:
            await mailer.send(Mail(address, subject, text))
        except AddressRefused as refusal:
            log.warning("mail.address_refused", reason=str(refusal))
