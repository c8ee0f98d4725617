"""history and rollback as a user runs them."""

import json
from pathlib import Path


def history(iisrelay, *arguments: str) -> list[dict[str, object]]:
    return json.loads(iisrelay("history", "-o", "json", *arguments).out)["entries"]


def test_the_way_back_and_forth(iisrelay):
    assert iisrelay("history").out == "History: 0 entries.\n"
    nothing = iisrelay("rollback", "--lab", "--yes")
    assert (nothing.code, "nothing was applied" in nothing.err) == (64, True)
    assert iisrelay("apply", "--lab", "--yes").code == 0
    site = Path("site.yaml")
    site.write_text(site.read_text(encoding="utf-8").replace("hop_count: 20", "hop_count: 25"), encoding="utf-8")
    assert iisrelay("apply", "--lab", "--yes", "-o", "json").code == 0
    first, second = history(iisrelay)
    assert (second["status"], len(second["changes"])) == ("applied", 1)
    assert second["id"] in iisrelay("history").out
    assert "20 -> 25  applied" in iisrelay("history", second["id"]).out
    asked = iisrelay("rollback", "--lab")
    assert (asked.code, "--yes" in asked.err) == (7, True)
    back = iisrelay("rollback", "--lab", "--yes")
    assert back.code == 0
    assert "~ delivery.hop_count  25 -> 20  applied" in back.out
    assert "Rollback: 1 of 1 change undone and verified on 1 of 1 host." in back.out
    forth = iisrelay("rollback", "--lab", "--yes", "-o", "json")
    assert (forth.code, json.loads(forth.out)["status"]) == (0, "applied")
    assert iisrelay("verify", "--lab").code == 0
    undone = history(iisrelay)[-1]
    assert (undone["command"], undone["undoes"]) == ("rollback", history(iisrelay)[-2]["id"])
    everything = iisrelay("rollback", str(first["id"]), "--lab", "--yes", "-o", "json")
    document = json.loads(everything.out)
    assert (everything.code, document["status"]) == (5, "partial")
    assert document["hosts"][0]["not_restored"] == ["features[SMTP-Server] (it stays installed)"]
    exists = "[DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc/2')"
    assert iisrelay("lab", "exec", "relay01", exists).out.strip() == "False"
    assert "Marker-9f2c41aa" not in "".join(
        path.read_text("utf-8") for path in Path(".iisrelay/history").rglob("*.json")
    )


def test_an_entry_that_is_not_there(iisrelay):
    ran = iisrelay("rollback", "20261124T150712Z-nobody", "--lab", "--yes")
    assert (ran.code, "no entry" in ran.err) == (64, True)
    assert iisrelay("rollback", "../secrets", "--lab", "--yes").code == 64
    assert iisrelay("history", "20261124T150712Z-nobody").code == 64


def test_guards_and_ways_to_fail_are_named(iisrelay):
    assert iisrelay("apply", "--lab", "--yes", "--allow", "many-chances").code == 64
    assert "stale-plan" in iisrelay("apply", "--lab", "--yes", "--allow", "many-chances").err
    assert iisrelay("apply", "--lab", "--yes", "--on-failure", "pray").code == 64


def test_a_stale_plan_is_applied_by_name_only(iisrelay):
    assert iisrelay("plan", "--lab", "--out", "plan.json").code == 0
    site = Path("site.yaml")
    site.write_text(site.read_text(encoding="utf-8").replace("hop_count: 20", "hop_count: 25"), encoding="utf-8")
    refused = iisrelay("apply", "plan.json", "--lab")
    assert (refused.code, "--allow stale-plan" in refused.out) == (7, True)
    assert iisrelay("apply", "plan.json", "--lab", "--allow", "stale-plan").code == 0
