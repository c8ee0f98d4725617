import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.windows.native.command_line import parse_line, split_arguments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", ["a", "b"]),
        ('"a b" c', ["a b", "c"]),
        (r'name="SMTP 25" x', ["name=SMTP 25", "x"]),
        (r"C:\a\ b", ["C:\\a\\", "b"]),
        (r'"a\"b"', ['a"b']),
        (r'"a\\" b', ["a\\", "b"]),
        ('""', [""]),
        ("  ", []),
    ],
)
def test_arguments_split_as_c_programs_do(text, expected):
    assert split_arguments(text) == expected


@given(st.lists(st.text(st.characters(exclude_characters='"\\', exclude_categories=("Cs",)), min_size=1), max_size=5))
def test_quoted_arguments_arrive_whole(words):
    assert split_arguments(" ".join(f'"{word}"' for word in words)) == words


@given(st.text(st.sampled_from('ab "^&|<>12 ')))
def test_any_line_parses(line):
    for pipeline in parse_line(line):
        assert pipeline.connector in ("", "&", "&&", "||")
        assert pipeline.commands


@pytest.mark.parametrize(
    ("line", "expected", "code"),
    [
        ("echo hello", "hello", 0),
        ("echo a&& echo b", "a\nb", 0),
        ("cd nosuch 2>nul || echo failed", "failed", 0),
        ("echo a & echo b", "a \nb", 0),
        ("echo ^& done", "& done", 0),
        ("echo %COMPUTERNAME%", "CRM01", 0),
        ("set X=5& set X", "X=5", 0),
        (r"mkdir C:\n && dir /b C:\n && echo ok", "ok", 0),
        (r"echo x> C:\o.txt && type C:\o.txt", "x ", 0),
        (r"echo x>C:\o.txt& echo y>>C:\o.txt& type C:\o.txt", "x\ny", 0),
        (
            r"del C:\Windows\System32\drivers\etc\hosts & if not exist C:\Windows\System32\drivers\etc\hosts echo gone",
            "gone",
            0,
        ),
        ("ver", "\nMicrosoft Windows [Version 10.0.17763.5576]", 0),
        ("exit 7", "", 7),
        ("hostname", "crm01", 0),
        ('sc query SMTPSVC | find "STATE"', "        STATE              : 1  STOPPED ", 0),
        ('sc query SMTPSVC | find /i /c "state"', "1", 0),
        ("echo abc | findstr /i ABC", "abc ", 0),
        ("echo abc | findstr x", "", 1),
        ("netstat -an | findstr /r :5985", "  TCP    0.0.0.0:5985           0.0.0.0:0              LISTENING", 0),
        (r"cd C:\inetpub & cd", r"C:\inetpub", 0),
        (r"rmdir /s /q C:\inetpub && if not exist C:\inetpub echo gone", "gone", 0),
        ('powershell -NoProfile -Command "1 + 1"', "2", 0),
    ],
)
def test_cmd(shell, line, expected, code):
    quoted = line.replace("'", "''")
    ran = shell(f"cmd.exe /c '{quoted}'; \"[$LASTEXITCODE]\"")
    assert (ran.output, ran.errors) == (f"{expected}\n[{code}]" if expected else f"[{code}]", "")


def test_cmd_does_not_know_everything(shell):
    ran = shell("cmd /c nosuch; $LASTEXITCODE")
    assert "'nosuch' is not recognized as an internal or external command" in ran.errors
    assert ran.output == "1"


@pytest.mark.parametrize(
    ("script", "words", "code"),
    [
        ("sc.exe query SMTPSVC", "STATE              : 1  STOPPED", 0),
        ("sc.exe start SMTPSVC", "START_PENDING", 0),
        ("sc.exe stop SMTPSVC", "[SC] ControlService FAILED 1062:", 1062),
        ("sc.exe query nope", "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:", 1060),
        ("sc.exe config SMTPSVC start= auto", "[SC] ChangeServiceConfig SUCCESS", 0),
        ("sc.exe config SMTPSVC start= sometimes", "FAILED 87", 87),
        (
            "$null = sc.exe config SMTPSVC start= delayed-auto; sc.exe qc SMTPSVC",
            "START_TYPE         : 2   AUTO_START  (DELAYED)",
            0,
        ),
        (
            "$null = sc.exe failure SMTPSVC reset= 60 actions= restart/1000; sc.exe qfailure SMTPSVC",
            "RESTART -- Delay = 1000 milliseconds.",
            0,
        ),
        ("sc.exe frobnicate SMTPSVC", "Unrecognized Command", 1639),
        ("net start SMTPSVC", "The Simple Mail Transfer Protocol (SMTP) service was started successfully.", 0),
        (r"reg query 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' /v UBR", "UBR    REG_DWORD    0x15c8", 0),
        (r"reg add HKLM\SOFTWARE\X /v a /t REG_SZ /d 'b c' /f", "The operation completed successfully.", 0),
        (
            r"$null = reg add HKLM\SOFTWARE\X /f; reg delete HKLM\SOFTWARE\X /f",
            "The operation completed successfully.",
            0,
        ),
        (r"icacls C:\inetpub /grant 'NETWORK SERVICE:(OI)(CI)M'", "Successfully processed 1 files", 0),
        (
            r"$null = icacls C:\inetpub /grant '*S-1-5-20:(OI)(CI)M'; icacls C:\inetpub\mailroot",
            r"NT AUTHORITY\NETWORK SERVICE:(I)(OI)(CI)(M)",
            0,
        ),
        (r"icacls C:\inetpub /grant nobody:F 2>&1 | Out-Null; 'after'", "after", 1332),
        ("iisreset", "Internet services successfully restarted", 0),
        ("whoami", r"crm01\administrator", 0),
        ("dism /online /get-featureinfo /featurename:Smtpsvc-Service-Update-Name", "State : Enabled", 0),
        ("dism /online /enable-feature /featurename:IIS-LegacyScripts", "The operation completed successfully.", 0),
        ("dism /online /enable-feature /featurename:IIS-CommonHttpFeatures", "parent features must be enabled", 50),
    ],
)
def test_programs(shell, script, words, code):
    ran = shell(f'{script}; "[$LASTEXITCODE]"')
    assert words in ran.output
    assert ran.lines[-1] == f"[{code}]"


def test_stopping_asks_where_others_depend(shell):
    ran = shell("net start SMTPSVC | Out-Null; net stop IISADMIN; $LASTEXITCODE; net stop IISADMIN /y; $LASTEXITCODE")
    assert "Do you want to continue this operation? (Y/N) [N]:" in ran.output
    assert ran.lines[-1] == "0"
    assert shell.machine.services.find("SMTPSVC").status == "Stopped"


def test_what_is_not_simulated_says_so(shell):
    ran = shell("netsh interface ip show config; $LASTEXITCODE")
    assert "not simulated by the lab" in ran.errors
    assert ran.output == "1"


def test_shutdown_asks_for_a_reboot_and_takes_it_back(shell):
    shell("shutdown /r /t 0")
    assert shell.machine.reboot_requested
    shell("shutdown /a")
    assert not shell.machine.reboot_requested
