"""The mail folders, which have no control in the console but one."""

from typing import Annotated

from pydantic import AfterValidator, Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.texts import Folder
from iisrelay.status import Restart

RESTARTS = Restart.VIRTUAL_SERVER
# What stands below a root; the fourth folder is messages.bad_mail_folder.
BELOW_ROOT = {"queue": "Queue", "pickup": "Pickup", "drop": "Drop"}
BAD_MAIL_BELOW_ROOT = "Badmail"


def _checked_folder(written: str) -> str:
    return Folder().store(written)


class Folders(Section):
    """The mail folders of a virtual server; each virtual server needs its own."""

    root: Annotated[str, AfterValidator(_checked_folder)] | None = Field(
        None, description="Folder that Queue, Pickup, Drop and Badmail stand below; folders named by themselves win."
    )
    queue: Annotated[str | None, Metabase("QueueDirectory", Folder(), restart=RESTARTS)] = Field(
        None, description="Folder for mail that waits for delivery."
    )
    pickup: Annotated[str | None, Metabase("PickupDirectory", Folder(), restart=RESTARTS)] = Field(
        None, description="Folder that is watched for message files to send."
    )
    drop: Annotated[str | None, Metabase("DropDirectory", Folder(), restart=RESTARTS)] = Field(
        None, description="Folder that mail for local domains is written to."
    )
