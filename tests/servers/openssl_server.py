"""OpenSSL's s_server: TLS from the first byte with chosen versions and suites.

Debian's OpenSSL serves TLS 1.0 and 1.1 when the cipher list says "@SECLEVEL=0".
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from servers.certificates import Pair
from servers.ports import free_port, wait_until_listening

EVERYTHING = "ALL:@SECLEVEL=0"


@contextmanager
def s_server(pair: Pair, *options: str, cipher: str = EVERYTHING) -> Iterator[int]:
    """Run "openssl s_server" and give its port; -tls1, -tls1_2, -no_tls1_3 and the like are options."""
    port = free_port()
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(pair.certificate)]
    command += ["-key", str(pair.key), "-cert_chain", str(pair.certificate), "-cipher", cipher, "-quiet", *options]
    # An open standard input: s_server ends when it is closed.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_until_listening(port, lambda: process.poll() is None, lambda: "s_server has ended")
        yield port
    finally:
        process.kill()
        process.communicate()
