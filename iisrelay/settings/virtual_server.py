"""All sections of a virtual server."""

from pydantic import Field

from iisrelay.settings.access import Access
from iisrelay.settings.declare import Section
from iisrelay.settings.delivery import Delivery
from iisrelay.settings.folders import Folders
from iisrelay.settings.general import General
from iisrelay.settings.ldap_routing import LdapRouting
from iisrelay.settings.messages import Messages
from iisrelay.settings.protocol import Esmtp, Protocol
from iisrelay.settings.raw import SERVER_CLASS, raw_section
from iisrelay.settings.security import Security


class VirtualServerSettings(Section):
    """What can be set on a virtual server; the sections follow the tabs of its dialog."""

    general: General | None = Field(None, description="The General tab.")
    access: Access | None = Field(None, description="The Access tab.")
    messages: Messages | None = Field(None, description="The Messages tab.")
    delivery: Delivery | None = Field(None, description="The Delivery tab.")
    ldap_routing: LdapRouting | None = Field(None, description="The LDAP Routing tab.")
    security: Security | None = Field(None, description="The Security tab.")
    folders: Folders | None = Field(None, description="The mail folders.")
    esmtp: Esmtp | None = Field(None, description="The ESMTP verbs, which have no control in the console.")
    protocol: Protocol | None = Field(None, description="Settings of the protocol without a control in the console.")
    metabase: raw_section(SERVER_CLASS) | None = Field(  # type: ignore[valid-type]  # a model made from the schema
        None, description="Any other writable property of the virtual server by its metabase name."
    )
