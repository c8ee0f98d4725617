"""The .NET types that administrative scripts use, through the language."""

import pytest

RESULTS = [
    ("'a::b'.Split('::').Length; 'xyaby'.Trim('yx'); 'a b'.Split($null).Length", ["3", "ab", "2"]),
    ("'a,,b'.Split(',').Length; 'a b'.Split()[1]; ('k=v=w'.Split('=', 2))[1]", ["3", "b", "v=w"]),
    (
        (
            "'a, b,c'.Split([char[]]', ', [StringSplitOptions]::RemoveEmptyEntries) -join '|'; "
            "'a--b'.Split([string[]]'--', 'None') -join '|'"
        ),
        ["a|b|c", "a|b"],
    ),
    (
        "'abc'.IndexOf('C', [StringComparison]::OrdinalIgnoreCase); 'abc'.StartsWith('AB', 'OrdinalIgnoreCase')",
        ["2", "True"],
    ),
    (
        "'xxaxx'.Trim('x'); 'abc'.PadLeft(5, '*'); 'abc'.Insert(1, '-'); 'abcdef'.Remove(2, 3)",
        ["a", "**abc", "a-bc", "abf"],
    ),
    (
        "[string]::Join('+', 1, 2); [string]::Join(',', @('a', 'b')); [string]::IsNullOrEmpty($null)",
        ["1+2", "a,b", "True"],
    ),
    (
        "[string]::Format('{0:D3}', 5); [string]::Compare('a', 'B', $true); [string]::Concat('a', 1)",
        ["005", "-1", "a1"],
    ),
    ("[char]::IsDigit('5'); [char]::ToUpper('a'); [char]::IsLetter('ab', 1)", ["True", "A", "True"]),
    (
        "[int]::Parse('7F', 'HexNumber'); [int]::MaxValue; [byte]::MaxValue; (255).ToString('x4')",
        ["127", "2147483647", "255", "00ff"],
    ),
    ("$n = 0; [int]::TryParse('42', [ref]$n); $n; [int]::TryParse('x', [ref]$n); $n", ["True", "42", "False", "0"]),
    (
        "[math]::Round(2.5); [math]::Round(2.5, [MidpointRounding]::AwayFromZero); [math]::Max(1, 2.5)",
        ["2", "3", "2.5"],
    ),
    (
        "[math]::Abs(-5).GetType().Name; [math]::Floor(-1.5); [math]::Pow(2, 10); [math]::Sqrt(-1)",
        ["Int32", "-2", "1024", "NaN"],
    ),
    ("[convert]::ToInt32('ff', 16); [convert]::ToString(-5, 16); [convert]::ToInt32(2.5)", ["255", "fffffffb", "2"]),
    ("[convert]::ToBase64String([byte[]](1, 2, 255)); [convert]::FromBase64String('AQI=').Length", ["AQL/", "2"]),
    ("[BitConverter]::ToString([byte[]](1, 171)); [BitConverter]::ToInt32([byte[]](1, 1, 0, 0), 0)", ["01-AB", "257"]),
    (
        "$a = 3, 1, 2; [array]::Sort($a); $a -join ','; [array]::Reverse($a); $a -join ','; [array]::IndexOf($a, 1)",
        ["1,2,3", "3,2,1", "2"],
    ),
    (
        "[array]::Find(@(1, 2, 3), [Predicate[object]]{ $args[0] -gt 1 }); [array]::CreateInstance([int], 2) -join ','",
        ["2", "0,0"],
    ),
    (
        "([guid]'{FF160663-DE82-11CF-BC0A-00AA006111E0}').ToString('N'); [guid]::NewGuid().ToString().Length",
        ["ff160663de8211cfbc0a00aa006111e0", "36"],
    ),
    (
        "([version]'5.1').Build; ([version]'1.2.3.4').ToString(2); (New-Object Version 1, 2) -lt '1.10'",
        ["-1", "1.2", "True"],
    ),
    (
        "$u = [uri]'https://u@h.example:8443/p%20q?x=1#f'; $u.Host; $u.Port; $u.PathAndQuery; $u.Fragment; $u.UserInfo",
        ["h.example", "8443", "/p%20q?x=1", "#f", "u"],
    ),
    (
        "[uri]::EscapeDataString('a b&c'); ([uri]'http://a/').Port; ([uri]'a/b').IsAbsoluteUri",
        ["a%20b%26c", "80", "False"],
    ),
    (
        "[ipaddress]'10.0.0.1' -eq '10.0.0.1'; ([ipaddress]'fe80::1').AddressFamily; ([ipaddress]'1.2').ToString()",
        ["True", "InterNetworkV6", "1.0.0.2"],
    ),
    ("[Net.Dns]::GetHostName(); [Net.Dns]::GetHostEntry('localhost').HostName", ["LAB01", "LAB01.lab.example"]),
    (
        "[Environment]::MachineName; [Environment]::OSVersion.Version.Build; [Environment]::Is64BitProcess",
        ["LAB01", "17763", "True"],
    ),
    (
        "[Environment]::ExpandEnvironmentVariables('%SystemRoot%|%no%'); [Environment]::GetFolderPath('ProgramFiles')",
        ["C:\\Windows|%no%", "C:\\Program Files"],
    ),
    (
        "[regex]::Match('k=v', '(?<a>\\w)=(?<b>\\w)').Groups['b'].Value; [regex]::Matches('a1b22', '\\d+')[1].Value",
        ["v", "22"],
    ),
    (
        "[regex]::Replace('a1b2', '\\d', { param($m) [int]$m.Value * 2 }); ([regex]'x').Replace('axbx', 'y', 1)",
        ["a2b4", "aybx"],
    ),
    (
        "$s = New-Object Text.StringBuilder; [void]$s.Append('a').AppendFormat('{0:D2}', 3).Insert(0, '<'); [string]$s",
        ["<a03"],
    ),
    (
        "[Enum]::GetNames([DayOfWeek])[0]; [Enum]::IsDefined([DayOfWeek], 'Funday'); [DayOfWeek]::Monday -eq 'monday'",
        ["Sunday", "False", "True"],
    ),
    (
        '[int].FullName; [string[]].Name; [int].BaseType.Name; [int].GetType().FullName; "$([int])"',
        ["System.Int32", "String[]", "ValueType", "System.RuntimeType", "int"],
    ),
    ("(New-Object Security.Cryptography.HMACSHA256 (,[byte[]](1, 2))).ComputeHash([byte[]](1)).Length", ["32"]),
    (
        "(New-Object Text.UTF8Encoding $false).GetPreamble().Length; [Text.Encoding]::Default.GetBytes('é')[0]",
        ["0", "233"],
    ),
]


@pytest.mark.parametrize(("script", "expected"), RESULTS)
def test_result(lines, script, expected):
    assert lines(script) == expected


def test_null_where_a_method_cannot_do_without(message):
    expected = 'Exception calling "ToBase64String" with "1" argument(s): "Value cannot be null.\nParameter name: data"'
    assert message("[Convert]::ToBase64String($null)") == expected


def test_array_list(lines):
    script = """
$l = New-Object System.Collections.ArrayList
$l.Add(3); [void]$l.Add(1); $l.AddRange((5, 4)); $l.Sort(); $l -join ','
$l.Remove(3); $l.RemoveAt(0); $l.Insert(0, 'z'); $l.IndexOf(5); $l.Contains('z'); $l.Count
"""
    assert lines(script) == ["0", "1,3,4,5", "2", "True", "3"]


def test_generic_list_and_dictionary(lines):
    script = """
$l = New-Object 'System.Collections.Generic.List[int]'
$l.Add('2'); $l.Add(1); $l.Sort(); $l -join ','; $l.ToArray().GetType().Name; $l.GetType().Name
$d = New-Object 'System.Collections.Generic.Dictionary[string,int]'
$d.Add('k', '5'); $d['k'] + 1; $d.k; $d['K'] -eq $null; $v = 0; $d.TryGetValue('k', [ref]$v); $v
foreach ($p in $d.GetEnumerator()) { "$($p.Key)=$($p.Value)" }
"""
    assert lines(script) == ["1,2", "Int32[]", "List`1", "6", "5", "True", "True", "5", "k=5"]


def test_queue_stack_and_sets(lines):
    script = """
$q = New-Object System.Collections.Queue; $q.Enqueue(1); $q.Enqueue(2); $q.Dequeue(); $q.Count
$s = New-Object System.Collections.Stack; $s.Push('a'); $s.Push('b'); $s.Pop(); $s.Peek()
$h = New-Object 'System.Collections.Generic.HashSet[string]' ([StringComparer]::OrdinalIgnoreCase)
$h.Add('a'); $h.Add('A'); $h.Contains('A')
try { $q.Clear(); $q.Dequeue() } catch { $_.Exception.InnerException.Message }
"""
    assert lines(script) == ["1", "1", "b", "a", "True", "False", "True", "Queue empty."]


def test_exceptions_form_a_tree(lines):
    script = """
try { throw (New-Object System.IO.FileNotFoundException 'nf') } catch [System.IO.IOException] { $_.Exception.Message }
$e = New-Object System.ArgumentException 'bad', 'p'; $e.Message -replace "`r`n", '|'; $e.ParamName
$e -is [System.SystemException]; $e.HResult
$o = New-Object Exception 'outer', (New-Object FormatException 'inner'); $o.InnerException.GetType().Name
"""
    assert lines(script) == ["nf", "bad|Parameter name: p", "p", "True", "-2147024809", "FormatException"]


def test_reflection_reaches_members(lines):
    script = """
$l = New-Object System.Collections.ArrayList
$f = [Reflection.BindingFlags]'Public,Instance,InvokeMethod'
[void]$l.GetType().InvokeMember('Add', $f, $null, $l, @('x'))
$l.GetType().InvokeMember('Count', [Reflection.BindingFlags]'GetProperty', $null, $l, $null)
[string].InvokeMember('Concat', [Reflection.BindingFlags]'Public,Static,InvokeMethod', $null, $null, @('a', 'b'))
"""
    assert lines(script) == ["1", "ab"]


def test_secrets_come_back_only_through_marshal(lines):
    script = """
$s = New-Object Security.SecureString; 'pw'.ToCharArray() | ForEach-Object { $s.AppendChar($_) }
"$s"; $s.Length
$b = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($s)
[Runtime.InteropServices.Marshal]::PtrToStringAuto($b); [Runtime.InteropServices.Marshal]::ZeroFreeBSTR($b)
[Runtime.InteropServices.Marshal]::PtrToStringAuto($b) -eq $null
$c = New-Object Management.Automation.PSCredential 'CONTOSO\\u', $s
$c.GetNetworkCredential().Password; $c.GetNetworkCredential().Domain
"""
    assert lines(script) == ["System.Security.SecureString", "2", "pw", "True", "pw", "CONTOSO"]
