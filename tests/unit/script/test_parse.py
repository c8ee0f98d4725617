import json
from pathlib import Path

import pytest

from iisrelay.errors import RefusedError
from iisrelay.lab.powershell.parser import parse
from iisrelay.plan.diff import make_plan
from iisrelay.script import apply_script, observe_script, render_standalone
from iisrelay.script.templates import render, template_folder
from iisrelay.state import ObservedServer

EVERYTHING = """
    virtual_servers:
      - name: "O\u2019Brien's \u00e9 relay"
        state: started
        general:
          bindings: ['10.1.2.3:2525', '127.0.0.1:2525']
          fqdn: relay.contoso.example
          logging: {enabled: true, format: w3c, fields: all, rollover: daily, folder: 'D:\\logs'}
        access:
          authentication: [anonymous, integrated]
          connections: {allow: only_listed, addresses: [self, 10.0.0.0/24]}
          relay: {allow: only_listed, addresses: [self], authenticated: false}
        messages: {max_size: 25MB, max_session_size: 50MB, bad_mail_folder: 'D:\\b'}
        delivery:
          smart_host: mail.example.net
          outbound_port: 587
          outbound_security: {method: basic, username: "a'b@contoso.example", password: env:MARKER_NAME, tls: true}
          hop_count: null
        security: {operators: ['BUILTIN\\Administrators']}
        folders: {root: 'D:\\mail\\billing'}
        domains: [{name: contoso.example, type: alias}, {name: old.example, state: absent}]
      - {name: Old, state: absent}
      - {name: Quiet, state: stopped}
      - {name: New}
    service: {startup: delayed-automatic, state: running}
    tls: {policy: tls12}
    features: {install: true}
    firewall: {manage: true}
    """


@pytest.fixture
def everything(site_target):
    return site_target(EVERYTHING)


@pytest.fixture
def plan(everything, host):
    builder = host(
        servers=(ObservedServer(1, "Old", 2), ObservedServer(2, "Quiet", 2)),
        metabase={"SmtpSvc/2": {"ServerAutoStart": True, "HopCount": 3}},
    )
    return make_plan(everything, builder.observed(), lambda _setting, _secret: False)


@pytest.mark.parametrize("path", sorted(template_folder().glob("*.ps1")), ids=lambda path: path.name)
def test_every_file_of_functions_is_powershell_2_by_itself(path: Path):
    assert path.read_bytes().isascii()
    if path.name != "bootstrap.ps1":
        parse(path.read_text(encoding="utf-8"), "2.0")


def test_the_observing_script_is_powershell_2():
    assert parse(observe_script(), "2.0").has_param_block


def test_the_applying_script_is_powershell_2_with_every_change_explained(plan):
    script = apply_script(plan)
    parse(script.text, "2.0")
    changes = script.text.partition("#region changes")[2].partition("#endregion")[0]
    for change in plan.changes:
        assert f"-Change '{change.identity}'" in changes
        assert f"# {change.setting}: " in changes


def test_the_self_contained_script_is_ascii_and_powershell_2(everything):
    text = render_standalone(everything)
    assert text.isascii()
    parse(text, "2.0")
    assert "MARKER_NAME" in text  # the name of the environment variable that it asks for


def test_no_secret_is_in_a_script(plan, everything, monkeypatch):
    monkeypatch.setenv("MARKER_NAME", "S3cr3t-marker")
    script = apply_script(plan)
    assert [secret.reference for secret in script.secrets.values()] == ["env:MARKER_NAME"]
    assert "S3cr3t-marker" not in script.text + render_standalone(everything)


def test_a_name_full_of_code_stays_text(site_target, host):
    name = "x'; exit 1 #\u2019; exit 2 $(exit 3) `' \""
    target = site_target(f"virtual_servers: [{{name: {json.dumps(name)}, delivery: {{hop_count: 3}}}}]")
    assert target.virtual_servers[0].name == name
    made = make_plan(target, host().observed(), lambda _setting, _secret: True)
    for text in (apply_script(made).text, render_standalone(target)):
        parse(text, "2.0")


def test_a_template_cannot_print_what_was_not_quoted(tmp_path, monkeypatch):
    from iisrelay.script import templates

    (tmp_path / "json.ps1").write_text("", encoding="utf-8")
    (tmp_path / "bad.j2").write_text("{{ value }}", encoding="utf-8")
    monkeypatch.setattr(templates, "FOLDERS", (tmp_path,))
    templates._environment.cache_clear()
    try:
        with pytest.raises(TypeError, match="without a filter"):
            render("bad.j2", value="text")
    finally:
        templates._environment.cache_clear()


@pytest.mark.parametrize("domain", ["type: remote, relay: true", "metabase: {RouteAction: 4096}"])
def test_a_domain_that_is_open_is_not_rendered_unasked(site_target, domain):
    site = "virtual_servers: [{name: A, domains: [{name: '*.%s', DOMAIN}]}]".replace("DOMAIN", domain)
    with pytest.raises(RefusedError, match="open-relay"):
        render_standalone(site_target(site % "com"))
    assert "contoso.example" in render_standalone(site_target(site % "contoso.example"))


def test_an_open_relay_is_not_rendered_unasked(site_target):
    target = site_target("virtual_servers: [{name: R, access: {relay: {allow: all_except, addresses: []}}}]")
    with pytest.raises(RefusedError, match="open-relay"):
        render_standalone(target)
    parse(render_standalone(target, allow=frozenset({"open-relay"})), "2.0")
