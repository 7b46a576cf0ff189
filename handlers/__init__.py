"""What Slack can ask of the bot: the table of contents. Each id has one handler, each handler one place here."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App

from bot.blocks.ids import ActionId, OptionsId, ShortcutId, ViewId
from bot.usecases.desk import Desk
from handlers import (
    cards,
    commands,
    draft,
    forms,
    home,
    lines,
    lists,
    messages,
    options,
    profiles,
    proposals,
    retention,
    segments,
    standings,
    team,
)
from handlers.edge import Handler, inside, listener
from handlers.errors import answer_error
from handlers.reception import Listener, Reception

COMMANDS: Mapping[str, Handler] = {
    "/whois-neglected": commands.handle_whois_neglected,
    "/touch": commands.handle_touch,
    "/customer": commands.handle_customer,
    "/keepwarm": commands.handle_keepwarm,
}

ACTIONS: Mapping[str, Handler] = {
    ActionId.DONE: cards.handle_done,
    ActionId.DRAFT: draft.handle_draft,
    ActionId.SNOOZE: cards.handle_snooze,
    ActionId.MORE: cards.handle_more,
    ActionId.UNDO: cards.handle_undo,
    ActionId.HAND_OVER: cards.handle_hand_over,
    ActionId.DISMISS: cards.handle_dismiss,
    ActionId.LESS_OFTEN: cards.handle_less_often,
    ActionId.WAKE: cards.handle_wake,
    ActionId.WHY: cards.handle_why,
    ActionId.NEXT_VARIANT: draft.handle_next_variant,
    ActionId.LINE_UNDO: lines.handle_undo,
    ActionId.LINE_CHANGE: lines.handle_change,
    ActionId.LINE_CUSTOMER: lines.handle_customer,
    ActionId.LINE_DATE: lines.handle_date,
    ActionId.LINE_REMIND: lines.handle_remind,
    ActionId.LINE_LEAVE: lines.handle_leave,
    ActionId.LINE_PROMISE: lines.handle_promise,
    ActionId.LINE_FORGET: lines.handle_forget,
    ActionId.PROMISE: cards.handle_promise,
    ActionId.OPEN_SETTINGS: home.handle_settings,
    ActionId.OPEN_LOG: home.handle_log,
    ActionId.OPEN_ADD_CUSTOMER: home.handle_add_customer,
    ActionId.OPEN_SEGMENTS: segments.handle_segments,
    ActionId.CHANGE_SEGMENT: segments.handle_change_segment,
    ActionId.WHAT_IF: segments.handle_what_if,
    ActionId.RESUME: home.handle_resume,
    ActionId.OPEN_TEAM: team.handle_team,
    ActionId.OPEN_GIVE: team.handle_give,
    ActionId.OPEN_HOLIDAYS: team.handle_company_holidays,
    ActionId.OPEN_COVER: team.handle_choose_cover,
    ActionId.OPEN_RETENTION: retention.handle_retention,
    ActionId.POST_HERE: lists.handle_post_here,
    ActionId.LIST_MORE: lists.handle_more,
    ActionId.DIGEST_NOW: lists.handle_digest_now,
    ActionId.QUIETER: lists.handle_quieter,
    ActionId.OPEN_STANDING: standings.handle_open_standing,
    ActionId.OPEN_SEATS: standings.handle_open_seats,
    ActionId.KEEP_SEAT: standings.handle_keep_seat,
    ActionId.FREE_SEAT: standings.handle_free_seat,
    ActionId.PROMOTE: standings.handle_promote,
    ActionId.LEAVE_AS_IS: standings.handle_leave_as_is,
    ActionId.PROMOTION_UNDO: standings.handle_promotion_undo,
    ActionId.PROPOSAL_ACCEPT: proposals.handle_accept,
    ActionId.PROPOSAL_LEAVE: proposals.handle_leave,
    ActionId.PROPOSAL_UNDO: proposals.handle_take_back,
    OptionsId.CUSTOMER: lines.handle_picked_customer,
}

VIEWS: Mapping[str, Handler] = {
    ViewId.DONE: forms.submit_done,
    ViewId.SNOOZE: forms.submit_snooze,
    ViewId.HAND_OVER: forms.submit_hand_over,
    ViewId.DISMISS: forms.submit_dismiss,
    ViewId.DRAFT: forms.submit_draft,
    ViewId.LOG: forms.submit_log,
    ViewId.CHANGE: forms.submit_change,
    ViewId.SETTINGS: forms.submit_settings,
    ViewId.ADD_CUSTOMER: forms.submit_add_customer,
    ViewId.PICK_CUSTOMER: forms.submit_pick_customer,
    ViewId.SEGMENT: segments.submit_segment,
    ViewId.STANDING: standings.submit_standing,
    ViewId.WHO_LEAVES: standings.submit_who_leaves,
    ViewId.SEATS: standings.submit_seats,
    ViewId.TEAM: team.submit_team,
    ViewId.GIVE: team.submit_give,
    ViewId.COMPANY_HOLIDAYS: team.submit_company_holidays,
    ViewId.COVER: team.submit_cover,
    ViewId.RETENTION: retention.submit_retention,
    ViewId.RETENTION_CONFIRM: retention.submit_retention_confirm,
}

CLOSED: Mapping[str, Handler] = {ViewId.DRAFT: draft.close_draft, ViewId.CUSTOMER: draft.close_draft}

SHORTCUTS: Mapping[str, Handler] = {
    ShortcutId.LOG: home.handle_log,
    ShortcutId.LOG_MESSAGE: inside(home.handle_log_message),
}

OPTIONS: Mapping[str, Handler] = {OptionsId.CUSTOMER: options.options_customer}

EVENTS: Mapping[str, Handler] = {"app_home_opened": home.handle_home_opened}


def find_action(body: Mapping[str, Any]) -> Handler | None:
    """Find the handler of a button; buttons that repeat in a block carry a number behind a point."""
    found = ACTIONS.get(str(body["actions"][0]["action_id"]).split(".", 1)[0])
    return inside(found) if found else None


FIND: Mapping[str, Callable[[Mapping[str, Any]], Handler | None]] = {
    "block_actions": find_action,
    "view_submission": lambda body: VIEWS.get(body["view"]["callback_id"]),
    "view_closed": lambda body: CLOSED.get(body["view"]["callback_id"]),
    "block_suggestion": lambda body: OPTIONS.get(body["action_id"]),
    "shortcut": lambda body: SHORTCUTS.get(body["callback_id"]),
    "message_action": lambda body: SHORTCUTS.get(body["callback_id"]),
    "event_callback": lambda body: EVENTS.get(body["event"]["type"]),
}


def find_handler(body: Mapping[str, Any]) -> Handler | None:
    """Find who answers a request of a person; None for an id that is not in its table. Raises KeyError for a kind."""
    return COMMANDS.get(body["command"]) if "command" in body else FIND[body["type"]](body)


def register(bolt: App, desk: Desk) -> None:
    """Connect Slack's requests with the tables."""
    followed: Mapping[str, Listener] = {
        "message": messages.listen(desk),
        "user_change": profiles.follow(desk),
        "channel_shared": profiles.follow_sharing(desk),
        "app_uninstalled": profiles.forget_workspace(desk),
        "tokens_revoked": profiles.forget_workspace(desk),
        "team_access_granted": profiles.follow_access(desk),
        "team_access_revoked": profiles.follow_access(desk),
    }
    visits = listener(desk, find_handler)

    def find_listener(body: Mapping[str, Any]) -> Listener | None:
        if "command" not in body and str(body.get("type")) not in FIND:
            return None
        return followed.get(body["event"]["type"], visits) if "event" in body else visits

    bolt.use(Reception(find_listener))
    bolt.error(answer_error(desk))
