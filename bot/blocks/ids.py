"""The one list of ids that Slack sends back to us: actions, views, shortcuts, select menus."""

from enum import StrEnum


class ActionId(StrEnum):
    """Buttons and menus; each has one handler in `handlers`.

    Where a row has several alike, each has a number behind a dot: "line_customer.2".
    """

    DONE = "card_done"
    DRAFT = "card_draft"
    SNOOZE = "card_snooze"
    MORE = "card_more"
    UNDO = "card_undo"
    HAND_OVER = "card_hand_over"
    DISMISS = "card_dismiss"
    LESS_OFTEN = "card_less_often"
    WAKE = "card_wake"
    WHY = "card_why"
    LINE_UNDO = "line_undo"
    LINE_CHANGE = "line_change"
    LINE_CUSTOMER = "line_customer"
    LINE_DATE = "line_date"
    LINE_REMIND = "line_remind"
    LINE_LEAVE = "line_leave"
    LINE_PROMISE = "line_promise"
    LINE_FORGET = "line_forget"
    PROMISE = "promise_end"
    OPEN_SETTINGS = "open_settings"
    OPEN_LOG = "open_log"
    OPEN_ADD_CUSTOMER = "open_add_customer"
    OPEN_SEGMENTS = "open_segments"
    CHANGE_SEGMENT = "segment_change"
    WHAT_IF = "segment_what_if"
    POST_HERE = "list_post_here"
    LIST_MORE = "list_more"
    DIGEST_NOW = "digest_now"
    QUIETER = "digest_quieter"
    RESUME = "digest_resume"
    OPEN_TEAM = "open_team"
    OPEN_GIVE = "open_give"
    OPEN_HOLIDAYS = "open_holidays"
    OPEN_COVER = "open_cover"
    OPEN_RETENTION = "open_retention"
    NEXT_VARIANT = "draft_next_variant"
    OPEN_STANDING = "open_standing"
    OPEN_SEATS = "open_seats"
    KEEP_SEAT = "seat_keep"
    FREE_SEAT = "seat_free"
    PROMOTE = "promotion_make"
    LEAVE_AS_IS = "promotion_leave"
    PROMOTION_UNDO = "promotion_undo"
    PROPOSAL_ACCEPT = "proposal_accept"
    PROPOSAL_LEAVE = "proposal_leave"
    PROPOSAL_UNDO = "proposal_undo"


class MoreChoice(StrEnum):
    """What the overflow menu of a card offers."""

    DETAILS = "details"
    HAND_OVER = "hand_over"
    DISMISS = "dismiss"
    CUSTOMER = "customer"
    OPEN_CRM = "open_crm"


class PromiseChoice(StrEnum):
    """What the menu beside an open promise offers."""

    KEPT = "kept"
    DROPPED = "dropped"


class QuieterChoice(StrEnum):
    """What the menu under a digest offers."""

    DAILY = "daily"
    WEEKLY = "weekly"
    PAUSE = "pause"
    OFF = "off"


class ViewId(StrEnum):
    """Modals; each has one handler for its submission."""

    DONE = "done"
    SNOOZE = "snooze"
    HAND_OVER = "hand_over"
    DISMISS = "dismiss"
    DRAFT = "draft"
    LOG = "log"
    CHANGE = "change_touch"
    SETTINGS = "settings"
    CUSTOMER = "customer"
    ADD_CUSTOMER = "add_customer"
    PICK_CUSTOMER = "pick_customer"
    SENTENCE = "sentence"
    SEGMENTS = "segments"
    SEGMENT = "segment"
    TEAM = "team"
    GIVE = "give_unowned"
    COMPANY_HOLIDAYS = "company_holidays"
    COVER = "choose_cover"
    RETENTION = "retention"
    RETENTION_CONFIRM = "retention_confirm"
    WHY = "why"
    STANDING = "standing"
    WHO_LEAVES = "who_leaves"
    SEATS = "seats"


class ShortcutId(StrEnum):
    """Shortcuts in the manifest."""

    LOG_MESSAGE = "log_as_touch"
    LOG = "log_a_touch"


class OptionsId(StrEnum):
    """Select menus whose options we look up while the person types."""

    CUSTOMER = "pick_customer"


class Field(StrEnum):
    """Inputs of modals: block id and action id alike, so that typed words survive an update of the view."""

    KIND = "kind"
    DIRECTION = "direction"
    ON = "on"
    NOTE = "note"
    PRESET = "preset"
    WORDS = "words"
    TEAMMATE = "teammate"
    REASON = "reason"
    CUSTOMER = OptionsId.CUSTOMER.value
    HOUR = "hour"
    DAYS = "days"
    FREQUENCY = "frequency"
    LANGUAGE = "language"
    PAUSE = "pause"
    BUDGET = "budget"
    SUBJECT = "subject"
    POLICY = "policy"
    CADENCE = "cadence"
    COUNTS = "counts"
    PAUSES = "pauses"
    LOST_AFTER = "lost_after"
    RENEWAL_AHEAD = "renewal_ahead"
    EXPONENT = "exponent"
    HORIZON = "horizon"
    TEXT = "text"
    NAME = "name"
    SEGMENT = "segment"
    VALUE = "value"
    CURRENCY = "currency"
    CONTACT = "contact"
    EMAIL = "email"
    STANDING = "standing"
    LEAVES = "leaves"
    SEATS_EACH = "seats_each"
    SEATS_TEAM = "seats_team"
    ROLE = "role"
    COVER = "cover"
    HOLIDAYS = "holidays"
    COMPANY_HOLIDAY = "company_holiday"
    QUIET_FROM = "quiet_from"
    QUIET_UNTIL = "quiet_until"
    SINCE = "since"
    KEEP_MESSAGES = "keep_messages"
    KEEP_NOTES = "keep_notes"
