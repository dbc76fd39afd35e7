"""E-mail: handing messages to the mail server of the settings."""

import smtplib
import ssl
from email.message import EmailMessage

from kb.errors import UnavailableError
from kb.settings import Encryption, Smtp
from web.http.guard import is_loopback

_SECONDS = 20.0
"""For connecting, and for each answer of the server."""


def send(settings: Smtp, message: EmailMessage) -> None:
    """Hand *message* to the mail server. Raises UnavailableError, with its reason, when it is not taken."""
    if not settings.host:
        raise UnavailableError("No e-mail is sent from this server: KB_SMTP_HOST names no mail server.")
    if settings.user and settings.tls is Encryption.NONE and not is_loopback(settings.host):
        raise UnavailableError("A password is not sent in the clear: set KB_SMTP_TLS to starttls or tls.")
    try:
        with _connected(settings) as server:
            if settings.user:
                server.login(settings.user, settings.password.get_secret_value())
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise UnavailableError(f"The mail server {settings.host} did not take it: {_said(error)}.") from error


def _connected(settings: Smtp) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.tls is Encryption.TLS:
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS)
    if settings.tls is Encryption.STARTTLS:
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _said(error: Exception) -> str:
    """What the server said, without what was sent to it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "it refused the name or password of KB_SMTP_USER and KB_SMTP_PASSWORD"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error).rstrip(".") or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
