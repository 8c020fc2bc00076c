"""`compose.yaml` and the image name commands, settings and files that exist, and hold no secret."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from dotenv import dotenv_values

from medea.apps.cli.main import app
from medea.kernel.settings import Settings, setting_names

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "deploy/docker"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
_NEEDED = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def test_there_is_one_service_for_each_kind_of_process() -> None:
    assert set(OURS) == {"migrate", "api", "worker", "relay"}


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    command: Any = typer.main.get_command(app)
    for word in OURS[name]["command"]:
        assert word in command.commands, f"there is no `medea {word}`"
        command = command.commands[word]
    assert not hasattr(command, "commands"), "it does something by itself"


@pytest.mark.parametrize("name", OURS)
def test_settings_exist_and_make_sense_together(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {key: _NEEDED.sub("x" * 40, value) for key, value in OURS[name]["environment"].items()}
    from_image = dict(re.findall(r"\b(MEDEA_\w+)=(\S+)", DOCKERFILE))
    unknown = {key for key in {**values, **from_image} if key.startswith("MEDEA_")} - setting_names()
    assert not unknown
    for key in [key for key in os.environ if key.startswith(("MEDEA_", "OPENROUTER"))]:
        monkeypatch.delenv(key)
    for key, value in {**from_image, **values}.items():
        monkeypatch.setenv(key, value)
    settings = Settings(_env_file=None)
    assert settings.database.url
    assert settings.rabbitmq.url
    assert settings.redis.url
    assert settings.auth.secret is not None
    assert settings.dashboard_origin != settings.widget_origin or "x" * 40 in settings.widget_origin


WRITTEN = """\
MEDEA_AUTH__ENCRYPTION_KEY=kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
MEDEA_AUTH__OLDER_ENCRYPTION_KEYS='["oooooooooooooooooooooooooooooooooooooooo"]'
MEDEA_VECTORS__KIND=qdrant
MEDEA_VECTORS__URL=http://qdrant:6333
MEDEA_KNOWLEDGE__MAX_DOCUMENTS=50000
MEDEA_REDIS__URL=redis://elsewhere:6379/0
"""


@pytest.mark.parametrize("name", OURS)
def test_any_setting_of_the_env_file_reaches_every_process(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [file] = OURS[name]["env_file"]
    assert (ROOT / f"{file}.example").is_file()
    assert f"--env-file {file} " in (ROOT / "docs/guides/run-distributed.md").read_text()
    (tmp_path / "env").write_text(WRITTEN)
    written = {key: value or "" for key, value in dotenv_values(tmp_path / "env").items()}
    for key in [key for key in os.environ if key.startswith(("MEDEA_", "OPENROUTER"))]:
        monkeypatch.delenv(key)
    fixed = {key: _NEEDED.sub("x" * 40, value) for key, value in OURS[name]["environment"].items()}
    for key, value in {**written, **fixed}.items():
        monkeypatch.setenv(key, value)
    settings = Settings(_env_file=None)
    assert settings.auth.encryption_key is not None
    assert [key.get_secret_value() for key in settings.auth.older_encryption_keys] == ["o" * 40]
    assert (settings.vectors.kind, settings.knowledge.max_documents) == ("qdrant", 50_000)
    assert settings.redis.url == "redis://redis:6379/0", "the services of the file are its own"


def test_what_the_example_names_exists() -> None:
    example = (DOCKER / "compose.env.example").read_text()
    assert set(re.findall(r"\bMEDEA_\w+", example)) <= setting_names()


@pytest.mark.parametrize("name", [name for name in OURS if "stop_grace_period" in OURS[name]])
def test_processes_have_the_time_to_leave_that_they_take(name: str) -> None:
    environment = OURS[name]["environment"]
    defaults = Settings.model_construct()
    drain = float(environment.get("MEDEA_WEB__DRAIN_SECONDS", defaults.web.drain_seconds))
    grace = float(environment.get("MEDEA_WORKER__GRACE_SECONDS", defaults.worker.grace_seconds))
    needed = {"api": drain + defaults.web.grace_seconds, "worker": grace}[name]
    assert int(OURS[name]["stop_grace_period"].removesuffix("s")) > needed + 10


@pytest.mark.parametrize("name", ["api", "worker", "relay"])
def test_nothing_starts_before_the_schema_is_there(name: str) -> None:
    assert OURS[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert OURS["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_images_have_tags_and_services_answer_for_their_health() -> None:
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    for image in images:
        tag = _NEEDED.sub(r"\3", image).rpartition(":")[2]
        assert re.search(r"\d", tag), f"{image} is whatever is newest"
    for name in ("postgres", "redis", "rabbitmq"):
        assert COMPOSE["services"][name]["healthcheck"]["test"]


def test_secrets_come_from_the_env_file_and_must_be_there() -> None:
    text = (ROOT / "compose.yaml").read_text()
    example = (DOCKER / "compose.env.example").read_text()
    offered = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))
    used = {name: how for name, how, _ in _NEEDED.findall(text)}
    assert set(used) == set(offered)
    secret = {name for name in offered if name.endswith(("PASSWORD", "SECRET"))}
    assert {name for name, how in used.items() if how == "?"} == secret
    assert all(not offered[name] for name in secret)


def test_the_image_is_made_of_what_there_is_and_runs_as_nobody_special() -> None:
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER medea$", last, re.MULTILINE)
    assert last.index("USER medea") < last.index("ENTRYPOINT")
    assert "--require-hashes" in DOCKERFILE
    let_in = [line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"]
    copied = " ".join(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)).split()
    assert sorted(let_in) == sorted(copied)


def test_compose_takes_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    plugin = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    if not plugin:
        pytest.skip("docker compose is not installed here")
    env = tmp_path / OURS["api"]["env_file"][0]
    env.parent.mkdir(parents=True)
    env.write_text("POSTGRES_PASSWORD=a\nRABBITMQ_PASSWORD=b\nMEDEA_AUTH__SECRET=" + "c" * 32 + "\n")
    command = [str(docker), "compose", "--env-file", str(env), "--project-directory", str(tmp_path)]
    command += ["--file", str(ROOT / "compose.yaml"), "config", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
