"""The words and numbers that every part of iisrelay reports with."""

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """Exit codes of the command line; a published contract."""

    OK = 0
    FAILED = 1
    DRIFT = 2
    INVALID_SITE = 3
    UNREACHABLE = 4
    PARTIAL = 5
    UNSUPPORTED = 6
    REFUSED = 7
    REBOOT_REQUIRED = 8
    USAGE = 64
    INTERRUPTED = 130


class Action(StrEnum):
    """What a change does to the place where a setting is stored."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Outcome(StrEnum):
    """What became of one change."""

    PENDING = "pending"  # planned, not applied (yet)
    APPLIED = "applied"  # written and read back as desired
    UNCHANGED = "unchanged"  # was as desired when the script came to it
    FAILED = "failed"  # the host refused the write
    NOT_VERIFIED = "not_verified"  # written without an error, but read back otherwise
    SKIPPED = "skipped"  # not tried, because something it depends on failed
    ROLLED_BACK = "rolled_back"  # made, and undone because another change failed
    UNKNOWN = "unknown"  # the host was lost while it was applying: the next plan tells


class Restart(StrEnum):
    """What has to be restarted before a change has its effect; ordered from nothing to everything."""

    NONE = "none"
    VIRTUAL_SERVER = "virtual_server"
    SERVICE = "service"  # SMTPSVC together with IISADMIN: they share inetinfo.exe
    REBOOT = "reboot"


class HostStatus(StrEnum):
    """The one-word result for a host, derived from its report."""

    IN_SYNC = "in_sync"  # nothing to do
    CHANGES = "changes"  # plan: changes are pending
    APPLIED = "applied"  # everything applied and verified
    DRIFT = "drift"  # verify: the host differs from the site file
    PARTIAL = "partial"  # some changes applied, some not
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    REBOOT_REQUIRED = "reboot_required"
