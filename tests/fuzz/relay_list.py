"""Relay lists: any blob is read in words, and what is well-formed is written again as it was."""

import harness

SEEDS = (
    bytes.fromhex("18000080200000803c0000804400008001000000") + bytes(60),
    b"\x18\0\0\x80\x20\0\0\x80\x28\0\0\x80\x30\0\0\x80\1\0\0\0\x38\0\0\0" + bytes(32),
)


def check(data):
    from iisrelay.settings.relay_list import decode, encode

    read = decode(data)
    assert all(isinstance(problem, str) for problem in read.problems)
    assert len(read.problems) <= 100
    assert len(read.access_list.addresses) + len(read.access_list.domains) <= 100_000
    try:
        written = encode(read.access_list)
    except ValueError:
        return  # masks with holes, names that are none
    again = decode(written)
    assert not again.problems
    assert set(again.access_list.addresses) == set(read.access_list.addresses)


if __name__ == "__main__":
    harness.fuzz(check, seeds=SEEDS)
