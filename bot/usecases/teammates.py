"""The people who use the bot: knowing them, letting them in, and their settings."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlmodel import col

from bot.domain.budget_words import parse_budget
from bot.domain.model import Frequency, Role, Seat, Teammate
from bot.domain.people import SlackPerson
from bot.domain.quiet_hours import QuietHours
from bot.domain.sentences import Admins
from bot.domain.working_time import local_day, parse_work_days
from bot.errors import InputRefused, NotAllowed, NotFound
from bot.usecases import covers, unheard
from bot.usecases.days_off import check_region, company_days_off, days_off_of, region_of
from bot.usecases.departures import leave
from bot.usecases.digest_hours import next_channel_digest, rescheduled
from bot.usecases.showing import refresh_home
from storage import outbox, people
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import ChannelRow, TeammateRow, Workspace

# A profile is asked for again after a day: zones and seats change.
PROFILE_FRESH_FOR = timedelta(hours=24)
LONGEST_PAUSE = timedelta(days=365)

REFUSALS = {
    Seat.GUEST: "Keepwarm is for members of this workspace. Guests can't see customers.",
    Seat.BOT: "Keepwarm answers people, not other apps.",
    Seat.OUTSIDER: "Keepwarm belongs to another organisation. Its customers are not shown outside it.",
    Seat.GONE: "This account is deactivated.",
}
ADMINS_SET_CHANNELS = "Only admins choose which channels get the team's digest. {admins}."


def admitted(teammate: Teammate) -> Teammate:
    """Return the teammate if they may use the bot at all. Raises NotAllowed for guests, bots and outsiders."""
    if teammate.seat is not Seat.MEMBER:
        raise NotAllowed(REFUSALS[teammate.seat])
    return teammate


def is_let_in(ledger: Ledger, slack_user_id: str) -> bool:
    """Say whether messages to somebody may show customers: not once they are a guest, gone, or from elsewhere."""
    seat = people.seat_of(ledger, slack_user_id)
    return seat in {None, Seat.MEMBER}


def may_write(teammate: Teammate) -> None:
    """Raise NotAllowed for people who may only look."""
    if teammate.role is Role.VIEWER:
        raise NotAllowed("You can look at customers here. An admin of Keepwarm can let you log touches too.")


def require_admin(ledger: Ledger, teammate: Teammate, *, otherwise: str) -> None:
    """Raise NotAllowed unless the person is an admin, with a template that says who the `{admins}` are."""
    if teammate.role is Role.ADMIN:
        return
    admins = [row.name for row in ledger.rows(TeammateRow, col(TeammateRow.role) == Role.ADMIN)]
    if not admins:
        raise NotAllowed("Only admins of this workspace in Slack can do that.")
    raise NotAllowed(otherwise, admins=Admins(admins[:5]))


def known(ledger: Ledger, slack_user_id: str, *, now: datetime) -> Teammate | None:
    """Return a person whose profile is fresh; None when Slack must be asked."""
    found = people.seen(ledger, slack_user_id)
    if found is None:
        return None
    teammate, seen_at = found
    return teammate if seen_at is not None and now - seen_at <= PROFILE_FRESH_FOR else None


def remember(ledger: Ledger, person: SlackPerson, *, now: datetime) -> Teammate:
    """Write what Slack says of a person: a new row, or the owner of that e-mail address from an import."""
    row = people.by_slack_id(ledger, person.slack_user_id)
    if row is None and person.email:
        row = ledger.first(
            TeammateRow, col(TeammateRow.email) == person.email.lower(), col(TeammateRow.slack_user_id).is_(None)
        )
    if row is None:
        row = TeammateRow(workspace_id=ledger.workspace_id, id=new_id())
    before, due_at = (row.timezone, row.seat, row.slack_user_id), row.next_digest_at
    was_here = row.seat is Seat.MEMBER
    row.slack_user_id = person.slack_user_id
    row.name, row.timezone, row.locale = person.name, person.timezone, person.locale
    row.email = person.email.lower() if person.email else row.email
    row.seat, row.seen_at = person.seat, now
    row.is_slack_admin = person.is_admin
    if row.role is not Role.VIEWER and not row.role_set:
        row.role = Role.ADMIN if _is_installer(ledger, person) else person.role
    if row.next_digest_at is None or before != (row.timezone, row.seat, row.slack_user_id):
        teammate = people.teammate(row)
        off, travelled = days_off_of(ledger, teammate), before[0] != row.timezone
        row.next_digest_at = rescheduled(due_at, teammate, now=now, off=off, travelled=travelled)
    ledger.add(row)
    if was_here and row.seat is not Seat.MEMBER:
        leave(ledger, row, now=now)
    return people.teammate(row)


def _is_installer(ledger: Ledger, person: SlackPerson) -> bool:
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    return workspace is not None and workspace.slack_installer_id == person.slack_user_id


def remember_everybody(ledger: Ledger, everyone: Iterable[SlackPerson], *, now: datetime) -> int:
    """Match the people of a workspace with the owners that imports named; return how many rows were written.

    Only people who own customers or used the bot are kept: a directory of everybody is nobody's business.
    """
    kept = ledger.rows(TeammateRow)
    ids = {row.slack_user_id for row in kept if row.slack_user_id}
    emails = {row.email for row in kept if row.email}
    written = 0
    # Without an admin nobody could set anything up: Slack's own are let in.
    leaderless = not people.admins(ledger)
    for person in everyone:
        leads = leaderless and person.is_admin and person.seat is Seat.MEMBER
        if leads or person.slack_user_id in ids or (person.email and person.email.lower() in emails):
            remember(ledger, person, now=now)
            written += 1
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    if workspace is not None:
        workspace.people_seen_at = now
        ledger.session.add(workspace)
    return written


def reschedule_everybody(ledger: Ledger, *, now: datetime) -> None:
    """Move everybody's next digest after the company's holidays changed."""
    for row in ledger.rows(TeammateRow, col(TeammateRow.next_digest_at).is_not(None)):
        teammate = people.teammate(row)
        row.next_digest_at = rescheduled(row.next_digest_at, teammate, now=now, off=days_off_of(ledger, teammate))
        ledger.session.add(row)
    for channel in ledger.rows(ChannelRow, col(ChannelRow.next_digest_at).is_not(None)):
        channel.next_digest_at = next_channel_digest(channel, after=now, off=company_days_off(ledger))
        ledger.session.add(channel)
    ledger.session.flush()


def row_of(ledger: Ledger, teammate_id: int) -> TeammateRow:
    """Return a teammate's row. Raises NotFound."""
    row = ledger.get(TeammateRow, teammate_id)
    if row is None:
        raise NotFound("That person is not known to Keepwarm yet. They can open its Home tab once.")
    return row


def find_owner(ledger: Ledger, named: str) -> Teammate:
    """Return the teammate behind a Slack id, an e-mail address or a name. Raises NotFound."""
    wanted = named.strip().lower()
    for row in ledger.rows(TeammateRow):
        if wanted in {(row.slack_user_id or "").lower(), (row.email or "").lower(), row.name.lower()} - {""}:
            return people.teammate(row)
    raise NotFound("Nobody called '{name}' is known here. Write a Slack id, an e-mail address or a name.", name=named)


def change_settings(
    ledger: Ledger,
    teammate_id: int,
    *,
    now: datetime,
    digest_minute: int | None = None,
    work_days: str | None = None,
    frequency: Frequency | None = None,
    language: str | None = "",
    budget: str | None = None,
    pause_until_on: date | None = None,
    resume: bool = False,
) -> Teammate:
    """Write a teammate's settings and move their next digest; "" leaves the language, None follows Slack's.

    Whoever covers for them is told of a pause once, and they of what was done meanwhile when it ends. Where nobody
    hears of somebody's customers any more, an admin is told.
    `budget` is what was typed of a week's attention; empty takes the budget away, None leaves it.

    Raises InputRefused with a sentence that names what is wrong.
    """
    row = row_of(ledger, teammate_id)
    unheard_before = unheard.unheard(ledger, now=now)
    today = local_day(now, row.timezone)
    if digest_minute is not None:
        row.digest_minute = digest_minute
    if work_days is not None:
        row.work_days = parse_work_days(work_days)
        if not row.work_days:
            raise InputRefused("Choose at least one day, or set the digest to off.", about="days")
    if frequency is not None:
        row.digest_frequency = frequency
    if language != "":
        row.language = language
    if budget is not None:
        try:
            chosen = parse_budget(budget)
        except ValueError:
            raise InputRefused(
                "I can't read '{budget}' as a week's attention. Write 10 touches or 90 minutes.",
                about="budget",
                budget=budget,
            ) from None
        row.touches_a_week = chosen.amount if chosen and not chosen.in_minutes else None
        row.minutes_a_week = chosen.amount if chosen and chosen.in_minutes else None
    if resume:
        row.paused_until_on = None
        covers.welcome_back(ledger, row, now=now)
    if pause_until_on is not None:
        if pause_until_on <= today:
            raise InputRefused("That day is not ahead. Choose tomorrow or later.", about="pause")
        if pause_until_on > today + LONGEST_PAUSE:
            raise InputRefused("That is more than a year ahead. Set the digest to off instead.", about="pause")
        row.paused_until_on = pause_until_on
        row.away_since_on = row.away_since_on or today
        ledger.add(row)
        covers.tell_cover(ledger, row, now=now)
    changed = people.teammate(row)
    row.next_digest_at = rescheduled(row.next_digest_at, changed, now=now, off=days_off_of(ledger, changed))
    ledger.add(row)
    unheard.tell_of_unheard(ledger, before=unheard_before, now=now)
    refresh_home(ledger, row, now=now)
    return people.teammate(row)


def change_calendar(
    ledger: Ledger,
    teammate_id: int,
    *,
    holidays: str,
    quiet: tuple[int, int] | None,
    cover: Teammate | None,
    digest_minute: int,
) -> None:
    """Write when a teammate is not spoken to, and who covers for them; `change_settings` then moves their digest.

    `holidays` are a region in words, "" for none. Raises InputRefused with a sentence that names what is wrong.
    """
    row = row_of(ledger, teammate_id)
    if quiet is not None and QuietHours(*quiet).covers(digest_minute):
        raise InputRefused("Your digest lies in your quiet hours. Choose another hour for one of them.", about="hour")
    if quiet is not None and quiet[0] == quiet[1]:
        raise InputRefused(
            "Quiet hours that end when they begin are none. Choose another hour for one of them.", about="quiet_until"
        )
    region = check_region(holidays, of=people.teammate(row))
    if region != (region_of(people.teammate(row)) or ""):
        row.holiday_region = region
    row.quiet_from_minute, row.quiet_until_minute = quiet or (None, None)
    covers.set_cover(ledger, row.id, cover)
    ledger.add(row)


def set_channel(ledger: Ledger, slack_channel_id: str, frequency: Frequency, *, by: Teammate, now: datetime) -> None:
    """Give a channel the team's digest, or take it away. Raises NotAllowed unless an admin asks."""
    require_admin(ledger, by, otherwise=ADMINS_SET_CHANNELS)
    row = ledger.first(ChannelRow, col(ChannelRow.slack_channel_id) == slack_channel_id)
    row = row or ChannelRow(workspace_id=ledger.workspace_id, id=new_id(), slack_channel_id=slack_channel_id)
    row.frequency, row.set_by_id, row.timezone, row.locale = frequency, by.id, by.timezone, by.locale
    row.next_digest_at = next_channel_digest(row, after=now, off=company_days_off(ledger))
    ledger.add(row)


def is_allowed_channel(ledger: Ledger, slack_channel_id: str) -> bool:
    """Say whether an admin allowed customer cards in a channel."""
    row = ledger.first(ChannelRow, col(ChannelRow.slack_channel_id) == slack_channel_id)
    return row is not None and row.frequency is not Frequency.OFF


def welcome(ledger: Ledger, teammate: Teammate, *, now: datetime) -> bool:
    """Owe the workspace's first person the three steps to the first digest, once; say whether it was owed now."""
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    if workspace is None or workspace.welcomed_at is not None or teammate.slack_user_id is None:
        return False
    workspace.welcomed_at = now
    ledger.session.add(workspace)
    owed = outbox.Owed(key="welcome", kind="welcome", channel=teammate.slack_user_id, subject_id=teammate.id)
    return outbox.owe(ledger, owed, now=now) is not None


def by_slack_id(ledger: Ledger, slack_user_id: str) -> Teammate | None:
    """Return the teammate with a Slack id; None when they are not known yet."""
    row = people.by_slack_id(ledger, slack_user_id)
    return people.teammate(row) if row else None


def owner_of(ledger: Ledger, slack_user_id: str) -> Teammate:
    """Return the teammate whose customers are asked for. Raises NotFound when they have none."""
    found = by_slack_id(ledger, slack_user_id)
    if found is None:
        raise NotFound("They look after no customers in Keepwarm yet.")
    return found


def handles(ledger: Ledger) -> dict[str, str]:
    """Return Slack ids by first name and by name, in lower case, for people who type a name instead of picking it."""
    found: dict[str, str] = {}
    for row in ledger.rows(TeammateRow, col(TeammateRow.slack_user_id).is_not(None)):
        for name in (row.name.lower(), row.name.lower().split(" ")[0]):
            found.setdefault(name, row.slack_user_id or "")
    return found


def names_by_slack_id(ledger: Ledger) -> dict[str, str]:
    """Return names by Slack id, to read mentions as people do."""
    return {row.slack_user_id: row.name for row in ledger.rows(TeammateRow) if row.slack_user_id}


def refresh_home_of(ledger: Ledger, teammate_id: int, *, now: datetime) -> None:
    """Owe one teammate a fresh App Home."""
    refresh_home(ledger, row_of(ledger, teammate_id), now=now)


def pause(ledger: Ledger, teammate_id: int, *, until_on: date | None, now: datetime) -> Teammate:
    """Hold a teammate's digests until a day, on which they come again even if they were off; without one, until they
    resume. Raises InputRefused.
    """
    if until_on is None:
        return change_settings(ledger, teammate_id, now=now, frequency=Frequency.OFF)
    return change_settings(
        ledger, teammate_id, now=now, pause_until_on=until_on, frequency=_unless_off(ledger, teammate_id)
    )


def update_known(ledger: Ledger, person: SlackPerson, *, now: datetime) -> None:
    """Follow the profile of somebody who is known here; strangers stay unknown."""
    if people.by_slack_id(ledger, person.slack_user_id) is not None:
        remember(ledger, person, now=now)


def resume(ledger: Ledger, teammate_id: int, *, now: datetime) -> Teammate:
    """End a pause, and bring digests back that were off."""
    return change_settings(ledger, teammate_id, now=now, resume=True, frequency=_unless_off(ledger, teammate_id))


def _unless_off(ledger: Ledger, teammate_id: int) -> Frequency | None:
    """Return how often digests come from now on when they were off, else None: as before."""
    return Frequency.DAILY if row_of(ledger, teammate_id).digest_frequency is Frequency.OFF else None
