import pytest

from iisrelay.site.target import Connection
from iisrelay.transport.shell import endpoint_url


@pytest.mark.parametrize(
    ("address", "https", "port", "url"),
    [
        ("crm01.contoso.example", True, 5986, "https://crm01.contoso.example:5986/wsman"),
        ("10.0.0.1", False, 5985, "http://10.0.0.1:5985/wsman"),
        ("fe80::1", True, 443, "https://[fe80::1]:443/wsman"),
    ],
)
def test_the_url_is_explicit(address, https, port, url):
    assert endpoint_url(Connection(kind="winrm", address=address, https=https, port=port)) == url
