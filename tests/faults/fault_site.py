"""The site of the sweep: five virtual servers in an old state and in a new one, both well defined."""

from pathlib import Path

HOST = "relay01"
WINDOWS = "2019"
OLD_SECRET = "Old-Marker-5b0c77e1"
NEW_SECRET = "New-Marker-d94e02a8"
SECRETS = (OLD_SECRET, NEW_SECRET)
WITH_MAIL = ("Alpha", "Bravo", "Charlie", "Delta")
MAILS = 3  # in each of their queues

HEAD = """\
version: 1
hosts: {{relay01: {{}}}}
defaults:
  state: started
  access: {{authentication: [anonymous]}}
  delivery:
    outbound_port: 587
    outbound_security: {{method: basic, tls: true, username: relay, password: 'file:{secret}'}}
"""
OLD = """\
service: {startup: automatic, state: running}
virtual_servers:
  - name: Alpha
    general: {bindings: ['127.0.0.1:22521']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: alpha}, hop_count: 20}
    folders: {root: 'D:\\mail\\alpha'}
  - name: Bravo
    general: {bindings: ['127.0.0.1:22522']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1, 10.0.0.0/24]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: bravo}}
    folders: {root: 'D:\\mail\\bravo'}
  - name: Charlie
    general: {bindings: ['127.0.0.1:22523']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: charlie}}
    domains: [{name: partner.example, type: remote, relay: true}]
    folders: {root: 'D:\\mail\\charlie'}
  - name: Delta
    general: {bindings: ['127.0.0.1:22524']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: delta}, hop_count: 30}
    folders: {root: 'D:\\mail\\delta'}
  - name: Obsolete
    general: {bindings: ['127.0.0.1:22529']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: obsolete}}
    folders: {root: 'D:\\mail\\obsolete'}
"""
NEW = """\
service: {startup: delayed-automatic, state: running}
tls: {policy: tls12}
virtual_servers:
  - name: Alpha
    general: {bindings: ['127.0.0.1:22521']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1, 192.0.2.0/28]}}
    messages: {max_size: 25MB, max_session_size: 50MB}
    delivery: {smart_host: smtp.example.net, outbound_security: {username: alpha}, hop_count: 25}
  - name: Bravo
    general: {bindings: ['127.0.0.1:22523']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: bravo2}}
  - name: Charlie
    general: {bindings: ['127.0.0.1:22522']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: charlie}}
    domains: [{name: partner.example, type: remote, relay: true, smart_host: '[192.0.2.9]'}]
  - name: Delta
    general: {bindings: ['127.0.0.1:22524'], fqdn: relay.example.com}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: delta}, hop_count: null}
    folders: {root: 'D:\\moved\\delta'}
  - name: Echo
    general: {bindings: ['127.0.0.1:22525']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery: {smart_host: smtp.example.com, outbound_security: {username: echo}}
    folders: {root: 'D:\\mail\\echo'}
  - {name: Obsolete, state: absent}
"""


def write_sites(folder: Path, secrets: Path) -> tuple[Path, Path]:
    """Write both site files, and their passwords into a folder of their own; gives the files."""
    secrets.mkdir()
    made = []
    for name, body, secret in (("old", OLD, OLD_SECRET), ("new", NEW, NEW_SECRET)):
        (secrets / name).write_text(secret, encoding="utf-8")
        path = folder / f"{name}.yaml"
        path.write_text(HEAD.format(secret=secrets / name) + body, encoding="utf-8")
        made.append(path)
    return made[0], made[1]
