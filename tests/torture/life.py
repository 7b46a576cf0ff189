"""One life of the whole bot as a process: the web server, the clock and the sending, until it is killed."""

from dataclasses import dataclass

from pydantic import SecretStr

from bot.app import Keepwarm
from bot.logs import set_up_logs
from bot.running import Role, run
from bot.settings import Settings
from bot.terminal import open_store

# A dead colleague is noticed after seconds instead of half a minute, so that hundreds can die in one run.
_BEATS_EVERY, _DEAD_AFTER = 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bot finds its database and its Slack, and what it needs to be let in."""

    database_url: str
    api_url: str
    bot_token: str
    signing_secret: str
    secret_key: str


def live(address: Address, port: int) -> None:
    """Run the bot on a port of this machine."""
    set_up_logs("error")
    settings = Settings(
        database_url=address.database_url,
        api_url=address.api_url,
        bot_token=SecretStr(address.bot_token),
        signing_secret=SecretStr(address.signing_secret),
        secret_keys=SecretStr(address.secret_key),
        port=port,
        _env_file=None,
    )
    keepwarm = Keepwarm(settings, open_store(settings))
    if keepwarm.worker is not None:
        from bot.delivery.jobs import Timing

        keepwarm.worker.timing = Timing(beats_every=_BEATS_EVERY, dead_after=_DEAD_AFTER, rescues="* * * * * *")
    run(keepwarm, role=Role.ALL)
