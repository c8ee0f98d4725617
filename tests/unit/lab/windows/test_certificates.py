"""Certificate stores: the Cert: drive, its cmdlets, X509Store, and what a machine trusts."""

import datetime as dt

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.certificates import self_signed
from iisrelay.lab.windows.machine import Machine

UNTRUSTED = (
    "UntrustedRoot: A certificate chain processed, but terminated in a root certificate which is not trusted by the "
    "trust provider."
)
NAMES = ("relay.contoso.example", "localhost")


@pytest.fixture
def machine():
    made = Machine.create("LAB01", "2019")
    now = made.clock.now()
    made.certificates.add("LocalMachine", "My", self_signed(NAMES, now=now, ends=now + dt.timedelta(days=30)))
    return made


def run(machine, script):
    machine.files.write_text("C:\\case.ps1", script, "utf-8-sig")
    output = []
    run_powershell(
        machine,
        ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", "C:\\case.ps1"],
        read_line=lambda: None,
        read_all=str,
        out=output.append,
        err=output.append,
        environment=machine.environment,
        current_directory="C:\\",
    )
    return "".join(output).replace("\r\n", "\n").removesuffix("\n").split("\n")


def test_the_drive(machine):
    script = r"""
        (Get-ChildItem Cert:\ | ForEach-Object { $_.Location }) -join ' '
        $found = Get-ChildItem Cert:\LocalMachine\My
        $found.Subject; $found.HasPrivateKey; $found.PSParentPath; $found.DnsNameList[1].Unicode
        Test-Path "cert:\localmachine\my\$($found.Thumbprint.ToLower())"
        (Get-Item "Cert:\LocalMachine\My\$($found.Thumbprint)").Thumbprint -eq $found.Thumbprint
        $found | Remove-Item
        @(Get-ChildItem Cert:\LocalMachine\My).Count"""
    assert run(machine, script) == [
        "CurrentUser LocalMachine",
        "CN=relay.contoso.example",
        "True",
        r"Microsoft.PowerShell.Security\Certificate::LocalMachine\My",
        "localhost",
        "True",
        "True",
        "0",
    ]


def test_the_store_of_net(machine):
    script = r"""
        $store = New-Object Security.Cryptography.X509Certificates.X509Store 'My', 'LocalMachine'
        $own = Get-Item Cert:\LocalMachine\My\*
        try { $store.Add($own) } catch { $_.Exception.InnerException.Message.Trim() }
        $store.Open([Security.Cryptography.X509Certificates.OpenFlags]'ReadWrite')
        '{0} {1} {2}' -f $store.Name, $store.Location, $store.Certificates.Count
        $first = $store.Certificates[0]
        $store.Certificates.Find('FindByThumbprint', $first.Thumbprint, $false).Count
        $store.Certificates.Find('FindBySubjectName', 'nobody', $false).Count
        $store.Remove($first)
        $store.Certificates.Count
        $store.Close()"""
    expected = ["The X509 certificate store has not been opened.", "My LocalMachine 1", "1", "0", "0"]
    assert run(machine, script) == expected


def test_new_exported_imported_and_trusted(machine):
    script = r"""
        $c = New-SelfSignedCertificate -DnsName mail.contoso.example -CertStoreLocation Cert:\LocalMachine\My `
            -NotAfter (Get-Date '2040-01-02')
        '{0} {1:yyyy-MM-dd} {2}' -f $c.Subject, $c.NotAfter, $c.PublicKey.Key.KeySize
        $chain = New-Object Security.Cryptography.X509Certificates.X509Chain
        $chain.ChainPolicy.RevocationMode = 'NoCheck'
        $chain.Build($c)
        $chain.ChainStatus | ForEach-Object { '{0}: {1}' -f $_.Status, $_.StatusInformation.Trim() }
        Export-Certificate -Cert $c -FilePath C:\mail.cer | Out-Null
        $copy = Import-Certificate -FilePath C:\mail.cer -CertStoreLocation Cert:\LocalMachine\Root
        '{0} {1}' -f $copy.HasPrivateKey, $copy.Verify()
        $chain.Build($c)"""
    assert run(machine, script) == [
        "CN=mail.contoso.example 2040-01-02 2048",
        "False",
        UNTRUSTED,
        "False True",
        "True",
    ]


def test_a_certificate_that_has_ended_is_not_time_valid(machine):
    now = machine.clock.now()
    past = self_signed(("old.example",), now=now - dt.timedelta(days=20), ends=now - dt.timedelta(days=10))
    machine.certificates.add("LocalMachine", "My", past)
    machine.certificates.add("LocalMachine", "Root", past)
    script = r"""
        $c = Get-ChildItem Cert:\LocalMachine\My | Where-Object { $_.Subject -eq 'CN=old.example' }
        $chain = New-Object Security.Cryptography.X509Certificates.X509Chain
        $chain.Build($c); [string]$chain.ChainStatus[0].Status"""
    assert run(machine, script) == ["False", "NotTimeValid"]
    assert machine.certificates.for_server("old.example", now) is None


def test_a_file_of_pem_or_none_at_all(machine):
    machine.files.write_bytes("C:\\c.pem", machine.certificates.store("LocalMachine", "My")[0].pem)
    script = r"""
        $c = New-Object Security.Cryptography.X509Certificates.X509Certificate2 'C:\c.pem'
        '{0} {1}' -f $c.Issuer, $c.Version
        try { New-Object Security.Cryptography.X509Certificates.X509Certificate2 (, [byte[]](1, 2)) }
        catch { $_.Exception.InnerException.GetType().Name }"""
    assert run(machine, script) == ["CN=relay.contoso.example 3", "CryptographicException"]


def test_stores_survive_saving(machine):
    again = Machine.from_json(machine.to_json())
    (found,) = again.certificates.store("LocalMachine", "My")
    assert found == machine.certificates.store("localmachine", "my")[0]
    assert found.has_private_key
    assert again.certificates.for_server("RELAY.contoso.example", again.clock.now()) == found
    assert again.certificates.for_server("other.example", again.clock.now()) is None
