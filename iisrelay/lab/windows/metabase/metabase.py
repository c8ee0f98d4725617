"""The metabase of one machine: the one object that ADSI, WMI, the services and the SMTP engine share."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows import fault_points
from iisrelay.lab.windows.metabase.conversion import to_stored
from iisrelay.lab.windows.metabase.disk import Disk
from iisrelay.lab.windows.metabase.failures import BAD_PATHNAME, failure, win32_failure
from iisrelay.lab.windows.metabase.installed import MAIL_FOLDERS, MAIL_ROOT, SERVICE, create_computer, create_service
from iisrelay.lab.windows.metabase.lookup import Found, clear, look_up, write
from iisrelay.lab.windows.metabase.schema import attributes_of, class_property
from iisrelay.lab.windows.metabase.sealing import Sealer
from iisrelay.lab.windows.metabase.tree import Attribute, Key, find_key, open_key
from iisrelay.lab.windows.metabase.values_json import key_from_json, key_to_json
from iisrelay.lab.windows.metabase.virtual_servers import SERVICE_NAME, VirtualServers
from iisrelay.lab.windows.services import DISABLED, RUNNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.metabase.tree import Value

_ADMIN_SERVICE = "IISADMIN"
_SERVER_CLASS = "iissmtpserver"


class Metabase:
    """The tree with its run-time state. Paths are relative to /LM: "SmtpSvc/1"; names are in any case.

    ``change_number`` grows with every change, so that a listener can tell whether it has to look again; ``observers``
    are told of each when it has been made.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.root = Key("")
        self.sealer = Sealer.generate()
        self.virtual_servers = VirtualServers(machine)
        self.disk = Disk(self)
        self.change_number = 0
        self.observers: list[Callable[[], None]] = []

    # -- life cycle

    def install_compatibility(self) -> None:
        """Make /LM, once: what IIS 6 Metabase Compatibility brings, and the SMTP Server feature with it."""
        if find_key(self.root, "LM") is None:
            create_computer(self.root)

    def smtp_installed(self) -> bool:
        """Tell whether the SMTP service has its keys."""
        return find_key(self.root, f"LM/{SERVICE}") is not None

    def install_smtp(self) -> None:
        """Do what Setup does for the feature: keys, values, mail folders and the file on disk."""
        self.install_compatibility()
        if not self.smtp_installed():
            create_service(open_key(self.root, "LM"), self.machine.windows.key, self.machine.fqdn)
        for folder in MAIL_FOLDERS:
            self.machine.files.make_directory(rf"{MAIL_ROOT}\{folder}")
        self.save_to_disk()

    def remove_smtp(self) -> None:
        """Remove the SMTP service's keys; the mail folders stay."""
        self.virtual_servers.stop_all()
        if self.smtp_installed():
            open_key(self.root, "LM").remove(SERVICE)
            self.save_to_disk()

    def service_started(self, name: str) -> None:
        """Follow a service that has started: IISADMIN reads the file, SMTPSVC starts its virtual servers."""
        if name.upper() == _ADMIN_SERVICE:
            self.disk.load_if_changed()
        elif name.upper() == SERVICE_NAME and self.smtp_installed():
            self._refresh_names()
            self.virtual_servers.start_all(self.server_keys())

    def service_stopped(self, name: str) -> None:
        """Follow a service that has stopped: IISADMIN writes the file, SMTPSVC stops its virtual servers."""
        if name.upper() == _ADMIN_SERVICE:
            with contextlib.suppress(NetError):  # a service that ends has nobody to tell that the disk is full
                self.save_to_disk()
        elif name.upper() == SERVICE_NAME:
            self.virtual_servers.stop_all()

    def save_to_disk(self) -> None:
        """Write MetaBase.xml and a copy of it into the history."""
        if find_key(self.root, "LM") is not None and fault_points.before_save(self.machine, "SaveData"):
            self.disk.save()

    def power_lost(self) -> None:
        """Come back from the file on disk.

        IISADMIN also writes the file by itself some time after a change; power is taken to go sooner than that.
        """
        self.virtual_servers.stop_all()
        self.disk.saved_digest = ""
        self.disk.load_if_changed()

    # -- keys

    def ensure_available(self) -> None:
        """Make sure that the metabase answers; asking starts IISADMIN (inferred: a COM server in that service).

        Raises:
            NetError: 0x80005000 when the ADSI provider is not installed, 0x80070422 when IISADMIN is disabled.
        """
        service = self.machine.services.find(_ADMIN_SERVICE)
        if service is None:
            raise failure(BAD_PATHNAME)
        self.install_compatibility()
        if service.status == RUNNING:
            return
        if service.start_type == DISABLED:
            raise win32_failure(1058)
        self.machine.services.start(service)

    def find(self, path: str) -> Key | None:
        """Give the key of a path below /LM, or None."""
        return find_key(self.root, f"LM/{path}")

    def open(self, path: str) -> Key:
        """Give the key of a path below /LM.

        Raises:
            NetError: 0x80070003 when there is none.
        """
        return open_key(self.root, f"LM/{path}")

    def server_keys(self) -> Iterator[Key]:
        """Give the keys of all virtual servers, in the order of their numbers."""
        service = self.find(SERVICE)
        children = service.children.values() if service else ()
        servers = [key for key in children if key.key_type.lower() == _SERVER_CLASS]
        return iter(sorted(servers, key=lambda key: (len(key.name), key.name)))

    def create(self, parent: Key, name: str, key_type: str) -> Key:
        """Create a key."""
        if not fault_points.before_write(self.machine, _place(parent, name), "KeyType"):
            return Key(name, key_type, parent)  # what SetInfo then writes to it finds no such path
        key = parent.add(name, key_type)
        self._changed()
        return key

    def delete(self, parent: Key, name: str) -> None:
        """Delete a key with all below it; a virtual server that runs is stopped."""
        key = parent.child(name)
        if not fault_points.before_write(self.machine, _place(parent, name), "KeyType"):
            return
        parent.remove(name)
        self._changed()
        if key is not None and key.key_type.lower() == _SERVER_CLASS:
            self.virtual_servers.forget(key)

    # -- values

    def read(self, key: Key, name: str) -> Found | None:
        """Give the effective value of a property, or None when nothing supplies one.

        Raises:
            NetError: 0x80005006 when the key's class does not have the property.
        """
        schema = class_property(key.key_type, name)
        if schema.volatile:
            value = self._run_time_value(key, schema.name)
            return None if value is None else Found(value, Attribute.VOLATILE, schema.user_type, key)
        if schema.name == "KeyType":
            return Found(key.key_type, Attribute.NONE, schema.user_type, key)
        return look_up(key, schema)

    def write(self, key: Key, name: str, value: object) -> None:
        """Convert and store a value; run-time properties act instead.

        Raises:
            NetError: 0x80005006 for a property that the class does not have, and the conversion's errors.
        """
        schema = class_property(key.key_type, name)
        stored = to_stored(schema, value)
        if not fault_points.before_write(self.machine, _place(key), schema.name):
            return
        if schema.volatile:
            self._command(key, schema.name, stored)
        elif schema.name == "KeyType":
            key.key_type = str(stored)
        else:
            write(key, schema, stored, attributes_of(schema))
        self._changed()

    def clear(self, key: Key, name: str) -> None:
        """Delete the key's own value, so that the inherited one shows again.

        Raises:
            NetError: 0x80005006 when the key's class does not have the property.
        """
        schema = class_property(key.key_type, name)
        if fault_points.before_write(self.machine, _place(key), schema.name) and clear(key, schema):
            self._changed()

    # -- state

    def to_json(self) -> dict[str, Any]:
        """Give the whole state as JSON; SECURE values are sealed."""
        return {
            "key": self.sealer.key.hex(),
            "change_number": self.change_number,
            "disk": self.disk.to_json(),
            "run_time": self.virtual_servers.to_json(),
            "root": key_to_json(self.root, self.sealer),
        }

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace the state by that of the JSON form."""
        self.sealer = Sealer(bytes.fromhex(data["key"]))
        self.change_number = data["change_number"]
        self.disk.load_json(data["disk"])
        self.virtual_servers.load_json(data["run_time"])
        self.root = key_from_json(data["root"], self.sealer)

    def _changed(self) -> None:
        self.change_number += 1
        for observer in self.observers:
            observer()

    def _run_time_value(self, key: Key, name: str) -> Value | None:
        if key.key_type.lower() != _SERVER_CLASS:
            return 0 if name == "Win32Error" else None
        run_time = self.virtual_servers.run_time(key)
        return {"ServerState": int(run_time.state), "Win32Error": run_time.error}.get(name)

    def _command(self, key: Key, name: str, value: Value) -> None:
        if key.key_type.lower() == _SERVER_CLASS and isinstance(value, int):
            if name == "ServerCommand":
                self.virtual_servers.command(key, value)
            elif name == "ServerState":
                self.virtual_servers.request_state(key, value)

    def _refresh_names(self) -> None:
        """Write the computer's name, unless an administrator has set another (inferred from the name UpdatedFQDN)."""
        service = self.open(SERVICE)
        for name, mark in (("FullyQualifiedDomainName", "UpdatedFQDN"), ("DefaultDomain", "UpdatedDefaultDomain")):
            updated = self.read(service, mark)
            if updated is None or not updated.value:
                write(service, class_property(service.key_type, name), self.machine.fqdn)


def _place(key: Key, below: str = "") -> str:
    """Give a path as scripts write it, below /LM."""
    return f"{key.path.removeprefix('/LM').strip('/')}/{below}".strip("/")
