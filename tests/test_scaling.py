"""What the page about scaling promises: a compose file that fits the bot, and a simulated day."""

import re
from pathlib import Path

import pytest

from bench.simulation import Costs, Day, Habits, longest_queue, report, simulate, walls
from bot.settings import Settings
from storage.tables import metadata
from tests.test_docs import ROOT, commands

COMPOSE = (ROOT / "docs" / "compose.yaml").read_text(encoding="utf-8")
SCALING = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
HABITS, COSTS = Habits(), Costs()


@pytest.fixture(scope="module")
def day() -> Day:
    return simulate(500, 20, HABITS)


def service(name: str) -> str:
    """The lines of a service."""
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n|  #.*\n)+)", COMPOSE, re.MULTILINE)
    assert found, name
    return found[1]


def test_every_command_of_the_compose_file_exists() -> None:
    typed = re.findall(r'command: \["python", "-m", "bot", "([a-z]+)"\]', COMPOSE)
    assert sorted(typed) == ["migrate", "run"]
    assert set(typed) <= set(commands())


def test_every_variable_of_the_compose_file_is_a_setting() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    given = set(re.findall(r"^      ([A-Z_]+):", service("migrate"), re.MULTILINE))
    assert given <= known
    assert {"DATABASE_URL", "SLACK_SIGNING_SECRET", "KEEPWARM_SECRET_KEYS", "KEEPWARM_HOST"} <= given
    assert "environment: *settings" in service("keepwarm"), "replicas have what the migration had"


def test_three_replicas_wait_for_the_migration_and_are_given_time_to_stop() -> None:
    replicas = service("keepwarm")
    assert "replicas: 3" in replicas
    assert "condition: service_completed_successfully" in replicas
    assert "stop_grace_period: 30s" in replicas
    assert "source: proxy" in service("proxy")
    assert "reverse_proxy /slack/* keepwarm:3000" in COMPOSE, "the health pages and /metrics are nobody else's"


@pytest.mark.parametrize("name", ["migrate", "keepwarm"])
def test_a_replica_can_write_nowhere_and_may_do_nothing_special(name: str) -> None:
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'):
        assert line in service(name)


def test_the_compose_file_is_indented_evenly_and_builds_from_here() -> None:
    for line in COMPOSE.splitlines():
        indent = len(line) - len(line.lstrip())
        assert indent % 2 == 0, line
        assert "\t" not in line
    assert (ROOT / "docs" / Path("..") / "Dockerfile").exists()


def test_every_table_could_be_distributed_by_its_workspace() -> None:
    for table in metadata.tables.values():
        if "workspace_id" in table.c:
            assert next(iter(table.primary_key.columns)).name == "workspace_id", table.name


def test_a_day_is_the_same_for_the_same_seed(day: Day) -> None:
    assert simulate(500, 20, HABITS).digests == day.digests
    assert sum(day.due) == 500 * 20
    assert 0.55 < sum(day.digests) / sum(day.due) < 0.65


def test_a_queue_waits_until_it_is_served() -> None:
    assert longest_queue([600, *[0] * 9], 100) == 5
    assert longest_queue([50, 50, 50], 100) == 0


def test_more_replicas_move_every_wall_but_the_database(day: Day) -> None:
    few = {wall.name: wall.asked for wall in walls(day, COSTS, HABITS, replicas=1)}
    many = {wall.name: wall.asked for wall in walls(day, COSTS, HABITS, replicas=10)}
    assert {name for name in few if many[name] < few[name]} == {name for name in few if "database" not in name}


def test_the_report_and_the_page_speak_of_the_same_things(day: Day) -> None:
    lines = "\n".join(report(day, COSTS, HABITS, replicas=3))
    for row in re.findall(r"^\| ([a-zA-Z ]+) \| [\d,]+ \| [\d,]+ \|$", SCALING, re.MULTILINE):
        assert row in lines, row
