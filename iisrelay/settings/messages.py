"""The Messages tab: limits and undeliverable mail."""

from typing import Annotated

from pydantic import Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.numbers import Number, Size
from iisrelay.settings.texts import Folder, Text
from iisrelay.status import Restart

RESTARTS = Restart.VIRTUAL_SERVER


class Messages(Section):
    """The Messages tab."""

    max_size: Annotated[str | None, Metabase("MaxMessageSize", Size(lower=1024, unlimited=(0,)), restart=RESTARTS)] = (
        Field(None, description="Largest message accepted, or 'unlimited'. Mail grows by a third on its way (MIME).")
    )
    max_session_size: Annotated[
        str | None, Metabase("MaxSessionSize", Size(lower=1024, unlimited=(0,)), restart=RESTARTS)
    ] = Field(None, description="Largest amount of data in one session, or 'unlimited'; at least the largest message.")
    max_messages_per_connection: Annotated[
        int | str | None,
        Metabase("MaxBatchedMessages", Number(lower=1, upper=2_000_000_000, unlimited=(0,)), restart=RESTARTS),
    ] = Field(
        None, description="Messages sent over one outbound connection before a new one is opened, or 'unlimited'."
    )
    max_recipients: Annotated[
        int | str | None, Metabase("MaxRecipients", Number(lower=1, unlimited=(0,)), restart=RESTARTS)
    ] = Field(None, description="Largest number of recipients of one message, or 'unlimited'.")
    copy_ndr_to: Annotated[str | None, Metabase("SendNdrTo", Text())] = Field(
        None, description="Mail address that gets a copy of every non-delivery report."
    )
    bad_mail_to: Annotated[str | None, Metabase("SendBadTo", Text())] = Field(
        None, description="Alias that undeliverable mail is sent to."
    )
    bad_mail_folder: Annotated[str | None, Metabase("BadMailDirectory", Folder(), restart=RESTARTS)] = Field(
        None, description="Folder for undeliverable mail; wins over folders.root."
    )
