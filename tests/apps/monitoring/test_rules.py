"""Alert rules and dashboards: they hold what promtool says, and name what the code tells."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.architecture.sources import ROOT

FOLDER = ROOT / "deploy" / "observability"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
DASHBOARDS = sorted((FOLDER / "grafana" / "dashboards").glob("*.json"))
RUNBOOK = ROOT / "docs" / "runbooks" / "alerts.md"
PROMETHEUS_OWN = {"up", "ALERTS"}
_METRIC = re.compile(r"\b(?:medea_|process_)[a-z0-9_]+")
_RECORDED = re.compile(r"\bmedea:[a-z0-9_:]+")
_LABEL_LISTS = re.compile(r"\b(?:by|on|without|ignoring|group_left)\s*\([^)]*\)")
_STRINGS = re.compile(r'"[^"]*"')


def rules(kind: str) -> list[dict[str, Any]]:
    found = [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]
    return [rule for rule in found if kind in rule]


def panels() -> list[tuple[str, str]]:
    """Return all expressions of dashboards with what they belong to."""
    found = []
    for path in DASHBOARDS:
        board = json.loads(path.read_text())
        for panel in board["panels"]:
            found += [(f"{path.stem}: {panel['title']}", target["expr"]) for target in panel.get("targets", ())]
        found += [(f"{path.stem}: {each['name']}", each["definition"]) for each in board["templating"]["list"][1:]]
        found += [(f"{path.stem}: annotations", each["expr"]) for each in board["annotations"]["list"][1:]]
    return found


def expressions() -> list[tuple[str, str]]:
    return [
        (rule.get("alert") or rule["record"], rule["expr"]) for rule in (*rules("alert"), *rules("record"))
    ] + panels()


def metric_names(expression: str) -> set[str]:
    bare = _LABEL_LISTS.sub("", _STRINGS.sub('""', expression))
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in _METRIC.findall(bare)}


def promtool(*arguments: str | Path, folder: Path = FOLDER) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed here: it comes with Prometheus (Debian: `prometheus`)")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_every_metric_that_is_asked_for_is_told(working: Installation, anonymous: AsyncClient) -> None:
    page = (await anonymous.get("/metrics")).text
    told = {line.split(" ")[2] for line in page.splitlines() if line.startswith("# TYPE ")}
    asked = {name: where for where, expression in expressions() for name in metric_names(expression)}
    unknown = {name: where for name, where in asked.items() if name not in told}
    assert not unknown
    assert len(asked) > 25, "the expressions were read"
    recorded = {rule["record"] for rule in rules("record")}
    wanted = {name: where for where, expression in expressions() for name in _RECORDED.findall(expression)}
    assert not {name: where for name, where in wanted.items() if name not in recorded}
    assert recorded <= set(wanted), "what is recorded is asked for"


async def test_every_metric_of_ours_is_shown_somewhere(working: Installation, anonymous: AsyncClient) -> None:
    page = (await anonymous.get("/metrics")).text
    told = {line.split(" ")[2] for line in page.splitlines() if line.startswith("# TYPE medea_")}
    asked = {name for _, expression in expressions() for name in metric_names(expression)}
    assert not told - asked, "a metric that nobody looks at is a burden"


def test_every_alert_has_its_place_in_the_runbook() -> None:
    headings = {line[3:].lower() for line in RUNBOOK.read_text().splitlines() if line.startswith("## ")}
    named = {rule["alert"].lower() for rule in rules("alert")}
    assert named == headings
    for rule in rules("alert"):
        assert rule["annotations"]["runbook"] == f"docs/runbooks/alerts.md#{rule['alert'].lower()}"
        assert set(rule["labels"]) == {"severity"}
        assert {"summary", "description"} <= set(rule["annotations"])


def test_every_alert_is_tried() -> None:
    tried = (FOLDER / "tests" / "alerts.test.yml").read_text()
    assert [rule["alert"] for rule in rules("alert") if f'alertname="{rule["alert"]}"' not in tried] == []


def test_the_rules_are_rules_and_ring_when_they_should() -> None:
    promtool("check", "rules", *RULES)
    promtool("test", "rules", "alerts.test.yml", folder=FOLDER / "tests")


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-one-process.yml"])
def test_the_configuration_is_one(name: str) -> None:
    promtool("check", "config", "--syntax-only", name)


def test_the_services_beside_ours_get_files_that_are_there() -> None:
    beside = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    ours = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name, service in beside["services"].items():
        mounted = [volume.split(":")[0] for volume in service.get("volumes", ()) if volume.startswith("./")]
        assert [path for path in mounted if not (ROOT / path).exists()] == []
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        assert (name in ours) == ("image" not in service)
    scraped = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    hosts = {name for job in scraped for found in job["dns_sd_configs"] for name in found["names"]}
    assert hosts <= set(ours)


def test_what_dashboards_ask_is_a_question(tmp_path: Path) -> None:
    asked = [expression for where, expression in panels() if not expression.startswith("label_values(")]
    filled = [re.sub(r"\$\w+", "x", expression) for expression in asked]
    made = {"groups": [{"name": "d", "rules": [{"record": f"d:{n}", "expr": e} for n, e in enumerate(filled)]}]}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(made))
    promtool("check", "rules", tmp_path / "rules.yml")


def test_dashboards_can_be_told_apart() -> None:
    boards = [json.loads(path.read_text()) for path in DASHBOARDS]
    assert [board["uid"] for board in boards] == [path.stem for path in DASHBOARDS]
    for board in boards:
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids))
        for panel in board["panels"]:
            assert 0 <= panel["gridPos"]["x"] <= 24 - panel["gridPos"]["w"]
