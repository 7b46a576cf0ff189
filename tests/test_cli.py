"""The command line's contract: exit statuses, stdout that is nothing but the answer, and errors that are sentences."""

import csv
import io
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.playground import Playground
from bot.usecases.installing import local_workspace
from tests.conftest import NOW
from tests.support.process import bot, environment
from tests.support.slack import build_slack
from tests.support.terminal import CUSTOMERS, Keepwarm, _ledger_with_cast, cast, dump, folder, keepwarm, store_in, write
from tests.support.waiting import until

__all__ = ["_ledger_with_cast", "cast", "folder", "keepwarm"]


FIELDS = [
    "external_id", "name", "owner", "segment", "standing", "value", "currency", "last_touch_on", "last_touch_kind",
    "rhythm_days", "due_on", "overdue_days", "warmth", "score", "why",
]  # fmt: skip


@pytest.fixture
def slack() -> Iterator[Playground]:
    with build_slack(lambda: datetime.now(UTC)) as playground:
        yield playground


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"], ["--no-such-option"], ["neglected", "--no-such-option"], ["neglected", "--limit", "0"],
        ["neglected", "--limit", "many"], ["neglected", "--format", "xml"], ["neglected", "--as-of", "yesterday"],
        ["digest", "--as-of", "2026-13-01"], ["import", "customers"], ["import", "invoices", "x.csv"],
        ["import", "customers", "x.csv", "--map", "name"], ["suggest"], ["suggest", "Acme", "--occasion", "war"],
        ["run", "--role", "king"], ["demo", "--port", "99999"], ["manifest", "--http", "http://plain.example"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_word_is_usage_and_writes_nothing(keepwarm: Keepwarm, cast: Path, words: list[str]) -> None:
    write(cast, "x.csv", CUSTOMERS)
    before = dump(cast)
    done = keepwarm(*words)
    assert (done.status, done.out) == (2, "")
    assert done.err
    assert "Traceback" not in done.err
    assert dump(cast) == before


def test_without_a_command_the_help_is_shown(keepwarm: Keepwarm) -> None:
    assert "import" in keepwarm().out + keepwarm().err
    assert keepwarm("--help").status == 0


def test_help_comes_without_loading_what_commands_need(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        env=environment(folder), capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {line.split("|")[2].strip().split(".")[0] for line in done.stderr.splitlines() if line.count("|") == 2}
    assert loaded & {"sqlalchemy", "slack_bolt", "slack_sdk", "pydantic", "jinja2", "alembic", "apscheduler"} == set()


def test_an_import_says_what_it_did_and_the_same_file_twice_changes_nothing(keepwarm: Keepwarm, folder: Path) -> None:
    file = write(folder, "customers.csv", CUSTOMERS)
    first = keepwarm("import", "customers", file)
    assert (first.status, first.err) == (0, "")
    assert "create 1 · update 0 · skip 0 · reject 0" in first.out
    before = dump(folder)
    assert "create 0 · update 0 · skip 1 · reject 0" in keepwarm("import", "customers", file).out
    assert dump(folder) == before


def test_a_dry_run_of_an_import_writes_nothing(keepwarm: Keepwarm, cast: Path) -> None:
    before = dump(cast)
    assert keepwarm("import", "customers", write(cast, "c.csv", CUSTOMERS), "--dry-run").status == 0
    assert dump(cast) == before


def test_refused_rows_are_named_on_stderr_with_their_line(keepwarm: Keepwarm, folder: Path) -> None:
    file = write(folder, "customers.csv", CUSTOMERS + "A2,Birch,,12k5x,EUR,2024-01-01\nA1,Again,,1,EUR,2024-01-01\n")
    done = keepwarm("import", "customers", file)
    assert done.status == 1
    assert "line 3" in done.err
    assert "12k5x" in done.err
    assert "line 4" in done.err
    assert "Traceback" not in done.err


def test_no_name_in_a_file_commands_the_terminal(keepwarm: Keepwarm, folder: Path) -> None:
    wiped = "\x1b[2J\x9b31m"
    rows = [f"A1,Acme{wiped},x,,", f"B1,Birch{wiped},5,Jo{wiped} Ash,prospect", f"C1,birch{wiped},5,,"]
    path = folder / "customers.csv"
    path.write_text("external_id,name,annual_value,contact_name,standing\n" + "\n".join(rows), encoding="utf-8")
    for words in (
        ("import", "customers", str(path)), ("suggest", "B1"), ("standing", "B1"), ("neglected", "--all"),
        ("neglected", "--explain", "B1"), ("suggest", f"Birhc{wiped}"), ("erase", "B1", "--yes"),
    ):  # fmt: skip
        said = keepwarm(*words)
        assert not {"\x1b", "\x9b"} & {*said.out, *said.err}, words


def test_a_column_can_be_named(keepwarm: Keepwarm, folder: Path) -> None:
    file = write(folder, "x.csv", "Nr;Firma\n7;Köhler AG\n")
    assert keepwarm("import", "customers", file, "--map", "name=Firma", "--map", "external_id=Nr").status == 0
    listed = json.loads(keepwarm("neglected", "--all", "--format", "json").out)
    assert [(row["external_id"], row["name"]) for row in listed] == [("7", "Köhler AG")]


def test_a_file_that_is_not_there_is_a_sentence(keepwarm: Keepwarm) -> None:
    done = keepwarm("import", "customers", "nowhere.csv")
    assert done.status in {1, 2}
    assert "nowhere.csv" in done.err
    assert "Traceback" not in done.err


def test_the_json_of_the_list_is_nothing_but_json_by_the_contract(keepwarm: Keepwarm, cast: Path) -> None:
    done = keepwarm("neglected", "--as-of", "2026-11-24", "--format", "json", KEEPWARM_LOG_LEVEL="debug")
    listed = json.loads(done.out)
    assert done.status == 0
    assert [list(row) for row in listed] == [FIELDS] * len(listed)
    assert listed[0]["name"] == "Acme"
    assert listed[0]["value"] == 90_000
    assert [row["score"] for row in listed] == sorted((row["score"] for row in listed), reverse=True)


def test_the_three_formats_show_the_same_customers(keepwarm: Keepwarm, cast: Path) -> None:
    shown = [keepwarm("neglected", "--as-of", "2026-11-24", "--format", name).out for name in ("json", "csv", "table")]
    names = [row["name"] for row in json.loads(shown[0])]
    assert [row["name"] for row in csv.DictReader(io.StringIO(shown[1]))] == names
    assert [name for name in names if name not in shown[2]] == []


def test_the_list_can_be_narrowed(keepwarm: Keepwarm, cast: Path) -> None:
    def names(*words: str) -> list[str]:
        return [
            r["name"]
            for r in json.loads(keepwarm("neglected", "--as-of", "2026-11-24", "--format", "json", *words).out)
        ]

    assert names("--limit", "1") == ["Acme"]
    assert names("--owner", "U0BEN") == ["Cedar"]
    assert set(names()) < set(names("--all"))
    nobody = keepwarm("neglected", "--owner", "U0NOBODY")
    assert (nobody.status, nobody.out) == (1, "")
    assert "U0NOBODY" in nobody.err


def test_the_list_of_an_empty_ledger_is_empty(keepwarm: Keepwarm, folder: Path) -> None:
    assert json.loads(keepwarm("neglected", "--format", "json").out) == []


def test_a_dry_run_of_the_digest_prints_messages_and_writes_nothing(keepwarm: Keepwarm, cast: Path) -> None:
    before = dump(cast)
    done = keepwarm("digest", "--as-of", "2026-11-24", "--dry-run", KEEPWARM_LOG_LEVEL="debug")
    messages = json.loads(done.out)
    assert (done.status, done.err) == (0, "")
    assert [message["channel"] for message in messages] == ["U0ANA", "U0BEN"]
    for message in messages:
        assert {"channel", "text", "blocks"} <= set(message)
    assert dump(cast) == before


@pytest.mark.parametrize(
    ("as_of", "count"),
    [
        ("2026-11-28", 0), ("2026-11-29", 0), ("2026-11-24T08:59", 0), ("2026-11-24T09:00", 2),
        ("2026-11-24T17:00", 2), ("2026-11-24T17:01", 0), ("2026-11-24T23:30", 0), ("2026-11-24T09:00Z", 2),
        ("2026-11-24T09:00-05:00", 2), ("2026-11-24T09:00+10:00", 0),
    ],
)  # fmt: skip
def test_the_digest_keeps_to_hours_and_working_days(keepwarm: Keepwarm, cast: Path, as_of: str, count: int) -> None:
    assert len(json.loads(keepwarm("digest", "--as-of", as_of, "--dry-run").out)) == count


def test_the_digest_of_a_moment_is_sent_once(keepwarm: Keepwarm, cast: Path, slack: Playground) -> None:
    settings = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url, "KEEPWARM_LOG_LEVEL": "debug"}
    first = keepwarm("digest", "--as-of", "2026-11-24T09:00", **settings)
    assert (first.status, first.out) == (0, "2 digests sent.\n")
    second = keepwarm("digest", "--as-of", "2026-11-24T12:00", **settings)
    assert (second.status, second.out) == (0, "0 digests sent.\n")
    assert [len(slack.from_bot(user)) for user in ("U0ANA", "U0BEN", "U0CHI")] == [1, 1, 0]


def test_a_digest_that_slack_did_not_take_is_not_called_sent(keepwarm: Keepwarm, cast: Path, slack: Playground) -> None:
    slack.faults.next("chat.postMessage", error="restricted_action")
    settings = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
    done = keepwarm("digest", "--as-of", "2026-11-24T09:00", **settings)
    assert (done.status, done.out) == (1, "1 digest sent.\n")
    assert "doctor" in done.err


def test_a_digest_can_be_for_some_people(keepwarm: Keepwarm, cast: Path) -> None:
    messages = json.loads(keepwarm("digest", "--as-of", "2026-11-24", "--owner", "Ben", "--dry-run").out)
    assert [message["channel"] for message in messages] == ["U0BEN"]
    assert keepwarm("digest", "--as-of", "2026-11-24", "--owner", "Zed", "--dry-run").status == 1


def test_a_digest_without_a_token_is_a_sentence(keepwarm: Keepwarm, cast: Path) -> None:
    before = dump(cast)
    done = keepwarm("digest", "--as-of", "2026-11-24")
    assert (done.status, done.out) == (2, "")
    assert "SLACK_BOT_TOKEN" in done.err
    assert dump(cast) == before


def test_a_suggestion_is_printed_for_one_customer(keepwarm: Keepwarm, cast: Path) -> None:
    done = keepwarm("suggest", "Acme")
    assert (done.status, done.err) == (0, "")
    assert done.out.strip()
    unknown = keepwarm("suggest", "Zebra")
    assert (unknown.status, unknown.out) == (1, "")
    assert "Zebra" in unknown.err


def test_migrate_says_where_the_database_is(keepwarm: Keepwarm, folder: Path) -> None:
    (folder / "keepwarm.db").unlink()
    assert keepwarm("migrate").out.startswith("Migrated from empty to ")
    assert keepwarm("migrate").out.startswith("The database is at ")


def test_migrate_brings_keys_of_an_earlier_version_to_this_ones(keepwarm: Keepwarm, folder: Path, cast: Path) -> None:
    with sqlite3.connect(folder / "keepwarm.db") as earlier:
        earlier.execute("UPDATE customer SET sort_key = sort_key + 1, warm_key = warm_key - 2")
        earlier.execute("""UPDATE segment SET reached_id = 0, policy_before = json_array(policy, cadence_days, exponent,
            counts, pauses, lost_after_cadences)""")
    earlier.close()
    assert keepwarm("verify").status == 1
    assert keepwarm("migrate").status == 0
    assert keepwarm("verify").status == 0


def test_the_manifest_is_json(keepwarm: Keepwarm) -> None:
    assert json.loads(keepwarm("manifest").out)["settings"]["socket_mode_enabled"] is True
    reached = json.loads(keepwarm("manifest", "--http", "https://bot.example.com").out)
    assert reached["settings"]["event_subscriptions"]["request_url"] == "https://bot.example.com/slack/events"


def test_several_workspaces_must_be_told_apart(keepwarm: Keepwarm, cast: Path) -> None:
    store = store_in(cast)
    with store.session() as session:
        local_workspace(session, now=NOW)
    store.engine.dispose()
    unnamed = keepwarm("neglected", "--format", "json")
    assert (unnamed.status, unnamed.out) == (2, "")
    assert "T0PLAY" in unnamed.err
    assert json.loads(keepwarm("neglected", "--as-of", "2026-11-24", "--format", "json", "--workspace", "T0PLAY").out)
    unknown = keepwarm("neglected", "--workspace", "T0NOWHERE")
    assert (unknown.status, unknown.out) == (1, "")
    assert "T0NOWHERE" in unknown.err


def test_the_command_line_is_the_module_in_a_real_process(cast: Path) -> None:
    done = bot(cast, "neglected", "--as-of", "2026-11-24", "--format", "json", "--limit", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0]["name"] == "Acme"


def test_an_import_that_is_interrupted_writes_nothing_and_says_so(folder: Path) -> None:
    rows = "".join(f"C{number},Customer {number},,1000,EUR,2024-01-01\n" for number in range(60_000))
    file = write(folder, "big.csv", CUSTOMERS + rows)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "import", "customers", file],
        cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(lambda: (folder / "keepwarm.db-wal").exists() and (folder / "keepwarm.db-wal").stat().st_size, what="writing")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode not in {0, -signal.SIGINT}, out
    assert time.monotonic() - began < 5
    assert "Traceback" not in err
    assert [line for line in dump(folder) if line.startswith('INSERT INTO "customer"')] == []


def test_the_arithmetic_of_a_customer_multiplies_to_its_score(keepwarm: Keepwarm, cast: Path) -> None:
    day = NOW.date().isoformat()
    explained = json.loads(keepwarm("neglected", "--explain", "Acme", "--as-of", day, "--format", "json").out)
    listed = json.loads(keepwarm("neglected", "--as-of", day, "--format", "json").out)
    factors = explained["factors"]
    assert factors["worth"] * factors["silence"] == pytest.approx(explained["score"])
    assert explained["score"] == pytest.approx(next(row["score"] for row in listed if row["name"] == "Acme"))
    assert sum(contact["left"] for contact in explained["contacts"]) == pytest.approx(explained["recent_touches"])
    assert explained["recent_touches"] * explained["depth"] == pytest.approx(explained["warmth"])
    said = keepwarm("neglected", "--explain", "acme", "--as-of", day)
    assert (said.status, said.err) == (0, "")
    assert "90,000.00  EUR, value a year" in said.out
    assert "Silence is unusual after" in said.out


def test_a_name_that_is_nobodys_gets_the_nearest(keepwarm: Keepwarm, cast: Path) -> None:
    done = keepwarm("neglected", "--explain", "Akme")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("No customer is called Akme. The nearest are Acme")


def test_the_arithmetic_is_about_one_customer(keepwarm: Keepwarm, cast: Path) -> None:
    assert keepwarm("neglected", "--explain", "Acme", "--all").status == 2
    assert keepwarm("neglected", "--explain", "Acme", "--format", "csv").status == 2


def test_verify_finds_and_repairs_what_is_not_in_the_ledger(keepwarm: Keepwarm, cast: Path) -> None:
    done = keepwarm("verify")
    assert (done.status, done.err) == (0, "")
    assert done.out == "7 customers replayed; what is stored is what the ledger gives.\n"
    connection = sqlite3.connect(cast / "keepwarm.db")
    connection.execute("UPDATE customer SET due_on = '2027-01-01' WHERE name = 'Acme'")
    connection.commit()
    connection.close()
    done = keepwarm("verify")
    assert (done.status, done.err) == (1, "")
    assert "Acme  due_on: 2027-01-01 is 2026-11-07 in the ledger" in done.out
    assert "Acme" not in done.err
    assert keepwarm("verify", "--repair").status == 0
    assert keepwarm("verify").status == 0


def test_a_repair_does_not_take_a_wrong_cadence_or_median_for_the_truth(keepwarm: Keepwarm, cast: Path) -> None:
    listed = keepwarm("neglected", "--all", "--format", "json").out
    with sqlite3.connect(cast / "keepwarm.db") as database:
        database.execute("UPDATE segment SET cadence_days = 77, median_value = 1")
    done = keepwarm("verify", "--repair")
    assert "2 cadences and medians were learned anew." in done.out
    assert keepwarm("neglected", "--all", "--format", "json").out == listed
    assert "what is stored is what the ledger gives" in keepwarm("verify", "--repair").out
