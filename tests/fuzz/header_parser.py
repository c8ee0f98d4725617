"""Mail headers: any bytes are read into a route, in words without control characters."""

import harness

SEEDS = (
    b"Received: from a ([192.0.2.1]) by b over TLS secured channel with Microsoft SMTPSVC(1.0); 8 Jan 2026 17:57 +0100",
    b"Received: from a (helo=b) by c (Postfix) with ESMTPS id 1 (version=TLS1_2, cipher=X) for <x@y>; 8 Jan 2026 1:2:3",
)


def check(data):
    import json

    from iisrelay.report.harmless import harmless
    from iisrelay.tls.headers import parse_message
    from iisrelay.tls.verdict import finding_on_route, verdict_on_route

    route = parse_message(data)
    json.dumps(route.to_json()).encode()
    assert [hop.number for hop in route.hops] == list(range(1, len(route.hops) + 1))
    assert route.explanation.endswith(".")
    assert harmless(route.explanation) == route.explanation
    assert "\n" not in route.explanation
    verdict_on_route(route)
    finding_on_route(route)


if __name__ == "__main__":
    harness.fuzz(check, seeds=SEEDS)
