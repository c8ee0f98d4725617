import re

from iisrelay.script import render_standalone

SITE = """
virtual_servers:
  - {name: A-B, delivery: {smart_host: a.example, outbound_security: {username: a, tls: true, password: 'file:/one'}}}
  - {name: A B, delivery: {smart_host: a.example, outbound_security: {username: b, tls: true, password: 'file:/two'}}}
  - {name: C, delivery: {smart_host: a.example, outbound_security: {username: c, tls: true, password: env:Mail}}}
  - {name: D, delivery: {smart_host: a.example, outbound_security: {username: d, tls: true, password: env:MAIL}}}
  - {name: E, delivery: {smart_host: a.example, outbound_security: {username: e, tls: true, password: env:Mail}}}
"""


def test_different_secrets_have_different_variables_on_windows(site_target):
    script = render_standalone(site_target(SITE))
    assert re.findall(r"Set-MetabaseSecret .*-Secret '([^']*)'", script) == [
        "IISRELAY_VIRTUAL_SERVERS_A_B_DELIVERY_OUTBOUND_SECURITY_PASSWORD",
        "IISRELAY_VIRTUAL_SERVERS_A_B_DELIVERY_OUTBOUND_SECURITY_PASSWORD_2",
        "Mail",
        "MAIL_2",
        "Mail",
    ]
