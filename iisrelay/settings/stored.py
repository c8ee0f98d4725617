"""Values as Windows stores them, and the places where it stores them."""

from dataclasses import dataclass
from enum import StrEnum


class Store(StrEnum):
    """The kind of place a setting lives in."""

    METABASE = "metabase"
    REGISTRY = "registry"
    SERVICE = "service"
    FEATURE = "feature"
    FIREWALL = "firewall"
    FOLDER = "folder"


class Kind(StrEnum):
    """The type of a stored value: the metabase's types, then the registry's."""

    DWORD = "DWORD"  # int, 0 to 2**32 - 1 (ADSI shows it signed)
    BOOL = "BOOL"  # bool
    STRING = "STRING"  # str
    EXPANDSZ = "EXPANDSZ"  # str, %windir% unexpanded
    MULTISZ = "MULTISZ"  # tuple[str, ...]
    BINARY = "BINARY"  # bytes
    IPSECLIST = "IPSECLIST"  # AccessList
    ACL = "ACL"  # tuple[str, ...]: the trustees of AdminACL
    REG_DWORD = "REG_DWORD"  # int
    REG_SZ = "REG_SZ"  # str
    WORD = "WORD"  # str: a state or a start type of a service, a feature, a firewall rule


@dataclass(frozen=True)
class AccessList:
    """A relay or connection list (RelayIpList, IPSecurity) as IIsIPSecurity shows it.

    ``grant_by_default`` False is "Only the list below"; True is "All except the list below".
    ``addresses`` are ``"address, mask"`` strings, ``domains`` DNS names such as ``*.example.com``.
    ``own_addresses`` stands for the host's own addresses until a plan replaces it by them.
    """

    grant_by_default: bool
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    own_addresses: bool = False


Stored = int | bool | str | bytes | tuple[str, ...] | AccessList


@dataclass(frozen=True, order=True)
class Address:
    r"""Where one value is stored.

    ``path`` of the metabase is relative to the scope in a Target ("" for the virtual server itself, "RoutingSources",
    "Domain/partner.example") and absolute below /LM in an Observed state and in a Plan ("SmtpSvc/1"). The registry's
    path is "HKLM\SYSTEM\...".
    """

    store: Store
    path: str
    name: str
