"""A customers file that knows only the day of the last contact: that day becomes a touch, so that nobody starts as new.

Only a column that says so ("Letzter Kontakt", "Last contacted") is taken. "Last activity date" is not: an edit or a
mass mail moves it, so it stays in the profile.
"""

from datetime import datetime, time

from bot.domain.model import Direction, Source, TouchKind
from bot.usecases.imports.setting import Setting
from storage import staged_touches as staged
from storage.columns import new_id
from storage.ledger import Ledger


def add_last_contacts(ledger: Ledger, setting: Setting) -> tuple[int, set[int]]:
    """Write a touch for each staged last contact that is later than every touch in the ledger.

    Return how many, and the customers among them that were known before.
    """
    total, known = 0, set[int]()
    for batch in staged.later_contacts(ledger):
        touches = []
        for customer_id, day, was_known in batch:
            noon = datetime.combine(day, time(12), tzinfo=setting.zone)
            touches.append((new_id(), customer_id, f"last-contact:{customer_id}:{day}", noon, day))
            if was_known:
                known.add(customer_id)
        staged.insert_plain(
            ledger, touches, kind=TouchKind.MESSAGE, direction=Direction.MUTUAL, source=Source.IMPORT,
            recorded_at=setting.now,
        )  # fmt: skip
        total += len(touches)
    return total, known
