"""Mail through an SMTP server (RFC 5321), with STARTTLS and log-in where set."""

import asyncio
import smtplib
import ssl

from medea.kernel.mail.local import compose
from medea.kernel.mail.mailer import AddressRefused, Mail
from medea.kernel.settings import MailSettings

_TIMEOUT = 20.0


class SmtpMailer:
    """Sends each mail over a connection of its own."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        """Hand the mail to the server, in a thread."""
        await asyncio.to_thread(self._send, mail)

    def _send(self, mail: Mail) -> None:
        settings = self._settings
        with smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.username and settings.password:
                server.login(settings.username, settings.password.get_secret_value())
            try:
                server.send_message(compose(mail, settings.sender))
            except smtplib.SMTPRecipientsRefused as refusal:
                codes = [code for code, _ in refusal.recipients.values()]
                if all(code >= 500 for code in codes):  # of 4xx another try may be accepted
                    raise AddressRefused(f"status {codes[0]}") from None
                raise
