"""The playground: the real bot, a stand-in for Slack, sample customers and a web page. No token, no network."""

import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.app import Keepwarm, make_keepwarm
from bot.demo_folder import DemoFolder
from bot.domain.working_time import instant_at, local_day, next_working_day
from bot.errors import InputRefused, SettingsError
from bot.manifest import build_manifest
from bot.playground import Channel, Person, Playground
from bot.sample import load_sample
from bot.settings import Settings
from bot.usecases import teammates
from bot.usecases.imports import Outcome, Subject, import_file
from bot.usecases.recompute import recompute_workspace
from bot.web import WebServer, make_web, slack_endpoint
from storage.engine import Store, make_engine
from storage.migrate import migrate

SIGNING_SECRET = "playground"  # noqa: S105 - of a Slack that does not exist
PEOPLE = (
    Person(
        "U0ANA", "Ana", "Ana Duarte", tz="Europe/London", locale="en-GB", email="ana@example.com",
        avatar_color="#7a4fbf", is_admin=True,
    ),
    Person(
        "U0BEN", "Ben", "Ben Osei", tz="America/New_York", locale="en-US", email="ben@example.com",
        avatar_color="#2f855a",
    ),
    Person(
        "U0CHI", "Chi", "Chiara Vogt", tz="Europe/Berlin", locale="de-DE", email="chi@example.com",
        avatar_color="#b7791f",
    ),
)  # fmt: skip
MORNING = 9 * 60


class PlaygroundClock:
    """The time of the playground: the real pace, moved ahead by every click on "Next morning"."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        """Return the playground's time."""
        return datetime.now(UTC) + self._ahead

    def move_to(self, moment: datetime) -> None:
        """Move ahead to a moment; never back."""
        self._ahead += max(timedelta(0), moment - self())


@dataclass
class Demo:
    """A running playground: `url` is the page, `imported` what became of the customers' file that was given."""

    slack: Playground
    keepwarm: Keepwarm
    clock: PlaygroundClock
    url: str
    _server: WebServer
    _folder: DemoFolder
    imported: Outcome | None = None

    def next_morning(self) -> dict[str, str]:
        """Go to the next working day, when it is past nine for everybody, by way of each person's own nine o'clock."""
        today = max(local_day(self.clock(), person.tz) for person in PEOPLE)
        day = next_working_day(today, "12345")
        for person in sorted(PEOPLE, key=lambda person: instant_at(day, MORNING, person.tz)):
            self.clock.move_to(instant_at(day, MORNING, person.tz))
            self.keepwarm.tick()
            self.keepwarm.dispatcher.drain()
        return {"text": f"It is {day:%A}, past nine for everybody. New digests are in the messages with the bot."}

    def stop(self) -> None:
        """Stop serving; the sample customers go with the folder that held them."""
        self._server.stop()
        self.keepwarm.stop()
        self.slack.stop()
        self._folder.remove()

    def __enter__(self) -> Self:
        """Return the running playground."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()


def before_morning(now: datetime) -> datetime:
    """Return a moment on the last working day before it is nine in the morning for any of the three teammates."""
    day = local_day(now, "UTC")
    while day.isoweekday() > 5:
        day -= timedelta(days=1)
    return min(instant_at(day, MORNING, person.tz) for person in PEOPLE) - timedelta(minutes=10)


def start_demo(*, port: int, csv: Path | None = None, now: datetime | None = None) -> Demo:
    """Start the playground on a port of this machine (0: a free one) with sample customers, or with a file's.

    The morning's digests are there already. Raises InputRefused when the file cannot be taken, SettingsError when the
    port is not free.
    """
    clock = PlaygroundClock(before_morning(now or datetime.now(UTC)))
    folder = DemoFolder()
    settings = Settings(
        database_url=f"sqlite:///{folder.path}/demo.db",
        bot_token=SecretStr("xoxb-playground"),
        app_token=None,
        signing_secret=SecretStr(SIGNING_SECRET),
        secret_keys=SecretStr(Fernet.generate_key().decode()),
        api_url="http://127.0.0.1/api/",
        log_level="warning",
        _env_file=None,
    )
    migrate(make_engine(settings.database_url))
    slack = Playground(
        clock=clock,
        people=PEOPLE,
        channels=[Channel("C0TEAM", "customers", members={*(person.id for person in PEOPLE), "U0BOT"})],
        signing_secret=SIGNING_SECRET,
        name="Acorn Agency",
        manifest=build_manifest(http_url="https://playground.invalid"),
        event_retries=1,
    )
    try:
        slack.start(port)
    except OSError as taken:
        raise SettingsError(f"Port {port} is not free ({taken.strerror}). Try --port 0.") from None
    settings.api_url = slack.api_url
    keepwarm = make_keepwarm(settings, clock=clock)
    workspace_id = keepwarm.install()
    _know_people(keepwarm, workspace_id, clock)
    try:
        imported = _fill(keepwarm.store, workspace_id, clock, csv)
    except InputRefused:
        slack.stop()
        raise
    server = _serve(keepwarm)
    slack.events_url = f"http://127.0.0.1:{server.port}/slack/events"
    keepwarm.start()
    demo = Demo(slack, keepwarm, clock, f"{slack.url}/#as=U0ANA", server, folder, imported)
    slack.controls["next-morning"] = demo.next_morning
    _first_morning(demo)
    return demo


def _know_people(keepwarm: Keepwarm, workspace_id: int, clock: Callable[[], datetime]) -> None:
    with keepwarm.store.write(workspace_id) as ledger:
        for person in keepwarm.directory.people(workspace_id):
            if any(person.slack_user_id == known.id for known in PEOPLE):
                teammates.remember(ledger, person, now=clock())


def _fill(store: Store, workspace_id: int, clock: Callable[[], datetime], csv: Path | None) -> Outcome | None:
    today, imported = local_day(clock(), "UTC"), None
    if csv is None:
        load_sample(store, workspace_id, today=today, now=clock())
    else:
        imported = import_file(store, workspace_id, Subject.CUSTOMERS, csv, now=clock())
    with store.write(workspace_id) as ledger:
        recompute_workspace(ledger)
    return imported


def _serve(keepwarm: Keepwarm) -> WebServer:
    """Serve the bot's own HTTP edge on a free port of this machine."""
    app = make_web(
        events=slack_endpoint(keepwarm.bolt, signing_secret=SIGNING_SECRET),
        ready=keepwarm.problems,
        metrics=keepwarm.metrics,
    )
    server = WebServer(app, host="127.0.0.1", port=0)
    server.start()
    return server


def _first_morning(demo: Demo) -> None:
    """Let nine o'clock pass for everybody, so that the morning's digests are there when the page opens."""
    for person in PEOPLE:
        demo.slack.open_home(person.id)
    day = local_day(demo.clock(), "UTC")
    for person in sorted(PEOPLE, key=lambda person: instant_at(day, MORNING, person.tz)):
        demo.clock.move_to(instant_at(day, MORNING, person.tz))
        demo.keepwarm.tick()
        demo.keepwarm.dispatcher.drain()


def open_browser(url: str) -> None:
    """Show the page, if this machine has a browser."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
