import pytest

from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.windows.services import DISABLED


@pytest.mark.parametrize(
    "path",
    [
        "IIS://localhost/SmtpSvc/1",
        "IIS://LocalHost/SMTPSVC/1",
        "IIS://crm01/smtpsvc/1",
        "IIS://crm01.lab.example/SmtpSvc/1",
    ],
)
def test_a_virtual_server_is_bound_by_any_spelling(run, path):
    assert run(f"""
        $e = [ADSI]'{path}'
        "$($e.Name) $($e.Class) $($e.SchemaClassName) $($e.HopCount) $($e.psbase.Name)"
    """) == ["1 IIsSmtpServer IIsSmtpServer 15 1"]


def test_ways_to_read_a_value(run):
    assert (
        run("""
        $e = New-Object System.DirectoryServices.DirectoryEntry('IIS://localhost/SmtpSvc/1')
        $e.Get('HopCount')
        $e.Properties['HopCount'].Value
        $e.Properties['hopcount'][0]
        $e.psbase.Properties['HopCount'].Value
        $e.InvokeGet('HopCount')
        $e.psbase.Invoke('Get', 'HopCount')
        ($e.GetEx('HopCount'))[0]
        $e.HopCount.Value
        "$($e.HopCount)"
    """)
        == ["15"] * 9
    )


@pytest.mark.parametrize(
    "write",
    [
        "$e.HopCount = 20; $e.SetInfo()",
        "$e.HopCount = 20; $e.CommitChanges()",
        "$e.Put('HopCount', 20); $e.SetInfo()",
        "$e.Properties['HopCount'].Value = 20; $e.CommitChanges()",
        "$e.psbase.Properties['HopCount'].Value = 20; $e.psbase.CommitChanges()",
        "$e.psbase.InvokeSet('HopCount', 20); $e.psbase.CommitChanges()",
        "$e.psbase.Invoke('Put', @('HopCount', 20)); $e.psbase.Invoke('SetInfo')",
        "$e.PutEx(2, 'HopCount', @(20)); $e.SetInfo()",
    ],
)
def test_ways_to_write_a_value(run, machine, write):
    run(f"$e = [ADSI]'IIS://localhost/SmtpSvc/1'; {write}")

    assert machine.metabase.open("SmtpSvc/1").records["hopcount"].value == 20


def test_a_value_put_is_invisible_to_others_until_it_is_set(run):
    assert run("""
        $one = [ADSI]'IIS://localhost/SmtpSvc/1'
        $other = [ADSI]'IIS://localhost/SmtpSvc/1'
        $one.Put('HopCount', 20)
        "$($one.HopCount) $($other.HopCount)"
        $one.SetInfo()
        "$($other.HopCount)"
        $other.GetInfo()
        "$($other.HopCount)"
    """) == ["20 15", "15", "20"]


@pytest.mark.parametrize("drop", ["GetInfo()", "RefreshCache()"])
def test_reading_again_drops_changes(run, drop):
    assert run(f"""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.HopCount = 20
        $e.{drop}
        $e.SetInfo()
        $e.Get('HopCount')
    """) == ["15"]


def test_only_what_was_changed_is_written(run, machine):
    run("""
        $one = [ADSI]'IIS://localhost/SmtpSvc/1'
        $other = [ADSI]'IIS://localhost/SmtpSvc/1'
        $one.HopCount; $one.MaxRecipients
        $other.MaxRecipients = 5; $other.SetInfo()
        $one.HopCount = 20; $one.SetInfo()
    """)

    records = machine.metabase.open("SmtpSvc/1").records
    assert (records["hopcount"].value, records["maxrecipients"].value) == (20, 5)


def test_types_of_values(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        foreach ($name in 'HopCount', 'DoMasquerade', 'SmartHost', 'ServerBindings') {
            $e.Properties[$name].Value.GetType().Name
        }
        $e.Properties['RelayForAuth'].Value
        $e.ServerBindings = @(':25:', '127.0.0.1:2525:')
        $e.Properties['ServerBindings'].Value.GetType().Name
        $e.Properties['ServerBindings'].Count
        $e.ServerBindings | ForEach-Object { "<$_>" }
    """) == ["Int32", "Boolean", "String", "String", "-1", "Object[]", "2", "<:25:>", "<127.0.0.1:2525:>"]


def test_unlimited_is_written_signed(run, machine):
    run("$e = [ADSI]'IIS://localhost/SmtpSvc/1'; $e.MaxConnections = -1; $e.SetInfo()")

    assert machine.metabase.open("SmtpSvc/1").records["maxconnections"].value == 0xFFFFFFFF


def test_types_of_the_objects_themselves(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        foreach ($o in $e, $e.psbase, $e.Properties, $e.Children, $e.psbase.NativeObject) { $o.GetType().FullName }
        $e.HopCount.GetType().Name
        $e -is [System.DirectoryServices.DirectoryEntry]
        "$e"
    """) == [
        "System.DirectoryServices.DirectoryEntry",
        "System.DirectoryServices.DirectoryEntry",
        "System.DirectoryServices.PropertyCollection",
        "System.DirectoryServices.DirectoryEntries",
        "System.__ComObject",
        "PropertyValueCollection",
        "True",
        "System.DirectoryServices.DirectoryEntry",
    ]


def test_conditions_on_values(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        if ($e.AuthAnonymous) { 'anonymous' }
        if ($e.AuthBasic) { 'basic' } else { 'no basic' }
        if ($e.HopCount -eq 15) { 'fifteen' }
        if ($e.MaxMessageSize.Value -gt 1MB) { 'more than a megabyte' }
        [int]$e.HopCount.Value + 1
    """) == ["anonymous", "no basic", "fifteen", "more than a megabyte", "16"]


def test_what_is_not_set_is_null(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.Properties['ServerComment'].Value -eq $null
        $e.Properties['NoSuchProperty'].Value -eq $null
        $e.Properties['ServerComment'].Count
        $e.ServerComment -eq $null
        $e.psbase.Properties.Contains('ServerComment')
        $e.psbase.Properties.Contains('HopCount')
    """) == ["True", "True", "0", "True", "False", "True"]


def test_a_list_is_changed_item_by_item(run, machine):
    run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        [void]$e.Properties['ServerBindings'].Add(':2525:')
        [void]$e.Properties['ServerBindings'].Add(':26:')
        $e.Properties['ServerBindings'].Remove(':25:')
        $e.CommitChanges()
        $e.PutEx(3, 'ServerBindings', @(':27:'))
        $e.SetInfo()
        $e.PutEx(4, 'ServerBindings', @(':26:'))
        $e.SetInfo()
    """)

    assert machine.metabase.open("SmtpSvc/1").records["serverbindings"].value == (":2525:", ":27:")


@pytest.mark.parametrize(
    "clear",
    ["$e.PutEx(1, 'HopCount', $null)", "$e.Properties['HopCount'].Clear()", "$e.Properties['HopCount'].Value = $null"],
)
def test_clearing_lets_the_inherited_value_show(run, clear):
    assert run(f"""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.HopCount = 20; $e.SetInfo()
        "$($e.GetPropertyAttribObj('HopCount').IsInherited)"
        {clear}
        $e.SetInfo()
        "$($e.GetPropertyAttribObj('HopCount').IsInherited) $($e.HopCount)"
    """) == ["False", "True 15"]


def test_data_paths(run):
    assert run("""
        $service = [ADSI]'IIS://localhost/SmtpSvc'
        $service.GetDataPaths('HopCount', 0)
        $service.GetDataPaths('ServerBindings', 0)
        @($service.GetDataPaths('ServerBindings', 1)).Count
    """) == ["IIS://localhost/SmtpSvc", "IIS://localhost/SmtpSvc/1", "0"]


def test_flags_fold_into_the_mask(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.AuthBasic = $true
        $e.AuthNTLM = $true
        $e.SetInfo()
        $e.Get('AuthFlags')
    """) == ["7"]


def test_existence(run):
    assert run("""
        [System.DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc/1')
        [DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc/9')
    """) == ["True", "False"]


def test_nothing_is_bound_before_it_is_used(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/9'
        'made'
        try { $e.HopCount } catch { "$_".Trim() -match 'cannot find the path specified' }
        try { $e.psbase.RefreshCache() } catch [System.Runtime.InteropServices.COMException] { 'COMException' }
    """) == ["made", "True", "COMException"]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("$e.Put('NoSuchProperty', 1)", "0x80005006"),
        ("$e.Put('HopCount', 'many')", "0x8000500c"),
        ("$e.Get('ServerComment')", "cannot be found in the cache"),
        ("$e.Put('LogType', 2)", "The parameter is incorrect"),
        ("$e.psbase.Children.Find('nobody', 'IIsSmtpDomain')", "cannot find the path specified"),
        ("$e.psbase.Invoke('NoSuchMethod')", "Unknown name"),
        ("([ADSI]'IIS://elsewhere/SmtpSvc').psbase.Name", "The RPC server is unavailable"),
        ("([ADSI]'LDAP://dc=contoso').psbase.Name", "The server is not operational"),
        ("([ADSI]'NOPE://x/y').psbase.Name", "0x80005000"),
    ],
)
def test_mistakes_are_com_errors(run, call, text):
    assert text in run(f"$e = [ADSI]'IIS://localhost/SmtpSvc/1'; try {{ {call} }} catch {{ \"$_\" }}")[0]


def test_without_the_provider_the_path_is_bad(powershell):
    machine = Machine.create("plain", "2019")

    script = (
        "try { [void][System.DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc') } catch { \"$_\" }"
    )

    assert "0x80005000" in powershell(machine, script)[0]


def test_without_administrator_rights_access_is_denied(machine, powershell):
    login = machine.accounts.login("guest", is_administrator=False)

    with machine.signed_in(login):
        lines = powershell(machine, "try { ([ADSI]'IIS://localhost/SmtpSvc').psbase.Name } catch { \"$_\".Trim() }")

    assert "Access is denied" in lines[0]


def test_asking_starts_the_admin_service_unless_it_is_disabled(machine, run):
    admin = machine.services.find("IISADMIN")
    machine.services.stop(admin, force=True)
    assert run("([ADSI]'IIS://localhost/SmtpSvc').psbase.Name") == ["SmtpSvc"]
    assert admin.status == "Running"

    machine.services.stop(admin, force=True)
    admin.start_type = DISABLED
    assert "disabled" in run("try { ([ADSI]'IIS://localhost/SmtpSvc').psbase.Name } catch { \"$_\" }")[0]


def test_parent_schema_and_path(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.psbase.Path
        $e.Parent
        $e.psbase.Parent.psbase.SchemaClassName
        $e.psbase.SchemaEntry.OptionalProperties -contains 'HopCount'
        ([ADSI]'IIS://localhost/schema/IIsSmtpServer').MandatoryProperties
        ([ADSI]'IIS://localhost').psbase.SchemaClassName
    """) == [
        "IIS://localhost/SmtpSvc/1",
        "IIS://localhost/SmtpSvc",
        "IIsSmtpService",
        "True",
        "ServerBindings",
        "IIsComputer",
    ]


def test_the_password_is_readable_for_administrators_only(run):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.Put('RoutePassword', 'p"''$x; ü'); $e.SetInfo()
        ([ADSI]'IIS://localhost/SmtpSvc/1').Get('RoutePassword')
    """) == ["p\"'$x; ü"]
