"""Mail to an SMTP server: what it accepts, what it refuses, and what comes of the others then."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from medea.kernel.mail.mailer import AddressRefused, Mail, send_each
from medea.kernel.mail.smtp import SmtpMailer
from medea.kernel.settings import MailSettings


@dataclass
class MailServer:
    """Takes mails, but to addresses that it has an answer for.

    Attributes:
        accepted: addresses, in their order.
    """

    refused: dict[str, str] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak as much of SMTP as a client needs."""

        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 ready")
        while line := (await reader.readline()).decode().strip():
            verb, address = line[:4].upper(), line.partition("<")[2].partition(">")[0]
            if verb == "RCPT" and address in self.refused:
                say(self.refused[address])
            elif verb == "DATA":
                say("354 go on")
                await reader.readuntil(b"\r\n.\r\n")
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                break
            else:
                if verb == "RCPT":
                    self.accepted.append(address)
                say("250 well")
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server on this machine."""
    found = MailServer()
    listening = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield found


def mailer_to(server: MailServer) -> SmtpMailer:
    settings = MailSettings(
        backend="smtp", sender="Medea <no-reply@example.com>", host="127.0.0.1", port=server.port, starttls=False
    )
    return SmtpMailer(settings)


async def test_an_address_that_is_refused_keeps_nobody_elses_mail_back(server: MailServer) -> None:
    server.refused = {"gone@example.com": "550 no such person"}
    mailer = mailer_to(server)
    with pytest.raises(AddressRefused):
        await mailer.send(Mail("gone@example.com", "Hello", "Hello."))
    await send_each(mailer, ["ann@example.com", "gone@example.com", "bob@example.com"], "Hello", "Hello.")
    assert server.accepted == ["ann@example.com", "bob@example.com"]


async def test_what_may_be_accepted_later_is_for_the_job_to_try_again(server: MailServer) -> None:
    server.refused = {"full@example.com": "452 mailbox full"}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await send_each(mailer_to(server), ["full@example.com"], "Hello", "Hello.")
