"""Slash commands: what was typed becomes a question or a touch, answered privately in the reply to Slack."""

from bot.blocks.entry import build_entry
from bot.blocks.help import build_help
from bot.blocks.modals_log import build_log
from bot.blocks.rhythm_said import build_channel_rhythm, build_rhythm
from bot.blocks.which_customer import build_pick_customer, build_several
from bot.domain.commands import (
    DigestHere,
    Help,
    LogTouch,
    Misunderstood,
    OpenForm,
    Pause,
    Resume,
    ShowCustomer,
    ShowSettings,
    parse_customer,
    parse_keepwarm,
    parse_touch,
    parse_whois_neglected,
)
from bot.domain.model import Frequency, Source
from bot.domain.slack_text import plain_text
from bot.domain.views import EntryView
from bot.errors import InputRefused, NotAllowed, NotFound
from bot.usecases import customers, entries, entry_answers, lists, scopes, teammates, unheard
from bot.usecases.returning import first_digest_on
from handlers import home
from handlers.dates import days_ahead, past_dates, until_day
from handlers.edge import Answer, Visit
from handlers.showing import show_customer, show_list


def handle_whois_neglected(visit: Visit) -> Answer:
    """List who is going quiet, to the person who asked."""
    with visit.look() as ledger:
        segments = lists.segment_names(ledger)
        handles = teammates.handles(ledger)
    asked = parse_whois_neglected(_text(visit), segments=list(segments), people=handles)
    if isinstance(asked, Help):
        return _private(build_help("/whois-neglected", visit.voice))
    visit.keep_inside()
    if isinstance(asked, Misunderstood):
        raise InputRefused(asked.template, **asked.values)
    with visit.effect() as ledger:
        owner = teammates.owner_of(ledger, asked.owner) if asked.owner else visit.teammate
        question = lists.Question(
            owner_id=None if asked.unowned else owner.id,
            whole_team=asked.everyone,
            segment_id=segments[asked.segment] if asked.segment else None,
            limit=asked.limit or lists.DEFAULT_LIMIT,
            silent_over_days=asked.silent_over_days,
            owner_name=None if asked.everyone or owner.id == visit.teammate.id else owner.name,
            unowned=asked.unowned,
            lost=asked.lost,
        )
        list_id = lists.open_list(ledger, question, by=visit.teammate, channel=visit.channel_id, now=visit.now)
        return _private(show_list(ledger, visit, list_id))


def handle_touch(visit: Visit) -> Answer:
    """Log what was typed, or open the form."""
    asked = parse_touch(_text(visit))
    match asked:
        case Help():
            return _private(build_help("/touch", visit.voice))
        case OpenForm():
            teammates.may_write(visit.teammate)
            visit.keep_inside()
            visit.open(build_log(visit.voice))
            return None
        case LogTouch(words):
            visit.keep_inside()
            return _private(build_entry(_logged(visit, words)))


def _logged(visit: Visit, words: str) -> EntryView:
    teammates.may_write(visit.teammate)
    with visit.effect() as ledger:
        entry_id = entries.log_entry(
            ledger,
            plain_text(words, {}),
            by=visit.teammate,
            source=Source.COMMAND,
            cards={},
            find_date=past_dates(visit),
            find_ahead=days_ahead(visit),
            now=visit.now,
        )
        if entry_id is None:
            raise InputRefused('Write who and how, like: /touch Acme called yesterday "wants pricing"')
        return entry_answers.entry_view(ledger, entry_id, now=visit.now)


def handle_customer(visit: Visit) -> Answer:
    """Show what is known about a customer, to the person who asked."""
    asked = parse_customer(_text(visit))
    if not isinstance(asked, Help):
        visit.keep_inside()
    match asked:
        case Help():
            return _private(build_help("/customer", visit.voice))
        case OpenForm():
            visit.open(build_pick_customer(visit.voice))
            return None
        case ShowCustomer(name):
            with visit.showing() as ledger:
                found = customers.exactly(ledger, name) or customers.find(ledger, name, limit=6)
                if not found:
                    raise NotFound(
                        "I don't know a customer called '{name}'. /customer alone opens a list to search.", name=name
                    )
                if len(found) > 1:
                    return _private(build_several([name for _, name in found], visit.voice))
                return _private(show_customer(ledger, visit, found[0][0]))


def handle_keepwarm(visit: Visit) -> Answer:
    """Help, settings, a channel's digest, and pausing one's own."""
    asked = parse_keepwarm(_text(visit))
    match asked:
        case ShowSettings():
            return home.handle_settings(visit)
        case DigestHere(frequency):
            return _digest_here(visit, frequency)
        case Pause(until):
            day = until_day(visit, until) if until else None
            with visit.effect() as ledger:
                changed = teammates.pause(ledger, visit.teammate.id, until_on=day, now=visit.now)
                unheard_now = unheard.concerning(ledger, changed.id, now=visit.now)
                again_on = first_digest_on(ledger, changed, visit.today)
            return _private(build_rhythm(changed, visit.voice, again_on=again_on, unheard=unheard_now))
        case Resume():
            with visit.effect() as ledger:
                changed = teammates.resume(ledger, visit.teammate.id, now=visit.now)
            return _private(build_rhythm(changed, visit.voice))
        case Misunderstood(template, values):
            raise InputRefused(template, **values)
    return _private(build_help("/keepwarm", visit.voice))


def _digest_here(visit: Visit, frequency: Frequency) -> Answer:
    needed = None
    if frequency is not Frequency.OFF:
        if visit.channel_id.startswith("D"):
            raise NotAllowed("This is a direct message. Write it in the channel that should get the team's digest.")
        channel = visit.desk.directory.channel(visit.workspace_id, visit.channel_id)
        if channel.is_shared:
            raise NotAllowed("People of another organisation read this channel, so no customers are shown here.")
        needed = scopes.REPLIES_IN_PRIVATE if channel.is_private else scopes.REPLIES_IN_PUBLIC
    with visit.effect() as ledger:
        teammates.set_channel(ledger, visit.channel_id, frequency, by=visit.teammate, now=visit.now)
        lacking = needed if needed and scopes.lacks(ledger, needed) else None
    return _private(build_channel_rhythm(frequency, visit.voice, lacking=lacking))


def _text(visit: Visit) -> str:
    return str(visit.body.get("text") or "")


def _private(message: dict[str, object]) -> Answer:
    return {"response_type": "ephemeral", **message}
