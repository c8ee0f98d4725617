"""Files, paths, streams and the console."""

import pytest

PATHS = [
    ("[IO.Path]::Combine('a', 'b', 'c')", "a\\b\\c"),
    ("[IO.Path]::Combine('C:\\x', 'D:\\y')", "D:\\y"),
    ("[IO.Path]::GetFileName('C:\\x\\y.txt')", "y.txt"),
    ("[IO.Path]::GetFileNameWithoutExtension('C:\\x\\y.tar.gz')", "y.tar"),
    ("[IO.Path]::GetExtension('y.txt')", ".txt"),
    ("[IO.Path]::GetDirectoryName('C:\\x\\y')", "C:\\x"),
    ("[IO.Path]::GetDirectoryName('C:\\') -eq $null", "True"),
    ("[IO.Path]::GetFullPath('..\\a\\.\\b')", "C:\\a\\b"),
    ("[IO.Path]::GetFullPath('x/y')", "C:\\Work\\x\\y"),
    ("[IO.Path]::GetPathRoot('\\\\s\\share\\x')", "\\\\s\\share"),
    ("[IO.Path]::IsPathRooted('\\x')", "True"),
    ("[IO.Path]::ChangeExtension('C:\\a.b', 'c')", "C:\\a.c"),
    ("[IO.Path]::GetTempPath().EndsWith('\\Temp\\')", "True"),
]


@pytest.mark.parametrize(("expression", "expected"), PATHS)
def test_path(lines, expression, expected):
    assert lines(expression) == [expected]


def test_files(lines):
    script = """
[IO.File]::WriteAllText('t.txt', "l1`r`nl2`r`n"); [IO.File]::ReadAllLines('t.txt').Length
[IO.File]::AppendAllText('t.txt', 'l3'); (Get-Content t.txt)[2]
[IO.File]::WriteAllBytes('b.bin', [byte[]](1, 2)); [IO.File]::ReadAllBytes('C:\\Work\\b.bin') -join ','
[IO.File]::WriteAllText('u.txt', 'x', [Text.Encoding]::Unicode); [IO.File]::ReadAllBytes('u.txt') -join ','
[IO.File]::ReadAllText('u.txt'); [IO.File]::Copy('u.txt', 'v.txt'); [IO.File]::Exists('v.txt')
[IO.File]::Delete('v.txt'); [IO.File]::Exists('v.txt')
[void][IO.Directory]::CreateDirectory('d\\e'); [IO.Directory]::Exists('C:\\Work\\d\\e')
[IO.Directory]::GetFiles('C:\\Work', '*.bin')
try { [IO.File]::ReadAllText('C:\\nope') } catch { $_.Exception.InnerException.GetType().Name }
"""
    assert lines(script) == [
        "2",
        "l3",
        "1,2",
        "255,254,120,0",
        "x",
        "True",
        "False",
        "True",
        "C:\\Work\\b.bin",
        "FileNotFoundException",
    ]


def test_gzip_round_trip(lines):
    script = """
$m = New-Object IO.MemoryStream
$g = New-Object IO.Compression.GZipStream $m, ([IO.Compression.CompressionMode]::Compress)
$b = [Text.Encoding]::UTF8.GetBytes('hello ' * 50); $g.Write($b, 0, $b.Length); $g.Close()
$m.ToArray().Length -lt $b.Length
$i = New-Object IO.MemoryStream (,$m.ToArray())
$g = New-Object IO.Compression.GZipStream $i, ([IO.Compression.CompressionMode]::Decompress)
(New-Object IO.StreamReader $g, ([Text.Encoding]::UTF8)).ReadToEnd().Length
$i = New-Object IO.MemoryStream (,[byte[]](1, 2))
try { New-Object IO.Compression.GZipStream $i, 'Decompress' } catch { $_.Exception.InnerException.GetType().Name }
"""
    assert lines(script) == ["True", "300", "InvalidDataException"]


def test_readers_and_writers(lines):
    script = """
$w = New-Object IO.StreamWriter 'w.txt'; $w.WriteLine('a{0}', 1); $w.Write('b'); $w.Close()
$r = New-Object IO.StreamReader 'w.txt'; while (($l = $r.ReadLine()) -ne $null) { "<$l>" }; $r.Close()
$r = New-Object IO.StringReader "x`ny"; $r.ReadLine(); $r.ReadToEnd(); $r.ReadLine() -eq $null
$m = New-Object IO.MemoryStream; $b = New-Object IO.BinaryWriter $m; $b.Write(258); $m.ToArray() -join ','
$m.Position = 0; (New-Object IO.BinaryReader $m).ReadInt32()
"""
    assert lines(script) == ["<a1>", "<b>", "x", "y", "True", "2,1,0,0", "258"]


def test_console(lines):
    script = """
[Console]::WriteLine('x{0}y', 5); [Console]::Out.Write('a'); [Console]::Out.WriteLine('b')
[Console]::OutputEncoding = [Text.Encoding]::UTF8; [Console]::OutputEncoding.WebName
[Console]::In.ReadLine() -eq $null; [Console]::In.ReadToEnd().Length
"""
    assert lines(script) == ["x5y", "ab", "utf-8", "True", "0"]
