"""The Security tab: the operators."""

from typing import Annotated

from pydantic import Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.lists import Trustees


class Security(Section):
    """The Security tab."""

    operators: Annotated[list[str] | None, Metabase("AdminACL", Trustees())] = Field(
        None,
        description="Accounts and groups that may administer the virtual server, such as 'BUILTIN\\Administrators'.",
    )
