import pytest

from iisrelay.lab.windows.machine import Machine


def test_the_operating_system(run):
    assert run("""
        $os = Get-WmiObject Win32_OperatingSystem
        "$($os.Caption)|$($os.Version)|$($os.BuildNumber)|$($os.OSArchitecture)|$($os.CSName)"
        $os.ConvertToDateTime($os.LastBootUpTime).GetType().Name
    """) == ["Microsoft Windows Server 2019 Standard|10.0.17763|17763|64-bit|CRM01", "DateTime"]


def test_the_computer_and_its_addresses(run, machine):
    assert run("""
        (Get-WmiObject Win32_ComputerSystem).Domain
        $net = Get-WmiObject Win32_NetworkAdapterConfiguration -Filter 'IPEnabled = TRUE'
        $net.IPAddress
        $net.IPAddress.GetType().Name
    """) == ["lab.example", *machine.addresses, "String[]"]


def test_disks(run):
    assert run("""
        $disks = Get-WmiObject -Class Win32_LogicalDisk -Filter 'DriveType=3'
        foreach ($disk in $disks) { "$($disk.DeviceID) $($disk.FreeSpace -gt 1GB)" }
        ([wmi]'Win32_LogicalDisk.DeviceID="C:"').FileSystem
    """) == ["C: True", "D: True", "NTFS"]


def test_services_are_controlled(run, machine):
    assert run("""
        $s = Get-WmiObject Win32_Service -Filter "Name='smtpsvc'"
        "$($s.State) $($s.StartMode) $($s.StartName)"
        $s.StartService().ReturnValue
        $s.StartService().ReturnValue
        $s.ChangeStartMode('Automatic').ReturnValue
        $s.Get(); "$($s.State) $($s.StartMode) $($s.Started)"
        (Get-WmiObject Win32_Service | Where-Object { $_.Name -eq 'IISADMIN' }).StopService().ReturnValue
        $s.StopService().ReturnValue
        $s.ChangeStartMode('Disabled') | Out-Null
        $s.StartService().ReturnValue
        (Invoke-WmiMethod -Path "Win32_Service.Name='SMTPSVC'" -Name ChangeStartMode -ArgumentList 'Manual').ReturnValue
    """) == ["Stopped Manual LocalSystem", "0", "10", "0", "Running Auto True", "3", "0", "14", "0"]
    assert machine.services.find("SMTPSVC").start_type == 3


def test_searchers_and_class_objects(run):
    assert run(r"""
        $q = [wmisearcher]"SELECT Name FROM Win32_Service WHERE Name = 'SMTPSVC' OR Name = 'IISADMIN'"
        $q.Get() | ForEach-Object { $_.Name } | Sort-Object
        $q = New-Object System.Management.ManagementObjectSearcher('root\cimv2', 'SELECT * FROM Win32_ComputerSystem')
        foreach ($c in $q.Get()) { $c.Name }
        $scope = New-Object System.Management.ManagementScope('\\localhost\root\MicrosoftIISv2')
        $scope.Connect()
        $query = New-Object System.Management.ObjectQuery('SELECT * FROM IIsSmtpServer')
        (New-Object System.Management.ManagementObjectSearcher($scope, $query)).Get() | ForEach-Object { $_['Name'] }
        @(([wmiclass]'Win32_Service').GetInstances()).Count -gt 5
        (New-Object System.Management.ManagementClass 'root\cimv2:Win32_Service').Name
    """) == ["IISADMIN", "SMTPSVC", "CRM01", "SmtpSvc/1", "True", "Win32_Service"]


def test_system_properties(run):
    assert run("""
        $s = Get-WmiObject Win32_Service -Filter "Name='SMTPSVC'"
        $s.__CLASS; $s.__RELPATH; $s.__PATH; "$s"
    """) == ["Win32_Service", 'Win32_Service.Name="SMTPSVC"', *[r'\\CRM01\root\cimv2:Win32_Service.Name="SMTPSVC"'] * 2]


def test_providers_that_cannot_write_say_so(run):
    assert "not capable" in run('try { (Get-WmiObject Win32_ComputerSystem).Put() } catch { "$_" }')[0]


def test_cim_instances(run):
    assert run("""
        (Get-CimInstance Win32_OperatingSystem).LastBootUpTime.GetType().Name
        $s = Get-CimInstance Win32_Service -Filter "Name='SMTPSVC'"
        ($s | Invoke-CimMethod -MethodName ChangeStartMode -Arguments @{ StartMode = 'Automatic' }).ReturnValue
        ($s | Get-CimInstance).StartMode
        $s.CimInstanceProperties['Name'].Value
        (Get-CimClass Win32_Log*).CimClassName
        try { Get-CimInstance -Namespace root/none -ClassName x -ErrorAction Stop } catch { "$_" }
    """) == ["DateTime", "0", "Auto", "SMTPSVC", "Win32_LogicalDisk", 'Invalid namespace "root/none"']


def test_cim_came_with_3_0(powershell):
    old = Machine.create("old", "2008r2", smtp=True)

    assert "not recognized" in powershell(old, 'try { Get-CimInstance Win32_Service } catch { "$_" }')[0]
    assert powershell(old, "(Get-WmiObject Win32_OperatingSystem).CSDVersion") == ["Service Pack 1"]


@pytest.mark.parametrize("host", ["localhost", ".", "CRM01", "crm01.lab.example", "127.0.0.1"])
def test_the_host_itself_by_name(run, host):
    assert run(f"(Get-WmiObject Win32_ComputerSystem -ComputerName {host}).Name") == ["CRM01"]
