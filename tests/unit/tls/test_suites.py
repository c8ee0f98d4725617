import pytest

from iisrelay.tls.suites import POLICY_LIST, SCHANNEL_ROOT, accepted_by, suites_of

GCM = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
CBC = "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"


def left(build, **values):
    places = {
        "policy": (POLICY_LIST, "Functions"),
        "aes256": (rf"{SCHANNEL_ROOT}\Ciphers\AES 256/256", "Enabled"),
        "aes128": (rf"{SCHANNEL_ROOT}\Ciphers\AES 128/128", "Enabled"),
        "pkcs": (rf"{SCHANNEL_ROOT}\KeyExchangeAlgorithms\PKCS", "Enabled"),
        "ecdh": (rf"{SCHANNEL_ROOT}\KeyExchangeAlgorithms\ECDH", "Enabled"),
        "sha": (rf"{SCHANNEL_ROOT}\Hashes\SHA", "Enabled"),
    }
    known = {places[name]: value for name, value in values.items()}
    return suites_of(build, lambda path, name: known.get((path, name)))


def test_ecdhe_with_gcm_came_with_2016():
    assert GCM not in left(9600).left
    assert GCM in left(14393).left
    assert all(CBC in left(build).left for build in (7601, 9200, 9600, 14393, 20348))


@pytest.mark.parametrize("written", [f"{GCM},{GCM.replace('256', '128', 1)}", (GCM,), f" {GCM}_P256 , {GCM}_P384"])
def test_a_policy_list_replaces_the_default(written):
    assert left(9600, policy=written).left == ()
    assert left(17763, policy=written).left[:1] == (GCM,)


@pytest.mark.parametrize("written", ["", (), 5, ","])
def test_a_list_without_names_is_none(written):
    assert left(17763, policy=written) == left(17763)


def test_names_with_a_curve_are_the_suite():
    assert left(7601, policy=f"{CBC}_P384,{CBC}_P256").left == (CBC,)


def test_names_that_nobody_knows_are_told():
    assert left(17763, policy="TLS_NEW_WITH_SOMETHING").unfamiliar == ("TLS_NEW_WITH_SOMETHING",)


def test_switched_off_algorithms_take_their_suites_along():
    assert left(17763, aes256=0, aes128=0).left == ()
    assert left(17763, pkcs=0).left == ()
    assert all("_AES_128_" in name for name in left(17763, aes256=0).left)
    assert all("ECDHE" not in name for name in left(17763, ecdh=0).left)
    assert all(not name.endswith("_SHA") for name in left(17763, sha=0).left)
    assert left(17763, aes256=1, pkcs=0xFFFFFFFF) == left(17763)


@pytest.mark.parametrize(
    "host",
    ["smtp.office365.com", "SMTP.Office365.com.", "contoso-com.mail.protection.outlook.com", "smtp.hve.mx.microsoft"],
)
def test_what_microsoft_365_takes_is_documented(host):
    assert CBC in accepted_by(host)


@pytest.mark.parametrize("host", ["smtp.sendgrid.net", "office365.com.example", "notoffice365.com", "10.1.2.3"])
def test_what_others_take_is_not(host):
    assert accepted_by(host) is None
