"""A real Postfix of the test's own: its own queue, its own ports, one listener for each configuration asked for.

Debian's OpenSSL forbids TLS 1.0 and 1.1 by its security level; "@SECLEVEL=0" in the cipher list lifts that, and the
protocol range of Postfix overrides MinProtocol of openssl.cnf. Postfix starts as root only.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from servers.certificates import Pair
from servers.ports import free_port, wait_until_listening

MAIN = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = {folder}
maillog_file = {log}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = smarthost.example
mydestination = recipients.example
local_recipient_maps =
local_transport = {transport}
mynetworks = 127.0.0.0/8
smtpd_banner = $myhostname ESMTP $mail_name
smtpd_tls_received_header = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_ciphers = medium
smtpd_tls_mandatory_ciphers = medium
tls_medium_cipherlist = ALL:@SECLEVEL=0
smtpd_peername_lookup = no
cyrus_sasl_config_path = {folder}/sasl
smtpd_client_connection_rate_limit = 0
"""
SERVICES = """
postlog   unix-dgram n - n - 1 postlogd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
proxymap  unix - - n - - proxymap
anvil     unix - - n - 1 anvil
tlsmgr    unix - - n 1000? 1 tlsmgr
discard   unix - - n - - discard
smtp      unix - - n - - smtp
error     unix - - n - - error
scache    unix - - n - 1 scache
"""
AUTH = {"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_type": "cyrus", "smtpd_sasl_security_options": "noanonymous"}


def only(lowest: str, highest: str = "") -> dict[str, str]:
    """Accept no other versions than from the lowest to the highest, written as Postfix does: TLSv1, TLSv1.2."""
    protocols = f">={lowest} <={highest or lowest}"
    return {"smtpd_tls_protocols": protocols, "smtpd_tls_mandatory_protocols": protocols}


@dataclass(frozen=True)
class Postfix:
    """A running Postfix: the port of each listener, and a log that names the TLS version of every connection."""

    folder: Path
    ports: Mapping[str, int]

    def log(self) -> str:
        path = self.folder / "log.txt"
        return path.read_text() if path.exists() else "(no log)"


@contextmanager
def postfix(pair: Pair, listeners: Mapping[str, Mapping[str, str]], *, next_port: int = 0) -> Iterator[Postfix]:
    """Run a Postfix with named listeners, each with its own options.

    Mail for recipients.example goes on to a server on this machine, or is thrown away where none is given.
    """
    if os.geteuid() != 0:
        raise AssertionError("Postfix starts as root only: run these tests as root, as .ci/run does")
    # Not below a folder of pytest's, which lets nobody else in.
    with TemporaryDirectory(prefix="postfix-") as name:
        running = Postfix(Path(name), {listener: free_port() for listener in listeners})
        transport = f"smtp:[127.0.0.1]:{next_port}" if next_port else "discard"
        _configure(running, pair, listeners, transport)
        yield from _run(running)


def _run(running: Postfix) -> Iterator[Postfix]:
    master = subprocess.Popen(
        ["/usr/sbin/postfix", "-c", str(running.folder), "start-fg"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for port in running.ports.values():
            wait_until_listening(port, lambda: master.poll() is None, running.log)
        yield running
    finally:
        subprocess.run(["/usr/sbin/postfix", "-c", str(running.folder), "stop"], check=False, capture_output=True)
        master.terminate()
        master.wait(30)


def _configure(running: Postfix, pair: Pair, listeners: Mapping[str, Mapping[str, str]], transport: str) -> None:
    folder = running.folder
    folder.chmod(0o755)  # the user postfix has to get in
    queue, data, sasl = folder / "queue", folder / "data", folder / "sasl"
    for path in (queue, data, sasl):
        path.mkdir()
    shutil.chown(data, "postfix")
    (sasl / "smtpd.conf").write_text("pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n")
    values = {"certificate": pair.certificate, "key": pair.key, "log": folder / "log.txt", "transport": transport}
    (folder / "main.cf").write_text(MAIN.format(folder=folder, queue=queue, data=data, **values))
    services = [SERVICES]
    for name, options in listeners.items():
        services.append(f"127.0.0.1:{running.ports[name]} inet n - n - - smtpd")
        services += [f"  -o {{ {option} = {value} }}" for option, value in options.items()]
    (folder / "master.cf").write_text("\n".join(services) + "\n")
