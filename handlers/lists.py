"""Buttons of a list and of a digest's end: more, post here, how often, and the digest of now."""

from datetime import timedelta

from bot.blocks.ids import QuieterChoice
from bot.blocks.rhythm_said import build_rhythm
from bot.blocks.said import POSTED, build_said
from bot.domain.model import Frequency
from bot.errors import NotAllowed
from bot.usecases import digests, lists, teammates, unheard
from bot.usecases.returning import first_digest_on
from bot.usecases.whispers import answer, whisper
from handlers.edge import Answer, Visit

PAUSE = timedelta(days=7)


def handle_more(visit: Visit) -> Answer:
    """Show the next customers: of a list, or what a digest left out; privately, in place of the list."""
    with visit.effect() as ledger:
        if visit.value.startswith("digest."):
            question = lists.Question(owner_id=visit.teammate.id, limit=lists.MOST_CARDS)
        else:
            question = lists.next_page(ledger, int(visit.value))
        list_id = lists.open_list(ledger, question, by=visit.teammate, channel=visit.channel_id, now=visit.now)
        url = str(visit.body.get("response_url") or "")
        if visit.value.startswith("digest."):
            lists.owe_private_list(ledger, list_id, url, now=visit.now)
        else:
            lists.owe_replacement(ledger, list_id, url, what="list", now=visit.now)
    return None


def handle_post_here(visit: Visit) -> Answer:
    """Share a list in the channel where it was asked for, if an admin allowed customers there."""
    if visit.desk.directory.channel(visit.workspace_id, visit.channel_id).is_shared:
        raise NotAllowed("People of another organisation read this channel, so no customers are shown here.")
    with visit.effect() as ledger:
        if not teammates.is_allowed_channel(ledger, visit.channel_id):
            raise NotAllowed(
                "Customers are not shown in this channel yet. An admin can allow it with /keepwarm here daily."
            )
        lists.post_list(ledger, int(visit.value), slack_channel_id=visit.channel_id, by=visit.teammate, now=visit.now)
        answer(
            ledger,
            build_said(visit.voice(POSTED)),
            response_url=str(visit.body.get("response_url") or ""),
            now=visit.now,
        )
    return None


def handle_quieter(visit: Visit) -> Answer:
    """Set how often the digest comes, from the digest itself."""
    choice = QuieterChoice(visit.value.split(":", 1)[0])
    with visit.effect() as ledger:
        if choice is QuieterChoice.PAUSE:
            changed = teammates.pause(ledger, visit.teammate.id, until_on=visit.today + PAUSE, now=visit.now)
        else:
            changed = teammates.change_settings(
                ledger, visit.teammate.id, now=visit.now, frequency=Frequency(choice.value), resume=True
            )
        unheard_now = unheard.concerning(ledger, changed.id, now=visit.now)
        whisper(
            ledger,
            build_rhythm(
                changed,
                visit.voice,
                again_on=first_digest_on(ledger, changed, visit.today),
                unheard=unheard_now,
            ),
            channel=visit.channel_id,
            slack_user_id=visit.teammate.slack_user_id or "",
            thread_ts=None,
            now=visit.now,
        )
    return None


def handle_digest_now(visit: Visit) -> Answer:
    """Send the digest of today at once, as the welcome offers; say so when nobody is waiting."""
    with visit.effect() as ledger:
        audience = digests.audience_of(ledger, visit.teammate)
        sent = digests.plan_for(ledger, audience, now=visit.now, due_at=visit.now)
        if sent is None:
            list_id = lists.open_list(
                ledger,
                lists.Question(owner_id=visit.teammate.id),
                by=visit.teammate,
                channel=visit.channel_id,
                now=visit.now,
            )
            lists.owe_private_list(ledger, list_id, str(visit.body.get("response_url") or ""), now=visit.now)
    return None
