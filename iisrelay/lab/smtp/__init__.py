"""The SMTP service of a lab host: real listeners and real deliveries that obey the metabase."""

from iisrelay.lab.smtp.service import SmtpService

__all__ = ["SmtpService"]
