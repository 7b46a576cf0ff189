"""A process that sends what is owed and nothing else, to be started beside others and to be killed."""

import time
from datetime import datetime, timedelta

from bot.delivery.call import make_client
from bot.delivery.local import LocalDispatcher
from bot.delivery.settling import Sender
from storage.engine import Store, make_engine
from tests.support.slack import BOT_TOKEN


def send_all(database_url: str, api_url: str, started_at: datetime, name: str) -> None:
    """Send everything that is due. It is `started_at` when this begins."""
    begun = time.monotonic()
    client = make_client(BOT_TOKEN, api_url)
    store = Store(make_engine(database_url))
    dispatcher = LocalDispatcher(
        store,
        sender=Sender(name),
        clock=lambda: started_at + timedelta(seconds=time.monotonic() - begun),
        client_for=lambda _workspace_id: client,
    )
    dispatcher.drain()
    store.engine.dispose()
