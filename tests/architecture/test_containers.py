"""The files of docker/ against their schemas, against each other and against the code. No Docker engine is needed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from backend.edge.errors import Busy, TooLarge
from backend.edge.problems import body_of
from tests.architecture.reading import ROOT, environment_names, manage_commands, text

BIN = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load(text("docker/compose.yaml"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = re.sub(r"\\\n\s*", "", text("docker/Dockerfile"))  # one instruction a line
ENTRYPOINT = text("docker/entrypoint.sh")
NGINX = re.sub(r"^\s*#.*$", "", text("docker/nginx.conf"), flags=re.MULTILINE)


def is_ours(service: dict[str, Any]) -> bool:
    return str(service["image"]).startswith("green-points:")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def test_compose_follows_its_published_schema() -> None:
    done = run(str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker/compose.yaml")
    assert done.returncode == 0, done.stdout


def test_the_schema_check_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(text("docker/compose.yaml").replace("restart: unless-stopped", "restart: [always]", 1))
    assert run(str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(wrong)).returncode != 0


def test_compose_is_tidy_yaml() -> None:
    rules = "{extends: default, rules: {line-length: {max: 140}}}"
    done = run(str(BIN / "yamllint"), "--strict", "-d", rules, "docker/compose.yaml")
    assert done.returncode == 0, done.stdout


def test_the_entrypoint_is_a_program() -> None:
    assert run("bash", "-n", "docker/entrypoint.sh").returncode == 0
    assert (ROOT / "docker/entrypoint.sh").stat().st_mode & 0o111


def interpolated() -> set[str]:
    """Variables that compose.yaml itself takes from docker/.env."""
    return set(re.findall(r"\$\{([A-Z_]+)", text("docker/compose.yaml")))


def test_every_variable_is_in_the_example_and_no_other() -> None:
    named = re.findall(r"^#? ?([A-Z][A-Z_]+)=", text("docker/.env.example"), re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) == environment_names() | interpolated()


def test_the_example_starts_compose_once_its_secrets_are_filled_in() -> None:
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", text("docker/.env.example"), re.MULTILINE))
    wanted = set(re.findall(r"\$\{([A-Z_]+):\?", text("docker/compose.yaml")))
    assert wanted <= given.keys()
    assert {name for name in given if given[name] == ""} == {"SECRET_KEY", "POSTGRES_PASSWORD"}


def sources_of_copies() -> list[str]:
    lines = [line.split()[1:] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    from_context = [[word for word in line if not word.startswith("--chmod")] for line in lines]
    return [source for line in from_context if not line[0].startswith("--from=") for source in line[:-1]]


def test_the_image_copies_what_exists_and_the_context_holds_it() -> None:
    allowed = {line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")}
    assert sources_of_copies()
    assert [source for source in sources_of_copies() if not (ROOT / source).exists()] == []
    assert set(sources_of_copies()) == allowed


def test_what_the_image_copies_is_enough_to_collect_its_static_files(tmp_path: Path) -> None:
    """The Dockerfile's last RUN, on a copy that holds only what the image holds."""
    step = re.search(r"^RUN (SECRET_KEY=\S+) python (manage\.py collectstatic --noinput)$", DOCKERFILE, re.MULTILINE)
    assert step is not None
    image, data = tmp_path / "image", tmp_path / "data"
    image.mkdir()
    for source in sources_of_copies():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, image / Path(source).name)
    name, _, secret = step[1].partition("=")
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data), name: secret}
    done = subprocess.run(
        [sys.executable, *step[2].split()], cwd=image, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (data / "static" / "web" / "base.css").exists()


def test_every_package_of_the_product_is_in_the_image() -> None:
    apps = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    assert apps <= set(sources_of_copies())


def test_the_final_stage_has_no_compiler_and_no_root() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert not re.search(r"\b(gcc|g\+\+|build-essential|make|git)\b", final)
    assert re.search(r"^USER green$", final, re.MULTILINE)
    assert final.index("USER green") > final.index("useradd")


def test_ports_agree_between_the_files() -> None:
    port = re.search(r"PORT=(\d+)", DOCKERFILE)
    assert port is not None
    assert f"EXPOSE {port[1]}" in DOCKERFILE
    assert f"127.0.0.1:{port[1]}/api/v1/health/ready" in DOCKERFILE
    assert f"server web:{port[1]} resolve;" in NGINX
    published = [mapping.split(":")[1] for mapping in SERVICES["nginx"]["ports"]]
    assert published == re.findall(r"listen (\d+)", NGINX)


def test_only_nginx_is_published_and_databases_have_no_way_out() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert {name for name, service in SERVICES.items() if service["networks"] == ["back"]} == {
        "postgres",
        "redis",
        "chroma",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_limits_a_restart_policy_and_a_health_check(name: str) -> None:
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["restart"] in ("unless-stopped", "on-failure")
    if is_ours(service):
        assert "\nHEALTHCHECK " in DOCKERFILE
    else:
        assert service["healthcheck"]["test"][0] == "CMD"
        assert re.fullmatch(r"[a-z/]+:\d[\w.-]*", service["image"])  # a version, never `latest`


def test_what_a_service_waits_for_exists() -> None:
    waits = {each for service in SERVICES.values() for each in service.get("depends_on", {})}
    assert waits <= SERVICES.keys()


def test_compose_runs_what_the_entrypoint_knows() -> None:
    verbs = set(re.findall(r"^  ([a-z]+)\)$", ENTRYPOINT, re.MULTILINE))
    used = {service["command"][0] for service in SERVICES.values() if is_ours(service)}
    assert used == verbs == {"web", "worker", "migrate"}
    assert set(re.findall(r"python manage\.py ([a-z_]+)", ENTRYPOINT)) <= manage_commands()


def test_web_is_served_as_serve_does() -> None:
    """`manage.py serve` and the container's `web` differ in host, port and number of processes only."""
    serve = text("backend/ops/management/commands/serve.py")
    command = re.search(r"exec (uvicorn .*?)\n    ;;", ENTRYPOINT, re.DOTALL)
    assert command is not None
    words = shlex.split(command[1].replace("\\\n", " "))
    assert words[1] in serve
    assert f'ws="{words[words.index("--ws") + 1]}"' in serve
    assert "ws_max_size=64 * 1024" in serve
    assert words[words.index("--ws-max-size") + 1] == str(64 * 1024)
    assert "proxy_headers=False" in serve
    assert "--no-proxy-headers" in words
    assert "server_header=False" in serve
    assert "--no-server-header" in words


def test_the_pools_of_all_processes_fit_the_database() -> None:
    """WEB_CONCURRENCY x DATABASE_POOL + DATABASE_POOL + 10 <= max_connections, with the defaults."""
    limit = re.search(r"max_connections=(\d+)", text("docker/compose.yaml"))
    workers = re.search(r"WEB_CONCURRENCY:-(\d+)", text("docker/compose.yaml"))
    pool = re.search(r'"DATABASE_POOL", default=(\d+)', text("backend/config/env.py"))
    assert limit is not None
    assert workers is not None
    assert pool is not None
    assert int(workers[1]) * int(pool[1]) + int(pool[1]) + 10 <= int(limit[1])


def test_the_chroma_server_is_the_version_of_its_client() -> None:
    pinned = re.search(r"^chromadb==(\S+)", text("requirements.txt"), re.MULTILINE)
    assert pinned is not None
    assert SERVICES["chroma"]["image"] == f"chromadb/chroma:{pinned[1]}"


def test_nginx_passes_on_what_the_application_relies_on() -> None:
    for line in [
        "proxy_set_header Host $http_host;",
        "proxy_set_header X-Request-ID $request_id;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $connection_upgrade;",
    ]:
        assert line in NGINX
    within = re.findall(r"location [^{]*\{[^}]*\}", NGINX)
    assert [block for block in within if "proxy_set_header" in block] == []  # one there drops all of the server's
    assert NGINX.count("{") == NGINX.count("}")
    assert "$request " not in NGINX  # the whole request line would write positions into the log
    assert "$args" not in NGINX


def test_nginx_refuses_what_the_application_would_in_the_same_words() -> None:
    limit = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert limit is not None
    assert int(limit[1]) * 1024 * 1024 == settings.IMAGE_UPLOAD_MAX_BYTES
    assert "error_page 502 504 = @busy;" in NGINX  # "=": the answer's own status, not 502
    written = [json.loads(body) for body in re.findall(r"return \d+ '(\{.*?\})';", NGINX)]
    ours = [TooLarge(limit_bytes=settings.IMAGE_UPLOAD_MAX_BYTES), Busy()]
    bodies = [body_of(refusal, language="zh-Hans", request_id="$request_id") for refusal in ours]
    assert written == [body | {"type": f"/problems/{body['code']}"} for body in bodies]
