"""What iisrelay promises of a host, kept by the lab and, where they can run, by a real Windows Server."""

from iisrelay.status import HostStatus

TWO_SERVERS = """
virtual_servers:
  - name: Contract one
    state: started
    general: {bindings: ['127.0.0.1:2601'], connections: {timeout: 7m}}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1, 10.20.0.0/16]}, authentication: [anonymous, basic]}
    messages: {max_size: 5MB, max_session_size: unlimited}
    delivery:
      smart_host: 192.0.2.10
      outbound_security: {method: basic, username: contract, password: env:CONTRACT_PASSWORD, tls: true}
      hop_count: 21
  - name: Contract two
    state: stopped
    general: {bindings: ['127.0.0.1:2602']}
    domains: [{name: partner.example, type: remote, relay: true}]
"""
GONE = """
virtual_servers:
  - {name: Contract one, state: absent}
  - {name: Contract two, state: absent}
"""
FIND = """
function Find($name) {
    foreach ($child in ([ADSI]'IIS://localhost/SmtpSvc').psbase.Children) {
        if ($child.psbase.SchemaClassName -eq 'IIsSmtpServer' -and
            $child.psbase.Properties['ServerComment'].Value -eq $name) { return $child }
    }
}
"""


def read(host, server, name):
    return host.powershell(f"{FIND}(Find '{server}').psbase.Properties['{name}'].Value")


def test_virtual_servers_come_are_as_written_and_go(host):
    try:
        applied = host.apply(TWO_SERVERS)
        assert applied.status is HostStatus.APPLIED
        assert host.plan(TWO_SERVERS).status is HostStatus.IN_SYNC
        assert read(host, "Contract one", "HopCount") == ["21"]
        assert read(host, "Contract one", "ConnectionTimeout") == ["420"]
        assert read(host, "Contract one", "MaxMessageSize") == ["5242880"]
        assert read(host, "Contract one", "SmartHost") == ["[192.0.2.10]"]
        assert read(host, "Contract one", "AuthFlags") == ["3"]
        assert read(host, "Contract one", "ServerState") == ["2"]
        assert read(host, "Contract two", "ServerState") == ["4"]
    finally:
        removed = host.apply(GONE, "no-listener", "many-changes")
    assert removed.status is HostStatus.APPLIED
    assert host.plan(GONE).status is HostStatus.IN_SYNC


def test_a_relay_list_reads_back_through_the_security_object(host):
    script = FIND + (
        "$list = (Find 'Contract one').psbase.Properties['RelayIpList'].Value\n"
        "$get = [Reflection.BindingFlags]'Public,Instance,GetProperty'\n"
        "$list.GetType().InvokeMember('GrantByDefault', $get, $null, $list, $null)\n"
        "foreach ($entry in $list.GetType().InvokeMember('IPGrant', $get, $null, $list, $null)) {\n"
        "    $entry.Replace(' ', '')\n"
        "}"
    )
    try:
        host.apply(TWO_SERVERS)
        grant_by_default, *entries = host.powershell(script)
        assert grant_by_default == "False"
        assert sorted(entries) == ["10.20.0.0,255.255.0.0", "127.0.0.1,255.255.255.255"]
    finally:
        host.apply(GONE, "no-listener", "many-changes")


def test_an_open_relay_is_refused_until_it_is_named(host):
    site = "virtual_servers: [{name: Contract one, access: {relay: {allow: all_except, addresses: []}}}]\n"
    assert host.apply(site).status is HostStatus.REFUSED
