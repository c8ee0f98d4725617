"""Providers and administrative cmdlets; importing the package registers them."""

from iisrelay.lab.windows.cmdlets import (
    access_control,
    certificates,
    content,
    event_logs,
    features,
    firewall_rules,
    item_properties,
    item_transfer,
    items,
    locations,
    network,
    path_cmdlets,
    services,
    system,
)

__all__ = [
    "access_control",
    "certificates",
    "content",
    "event_logs",
    "features",
    "firewall_rules",
    "item_properties",
    "item_transfer",
    "items",
    "locations",
    "network",
    "path_cmdlets",
    "services",
    "system",
]
