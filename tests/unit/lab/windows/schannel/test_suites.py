"""Cipher suites of versions, policies and hardening tools."""

import pytest

from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.windows.schannel.suites import LOCAL_ORDER, POLICY_ORDER, effective_suites

GCM = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
CBC = "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"
SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"


def suites(machine):
    return effective_suites(machine.registry, machine.windows)


@pytest.mark.parametrize("windows", ["2008r2", "2012", "2012r2"])
def test_old_versions_have_no_gcm_with_ecdhe_and_rsa(windows):
    found = suites(Machine.create("LAB01", windows))
    assert GCM not in found
    assert CBC in found
    assert "TLS_RSA_WITH_AES_256_GCM_SHA384" in found


def test_new_versions_have_it_and_the_suites_of_tls_1_3_came_with_2022():
    assert GCM in suites(Machine.create("LAB01", "2016"))
    assert "TLS_AES_256_GCM_SHA384" not in suites(Machine.create("LAB01", "2019"))
    assert "TLS_AES_256_GCM_SHA384" in suites(Machine.create("LAB01", "2022"))


@pytest.mark.parametrize("listed", [f"{CBC}_P384,{CBC}_P256,NO_SUCH_SUITE", (f"{CBC}_P384", "NO_SUCH_SUITE")])
def test_a_policy_replaces_the_list(listed):
    machine = Machine.create("LAB01", "2012r2")
    machine.registry.set(LOCAL_ORDER, "Functions", (GCM,))
    machine.registry.set(POLICY_ORDER, "Functions", listed)
    assert suites(machine) == (CBC,)


def test_ciphers_and_exchanges_can_be_switched_off():
    machine = Machine.create("LAB01", "2019")
    for group, name in (("Ciphers", "AES 256/256"), ("KeyExchangeAlgorithms", "PKCS")):
        machine.registry.set(rf"{SCHANNEL}\{group}\{name}", "Enabled", 0)
    found = suites(machine)
    assert found
    assert not [name for name in found if "AES_256" in name or name.startswith("TLS_RSA_")]
