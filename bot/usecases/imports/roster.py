"""The people and segments that a file names: those the workspace has, and those that an import adds."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from bot.domain.model import Segment
from bot.domain.rhythm import SMALLEST_VALUE
from bot.usecases.imports.contacts import read_email
from bot.usecases.imports.refusal import FieldRefused
from bot.usecases.imports.setting import Setting
from storage.columns import new_id
from storage.customers import segments
from storage.ledger import Ledger
from storage.models import SegmentRow, TeammateRow

DEFAULT_SEGMENT = "Customers"
# More than this is a column of something else, and every one would be a row for good.
MAX_NEW_SEGMENTS = 200
MAX_NEW_TEAMMATES = 5_000

# Stands in until a row needs it.
_NEW_DEFAULT = Segment(0, DEFAULT_SEGMENT)

_SLACK_USER = re.compile(r"[UW][A-Z0-9]{3,20}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(slots=True)
class Roster:
    """Teammates by Slack id, e-mail address and name."""

    workspace_id: int
    by_slack_id: dict[str, int] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int | None] = field(default_factory=dict)
    new: dict[int, TeammateRow] = field(default_factory=dict)
    added: list[TeammateRow] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Ledger) -> "Roster":
        """Read the workspace's teammates."""
        roster = cls(ledger.workspace_id)
        columns = (col(TeammateRow.id), col(TeammateRow.slack_user_id), col(TeammateRow.email), col(TeammateRow.name))
        query = select(*columns).where(col(TeammateRow.workspace_id) == ledger.workspace_id)
        for teammate_id, slack_user_id, email, name in ledger.session.execute(query):
            roster._know(teammate_id, slack_user_id, email, name)
        return roster

    def owner(self, cell: str) -> int:
        """Return the teammate named by Slack id, e-mail address or name; one who is unknown joins the roster."""
        known = self._seen.get(cell)
        if known is None:
            known = self._find(cell) or self._add(cell)
            self._seen[cell] = known
        return known

    def author(self, cell: str) -> int | None:
        """Return the teammate who made a touch; a mere name that nobody has is no teammate (people leave)."""
        if _SLACK_USER.fullmatch(cell) or _MENTION.fullmatch(cell) or "@" in cell:
            return self.owner(cell)
        return self._find(cell)

    def _know(self, teammate_id: int, slack_user_id: str | None, email: str | None, name: str) -> None:
        if slack_user_id:
            self.by_slack_id[slack_user_id] = teammate_id
        if email:
            self.by_email[email.casefold()] = teammate_id
        if name:
            # A name that two people have names nobody.
            key = name.casefold()
            self.by_name[key] = None if key in self.by_name else teammate_id

    def _find(self, cell: str) -> int | None:
        if mention := _MENTION.fullmatch(cell):
            cell = mention[1]
        if cell in self.by_slack_id:
            return self.by_slack_id[cell]
        key = cell.casefold()
        if key in self.by_email:
            return self.by_email[key]
        if key in self.by_name:
            found = self.by_name[key]
            if found is None:
                raise FieldRefused("is the name of two teammates. Write an e-mail address or a Slack id.")
            return found
        return None

    def _add(self, cell: str) -> int:
        if len(self.new) >= MAX_NEW_TEAMMATES:
            raise FieldRefused(f"is one of over {MAX_NEW_TEAMMATES:,} new owners. Is it the right column?")
        row = TeammateRow(id=new_id(), workspace_id=self.workspace_id)
        if mention := _MENTION.fullmatch(cell):
            cell = mention[1]
        if _SLACK_USER.fullmatch(cell):
            row.slack_user_id = cell
        elif "@" in cell:
            row.email = read_email(cell).casefold()
            row.name = row.email.partition("@")[0].replace(".", " ").title()
        else:
            row.name = cell[:200]
        self.new[row.id] = row
        self._know(row.id, row.slack_user_id, row.email, "" if row.email else row.name)
        return row.id


@dataclass(slots=True)
class Segments:
    """The workspace's segments by name, without case."""

    workspace_id: int
    by_name: dict[str, Segment] = field(default_factory=dict)
    median_value: dict[int, float] = field(default_factory=dict)
    new: dict[int, Segment] = field(default_factory=dict)
    added: list[Segment] = field(default_factory=list)

    @property
    def default(self) -> Segment:
        """The segment of customers whose file names none."""
        return self.by_name.get(DEFAULT_SEGMENT.casefold()) or _NEW_DEFAULT

    def median_of(self, segment: Segment | None) -> float:
        """Return the value by which the segment's customers of unknown value are ranked so far."""
        return self.median_value.get((segment or self.default).id, SMALLEST_VALUE)

    @classmethod
    def of(cls, ledger: Ledger) -> "Segments":
        """Read the workspace's segments."""
        query = select(col(SegmentRow.id), col(SegmentRow.median_value)).where(
            col(SegmentRow.workspace_id) == ledger.workspace_id
        )
        return cls(
            ledger.workspace_id,
            {segment.name.casefold(): segment for segment in segments(ledger).values()},
            dict(ledger.session.execute(query).all()),
        )

    def named(self, cell: str) -> Segment:
        """Return the segment; one that is unknown is new."""
        segment = self.by_name.get(cell.casefold())
        if segment is None:
            if len(self.new) >= MAX_NEW_SEGMENTS:
                raise FieldRefused(f"is one of over {MAX_NEW_SEGMENTS} new segments. Is it the right column?")
            if len(cell) > 80:
                raise FieldRefused("is too long for the name of a segment. Use 80 letters at most.")
            segment = Segment(new_id(), cell)
            self.by_name[cell.casefold()] = self.new[segment.id] = segment
        return segment


def add_people_and_segments(
    ledger: Ledger, roster: Roster, segments: Segments, setting: Setting, *, used: Collection[int]
) -> None:
    """Write the new teammates and segments that rows were taken with; those of rejected rows are left out."""
    for teammate in roster.new.values():
        if teammate.id in used:
            teammate.timezone, teammate.locale = setting.zone.key, setting.locale
            ledger.session.add(teammate)
            roster.added.append(teammate)
    for segment in segments.new.values():
        if segment.id in used:
            ledger.session.add(SegmentRow(id=segment.id, workspace_id=ledger.workspace_id, name=segment.name))
            segments.added.append(segment)
    ledger.session.flush()


def default_segment_id(ledger: Ledger, segments: Segments) -> int:
    """Return the segment of customers whose file names none, made now if there is none."""
    segment = segments.named(DEFAULT_SEGMENT)
    if segment.id in segments.new and ledger.get(SegmentRow, segment.id) is None:
        ledger.add(SegmentRow(id=segment.id, workspace_id=ledger.workspace_id, name=segment.name))
        segments.added.append(segment)
    return segment.id
