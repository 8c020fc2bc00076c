"""The local outbox gives back what was sent."""

from pathlib import Path

from medea.kernel.mail.local import LocalMailer
from medea.kernel.mail.mailer import Mail


async def test_a_mail_is_read_as_it_was_written(tmp_path: Path) -> None:
    mailer = LocalMailer(tmp_path / "mail", "Medea <no-reply@localhost>")
    mail = Mail("ann@example.com", "Grüße", "Hello,\n\n  http://127.0.0.1:8000/reset?token=" + "x" * 200 + "\n\nBye.\n")
    await mailer.send(mail)
    (sent,) = await mailer.list_sent()
    assert sent.mail == mail
