"""Outgoing mail: a port, SMTP, and the local outbox for installations without a mail server."""
