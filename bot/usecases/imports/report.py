"""What an import says to the person who started it, line by line."""

from collections.abc import Iterator

from bot.usecases.imports.fields import Subject
from bot.usecases.imports.names import NearDuplicate
from bot.usecases.imports.outcome import Outcome
from bot.usecases.imports.standings import Unheard

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16"}
_SHOWN_PAIRS = 10


def report(outcome: Outcome) -> list[str]:
    """Return the lines for standard output: how the file was read, the counts, and what a person should look at."""
    return [*_reading(outcome), *_counts(outcome), *_news(outcome), *_alike(outcome)]


def rejects_report(outcome: Outcome) -> list[str]:
    """Return the lines for standard error: the first rejects, and where all of them are. Empty when there are none."""
    if not outcome.rejected:
        return []
    lines = [reject.sentence(outcome.file_name) for reject in outcome.rejects]
    if outcome.rejected > len(lines):
        lines.append(f"… and {outcome.rejected - len(lines):,} more.")
    lines.append(_the_rest(outcome))
    lines.append(f"The rejected rows are in {outcome.rejects_path}. Correct them there and import that file.")
    return lines


def _the_rest(outcome: Outcome) -> str:
    if not outcome.taken:
        return "No row could be taken; nothing was written."
    one = outcome.taken == 1
    fine = "1 other row is fine" if one else f"{outcome.taken:,} other rows are fine"
    if outcome.dry_run:
        return f"{fine}; nothing was written."
    return f"{fine}; {'it is' if one else 'they are'} in the ledger."


def _reading(outcome: Outcome) -> Iterator[str]:
    encoding = _ENCODINGS.get(outcome.encoding, outcome.encoding)
    yield f"{outcome.file_name}: read as {encoding} with {_SEPARATORS.get(outcome.separator, outcome.separator)}."
    mapped = [column for column in outcome.mapping.columns if column.because != "name"]
    if mapped:
        width = max(len(column.column) for column in mapped)
        yield "Columns:"
        for column in outcome.mapping.columns:
            guess = "  (a guess by likeness)" if column.because == "likeness" else ""
            yield f"  {column.column:<{width}} → {column.field}{guess}"
    if outcome.mapping.kept:
        names = ", ".join(name for name, _ in outcome.mapping.kept[:12])
        more = f" and {len(outcome.mapping.kept) - 12} more" if len(outcome.mapping.kept) > 12 else ""
        kept = "Kept in the profile" if outcome.subject is Subject.CUSTOMERS else "Not used"
        yield f"{kept}: {names}{more}."
    yield from outcome.mapping.doubts


def _counts(outcome: Outcome) -> Iterator[str]:
    done = {
        "create": outcome.created, "update": outcome.updated, "skip": outcome.skipped, "reject": outcome.rejected,
    }  # fmt: skip
    counts = " · ".join(f"{what} {count:,}" for what, count in done.items())
    yield f"Dry run, nothing was written: {counts}" if outcome.dry_run else counts


def _news(outcome: Outcome) -> Iterator[str]:
    if outcome.last_contacts:
        column = outcome.mapping.column_of("last_contact_on")
        yield (
            f"'{column}' became a touch for {outcome.last_contacts:,} customers, later than any in the ledger."
            " To leave it out: --map last_contact_on="
        )
    if outcome.new_segments:
        yield f"New segments: {_listed(outcome.new_segments)}."
    if outcome.new_owners:
        yield f"New people, until Slack shows them: {_listed(outcome.new_owners)}."
    if outcome.emails_unread:
        yield (
            "Slack does not tell the bot e-mail addresses, so nobody is found by theirs: add the scope users:read.email"
            " and install the app again, or write Slack ids."
        )
    yield from _standings(outcome.unheard)
    if outcome.adopted_currency:
        yield (
            f"Values are compared in {outcome.adopted_currency}, like all in this file. Another:"
            " `python -m bot currency --base CODE`."
        )
    if outcome.missing_rates:
        yield (
            f"No rate for {_listed(outcome.missing_rates)}: those customers are ranked by their number as it is."
            f" To set one: `python -m bot currency --rate {outcome.missing_rates[0]}=RATE`."
        )


def _standings(unheard: Unheard) -> Iterator[str]:
    if unheard.kept:
        one = unheard.kept == 1
        yield (
            f"{unheard.kept:,} customer{' keeps' if one else 's keep'} the standing that a person gave here;"
            " the file says otherwise."
        )
    if unheard.seatless_count:
        more = unheard.seatless_count - len(unheard.seatless)
        names = ", ".join(unheard.seatless) + (f" and {more:,} more" if more else "")
        yield (
            f"No seat in the inner circle is left ({unheard.seats_each} for each teammate, {unheard.seats_team} for the"
            f" team) for {names}. Their rows are in, without it. `python -m bot seats` changes the seats,"
            " `python -m bot standing NAME inner_circle --leaves OTHER` lets two change places."
        )


def _alike(outcome: Outcome) -> Iterator[str]:
    if not outcome.near_duplicate_count:
        return
    yield f"Names that are nearly the same, kept apart ({outcome.near_duplicate_count:,}):"
    for pair in outcome.near_duplicates[:_SHOWN_PAIRS]:
        yield f"  {_pair(pair)}"
    if outcome.near_duplicate_count > _SHOWN_PAIRS:
        yield f"  … and {outcome.near_duplicate_count - _SHOWN_PAIRS:,} more."


def _pair(pair: NearDuplicate) -> str:
    where = f"line {pair.other_line}" if pair.other_line else "in the ledger"
    return f"line {pair.line} '{pair.name}' · '{pair.other}' ({where})"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more
