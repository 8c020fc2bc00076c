"""The local outbox: each mail is a file in the data folder, and a line in the log."""

import asyncio
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import structlog

from medea.kernel.ids import MailId
from medea.kernel.mail.mailer import Mail, SentMail

log = structlog.get_logger()


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Return the RFC 5322 message. Line breaks in header fields are refused by the library."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = datetime.now(UTC)
    message.set_content(mail.text)
    return message


class LocalMailer:
    """Writes mails to a folder.

    Args:
        folder: made on first use.
        sender: `From` of every mail.
    """

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """Write the mail as `<id>.eml`."""
        path = self._folder / f"{MailId.new()}.eml"
        data = compose(mail, self._sender).as_bytes()
        await asyncio.to_thread(self._write, path, data)
        log.info("mail.written", to=mail.to, subject=mail.subject, file=path.name)

    async def list_sent(self, limit: int = 50) -> list[SentMail]:
        """Return the newest mails, newest first."""
        return await asyncio.to_thread(self._read, limit)

    def _write(self, path: Path, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)

    def _read(self, limit: int) -> list[SentMail]:
        found = []
        for path in sorted(self._folder.glob("mail_*.eml"), reverse=True)[:limit]:
            message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            body = message.get_body(("plain",))
            text = body.get_content().replace("\r\n", "\n") if body else ""  # as it was given, not as mail travels
            mail = Mail(str(message["To"]), str(message["Subject"]), text)
            at = datetime.fromtimestamp((MailId.parse(path.stem).int >> 80) / 1000, UTC)
            found.append(SentMail(path.stem, at, mail))
        return found
