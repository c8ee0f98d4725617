import pytest

from iisrelay.lab.windows.machine import Machine
from iisrelay.settings.relay_list import decode, encode
from iisrelay.settings.stored import AccessList

NAMESPACE = r"root\MicrosoftIISv2"
SETTING = f"Get-WmiObject -Namespace {NAMESPACE} -Class IIsSmtpServerSetting -Filter \"Name='SmtpSvc/1'\""


@pytest.fixture
def stored(machine):
    """Give the function that reads the first virtual server's own value."""

    def read(name: str) -> object:
        record = machine.metabase.open("SmtpSvc/1").records.get(name.lower())
        return None if record is None else record.value

    return read


def test_the_namespace_needs_the_feature(powershell):
    machine = Machine.create("plain", "2019")
    machine.features.install([machine.features.catalog["smtp-server"]])

    lines = powershell(
        machine, f'try {{ Get-WmiObject -Namespace {NAMESPACE} -Class IIsSmtpServer -ea Stop }} catch {{ "$_" }}'
    )
    assert lines == [f'Invalid namespace "{NAMESPACE}"']

    machine.features.install([machine.features.catalog["web-wmi"]])
    assert powershell(machine, f"(Get-WmiObject -Namespace {NAMESPACE} -Class IIsSmtpServer).Name") == ["SmtpSvc/1"]


def test_the_namespace_is_listed_when_it_is_there(run, powershell):
    script = "(Get-WmiObject -Namespace root -Class __Namespace | Where-Object { $_.Name -like 'Microsoft*' }).Name"

    assert run(script) == ["MicrosoftIISv2"]
    assert "".join(powershell(Machine.create("plain", "2019"), script)) == ""


def test_only_administrators_may_ask(machine, powershell):
    with machine.signed_in(machine.accounts.login("guest", is_administrator=False)):
        assert powershell(machine, f'try {{ {SETTING} -ea Stop }} catch {{ "$_" }}') == ["Access denied"]


def test_settings_are_read_and_put(run, stored):
    assert run(f"""
        $s = {SETTING}
        "$($s.Name) $($s.HopCount) $($s.RelayForAuth) $($s.DoMasquerade) $($s.SmartHost) $($s.LogExtFileTime)"
        $s.HopCount = 20
        $s.SmartHost = '[10.0.0.1]'
        $s.AuthBasic = $true
        $s.MaxConnections = -1
        [void]$s.Put()
        ({SETTING}).HopCount
    """) == ["SmtpSvc/1 15 -1 False  True", "20"]
    assert (stored("SmartHost"), stored("AuthFlags"), stored("MaxConnections")) == ("[10.0.0.1]", 3, 0xFFFFFFFF)
    assert stored("MaxRecipients") is None


def test_put_in_one_expression_gives_the_path(run):
    assert run(f"(({SETTING}).Put()).Path") == [r'\\CRM01\root\MicrosoftIISv2:IIsSmtpServerSetting.Name="SmtpSvc/1"']


def test_a_null_deletes_the_own_value(run, stored):
    run(f"$s = {SETTING}; $s.HopCount = 20; $s.Put() | Out-Null; $s.HopCount = $null; $s.Put() | Out-Null")

    assert stored("HopCount") is None


def test_what_is_read_only_is_on_the_other_class(run):
    assert run(f"""
        (Get-WmiObject -Namespace {NAMESPACE} -Class IIsSmtpServer).ServerState
        ({SETTING}).ServerState -eq $null
        try {{ $s = {SETTING}; $s.ServerState = 2 }} catch {{ 'refused' }}
    """) == ["4", "True", "refused"]


def test_the_relay_list_is_bytes(run, stored):
    blob = encode(AccessList(False, ("127.0.0.1, 255.255.255.255",)))
    numbers = ",".join(str(byte) for byte in blob)

    lines = run(f"""
        $s = {SETTING}
        $s.RelayIpList = [byte[]]@({numbers})
        $s.Put() | Out-Null
        $again = {SETTING}
        $again.RelayIpList.GetType().Name
        $again.RelayIpList -join ','
        $again.RelayIpList[36]
    """)

    assert lines == ["Byte[]", numbers, "1"]
    assert decode(stored("RelayIpList")).access_list.addresses == ("127.0.0.1, 255.255.255.255",)


@pytest.mark.parametrize(("value", "blob"), [("$null", None), ("[byte[]]@()", b"")])
def test_null_and_an_empty_array_are_different_relay_lists(run, stored, value, blob):
    run(f"$s = {SETTING}; $s.RelayIpList = {value}; $s.Put() | Out-Null")

    assert stored("RelayIpList") == blob


def test_server_2022_has_null_for_the_relay_list(powershell):
    machine = Machine.create("fresh", "2022", smtp=True)

    assert powershell(machine, f"({SETTING}).RelayIpList -eq $null") == ["True"]


def test_bindings_are_objects(run, stored):
    assert run(f"""
        $s = {SETTING}
        $s.ServerBindings | ForEach-Object {{ "$($_.IP)|$($_.Port)|$($_.Hostname)" }}
        $binding = ([wmiclass]'{NAMESPACE}:ServerBinding').CreateInstance()
        $binding.IP = '127.0.0.1'; $binding.Port = '2525'
        $s.ServerBindings = @($s.ServerBindings) + @($binding)
        $s.Put() | Out-Null
        @(({SETTING}).ServerBindings).Count
    """) == ["|25|", "2"]
    assert stored("ServerBindings") == (":25:", "127.0.0.1:2525:")


def test_domains_are_created_found_and_deleted(run, machine):
    script = f"""
        $d = ([wmiclass]'{NAMESPACE}:IIsSmtpDomainSetting').CreateInstance()
        $d.Name = 'SmtpSvc/1/Domain/alias.example'
        $d.RouteAction = 16
        $d.Put() | Out-Null
        $query = "SELECT * FROM IIsSmtpDomainSetting WHERE Name LIKE '%alias%' AND NOT RouteAction = 0"
        $domain = Get-WmiObject -Namespace {NAMESPACE} -Query $query
        "$($domain.Name) $($domain.RouteAction)"
        Get-WmiObject -Namespace {NAMESPACE} -Class IIsSmtpDomain | ForEach-Object {{ $_.Name }}
    """  # noqa: S608 - WQL of a test
    assert run(script) == [
        "SmtpSvc/1/Domain/alias.example 16",
        "SmtpSvc/1/Domain",
        "SmtpSvc/1/Domain/crm01.lab.example",
        "SmtpSvc/1/Domain/alias.example",
    ]
    run(f"Get-WmiObject -Namespace {NAMESPACE} IIsSmtpDomain -Filter \"Name LIKE '%/alias.%'\" | Remove-WmiObject")
    assert machine.metabase.find("SmtpSvc/1/Domain/alias.example") is None


def test_a_virtual_server_is_created_and_deleted(run, machine):
    run(f"""
        Set-WmiInstance -Namespace {NAMESPACE} -Class IIsSmtpServerSetting -Arguments @{{
            Name = 'SmtpSvc/2'; ServerComment = 'CRM' }} | Out-Null
    """)
    assert machine.metabase.read(machine.metabase.open("SmtpSvc/2"), "ServerComment").value == "CRM"

    run(f"([wmi]'{NAMESPACE}:IIsSmtpServer.Name=\"SmtpSvc/2\"').Delete()")
    assert machine.metabase.find("SmtpSvc/2") is None


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("$d.Name = 'SmtpSvc/9/Domain/x'; $d.Put()", "Not found"),
        ("$d.Name = 'SmtpSvc/2'; $d.Put()", "Invalid parameter"),
        ("[wmi]'{0}:IIsSmtpServer.Name=\"SmtpSvc/9\"'", "Not found"),
        ("Get-WmiObject -Namespace {0} -Class NoSuchClass -ea Stop", 'Invalid class "NoSuchClass"'),
        ("Get-WmiObject -Namespace {0} -Query 'SELECT' -ea Stop", "Invalid query"),
        (
            "Get-WmiObject -Namespace {0} -Class IIsSmtpServer -ComputerName elsewhere -ea Stop",
            "RPC server is unavailable",
        ),
    ],
)
def test_mistakes(run, script, text):
    script = script.replace("{0}", NAMESPACE)
    lines = run(f"""
        $d = ([wmiclass]'{NAMESPACE}:IIsSmtpDomainSetting').CreateInstance()
        try {{ {script} }} catch {{ "$_" }}
    """)

    assert text in lines[0]


def test_the_connection_list_has_a_class_of_its_own(run, stored):
    assert run(f"""
        $l = Get-WmiObject -Namespace {NAMESPACE} IIsIPSecuritySetting | Where-Object {{ $_.Name -eq 'SmtpSvc/1' }}
        "$($l.GrantByDefault) $(@($l.IPDeny).Count)"
        $l.GrantByDefault = $false
        $l.IPGrant = @('10.0.0.0, 255.0.0.0')
        $l.Put() | Out-Null
        ([ADSI]'IIS://localhost/SmtpSvc/1').Get('IPSecurity').IPGrant
    """) == ["True 0", "10.0.0.0, 255.0.0.0"]
    assert decode(stored("IPSecurity")).access_list.grant_by_default is False


def test_log_modules_are_found_by_name(run):
    assert run(f"""
        $filter = "Name='logging/W3C Extended Log File Format'"
        $w3c = Get-WmiObject -Namespace {NAMESPACE} IIsLogModuleSetting -Filter $filter
        $w3c.LogModuleId -eq ({SETTING}).LogPluginClsid
    """) == ["True"]


def test_the_computer_saves_and_backs_up(run, machine):
    assert run(f"""
        $s = {SETTING}; $s.HopCount = 77; [void]$s.Put()
        $c = Get-WmiObject -Namespace {NAMESPACE} -Class IIsComputer
        $c.Name
        $c.SaveData()
        $c.BackupWithPassword('pass', 'before', -1, 2)
        $c.EnumBackups('', 0).BackupLocation
        $s.HopCount = 78; [void]$s.Put()
        $c.RestoreWithPassword('pass', 'before', -2, 0)
        ({SETTING}).HopCount
    """) == ["LM", "before", "77"]
    assert 'HopCount="77"' in machine.files.read_text(r"C:\Windows\System32\inetsrv\MetaBase.xml")


def test_salt_like_reading_of_properties_by_name(run):
    assert run(f"""
        $s = {SETTING}
        foreach ($name in 'HopCount', 'MaxRecipients') {{ $s.Properties[$name].Value }}
        $s.GetPropertyValue('HopCount')
        $s.psbase.Properties['HopCount'].Value = 21
        $p = $s.Properties | Where-Object {{ $_.Name -eq 'HopCount' }}
        "$($p.Type) $($p.IsArray) $($p.Value)"
    """) == ["15", "100", "15", "sint32 False 21"]


def test_a_value_of_another_type_is_converted_or_refused(run, stored):
    assert run(f"""
        $s = {SETTING}
        $s.HopCount = '25'
        try {{ $s.MaxRecipients = 'many' }} catch {{ 'refused' }}
        $s.Put() | Out-Null
    """) == ["refused"]
    assert stored("HopCount") == 25


def test_the_classes_are_listed(run):
    assert run(f"(Get-WmiObject -Namespace {NAMESPACE} -List -Class IIsSmtpServer*).Name") == [
        "IIsSmtpServer",
        "IIsSmtpServerSetting",
    ]


def test_cim_reads_and_writes_the_same(run, stored):
    assert run(r"""
        $c = Get-CimInstance -Namespace root/MicrosoftIISv2 -ClassName IIsSmtpServerSetting
        "$($c.Name) $($c.HopCount) $($c.CimClass.CimClassName)"
        $c.HopCount = 31
        Set-CimInstance -InputObject $c
        $c | Set-CimInstance -Property @{ MaxRecipients = 5 }
        (Get-CimInstance -Namespace root/MicrosoftIISv2 -Query 'SELECT HopCount FROM IIsSmtpServerSetting').HopCount
        $binding = @{ Namespace = 'root/MicrosoftIISv2'; ClassName = 'ServerBinding'; ClientOnly = $true }
        $b = New-CimInstance @binding -Property @{ IP = ''; Port = '26' }
        $c.ServerBindings = @($b); $c | Set-CimInstance
    """) == ["SmtpSvc/1 15 IIsSmtpServerSetting", "31"]
    assert (stored("HopCount"), stored("MaxRecipients"), stored("ServerBindings")) == (31, 5, (":26:",))
