from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import CannotDo, Playground
from tests.support.slack import Now, bolt_app, noting, web_client

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, element: Json | None = None, **parts: Any) -> Json:
    element = {"type": "plain_text_input", **(element or {}), "action_id": "value"}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **parts}


def modal(*blocks: Json, title: str = "Log a touch", **parts: Any) -> Json:
    view = {"type": "modal", "callback_id": "log", "title": plain(title), "submit": plain("Log")}
    return {**view, "blocks": list(blocks) or [field("note")], **parts}


HOME = {"type": "home", "blocks": [{"type": "divider"}]}


@pytest.fixture
def app(slack: Playground) -> App:
    """A bot whose global shortcut opens a modal."""
    app = bolt_app(slack)

    @app.shortcut("open")
    def open_modal(ack: Any, client: WebClient, body: Json) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal())

    return app


def trigger(slack: Playground) -> str:
    return slack.workspace.new_trigger("U0ANA")


def refusal(client: WebClient, method: str, **arguments: Any) -> Json:
    with pytest.raises(SlackApiError) as error:
        client.api_call(method, json=arguments)
    answer: Json = error.value.response.data
    return answer


def test_a_trigger_opens_one_modal_within_three_seconds(slack: Playground, now: Now) -> None:
    client = web_client(slack)
    used, late = trigger(slack), trigger(slack)
    client.views_open(trigger_id=used, view=modal())
    assert refusal(client, "views.open", trigger_id=used, view=modal())["error"] == "exchanged_trigger_id"
    now.forward(seconds=3.1)
    assert refusal(client, "views.open", trigger_id=late, view=modal())["error"] == "expired_trigger_id"
    assert refusal(client, "views.open", trigger_id="1.2.x", view=modal())["error"] == "invalid_trigger_id"


def test_a_view_that_breaks_the_rules_opens_nothing(slack: Playground) -> None:
    answer = refusal(web_client(slack), "views.open", trigger_id=trigger(slack), view=modal(title="x" * 25))
    assert answer["error"] == "invalid_arguments"
    assert "/view/title" in answer["response_metadata"]["messages"][0]
    assert slack.modal("U0ANA") is None


def test_a_view_above_250_kb_is_too_large(slack: Playground) -> None:
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 90
    answer = refusal(web_client(slack), "views.publish", user_id="U0ANA", view={"type": "home", "blocks": long})
    assert answer["error"] == "view_too_large"


def test_an_update_with_an_old_hash_conflicts(slack: Playground) -> None:
    client = web_client(slack)
    view = client.views_open(trigger_id=trigger(slack), view=modal())["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title="Newer"))
    answer = refusal(client, "views.update", view_id=view["id"], hash=view["hash"], view=modal(title="Older"))
    assert answer["error"] == "hash_conflict"
    opened = slack.modal("U0ANA")
    assert opened and opened.title == "Newer"


def test_an_update_of_a_closed_view_finds_nothing(slack: Playground) -> None:
    client = web_client(slack)
    view = client.views_open(trigger_id=trigger(slack), view=modal())["view"]
    slack.close("U0ANA")
    assert refusal(client, "views.update", view_id=view["id"], view=modal())["error"] == "not_found"


def test_a_home_published_over_a_newer_one_conflicts(slack: Playground) -> None:
    client = web_client(slack)
    old = client.views_publish(user_id="U0ANA", view=HOME)["view"]
    client.views_publish(user_id="U0ANA", view=HOME)
    assert refusal(client, "views.publish", user_id="U0ANA", view=HOME, hash=old["hash"])["error"] == "hash_conflict"


def test_a_press_on_what_was_drawn_anew_since_arrives_as_it_does_in_slack(slack: Playground, app: App) -> None:
    pressed: list[str] = []

    @app.action("settings")
    def press(ack: Any, body: Json) -> None:
        ack()
        pressed.append(body["actions"][0]["value"])

    def row(of: str) -> Json:
        button = {"type": "button", "action_id": "settings", "text": plain("Settings"), "value": of}
        return {"type": "actions", "elements": [button]}

    client, view = web_client(slack), {"type": "home", "blocks": [row("mine"), row("yours")]}
    drawn = client.views_publish(user_id="U0ANA", view=view)["view"]
    client.views_publish(user_id="U0ANA", view=view)
    home, stale = slack.home("U0ANA"), drawn["blocks"][1]["block_id"]
    assert home and stale not in {block["block_id"] for block in home.blocks}
    slack.click("U0ANA", home, "settings", block_id=stale, value="yours")
    assert pressed == ["yours"]
    with pytest.raises(CannotDo):
        slack.click("U0ANA", home, "settings", block_id=stale)
    with pytest.raises(CannotDo):
        slack.click("U0ANA", home, "gone", block_id=stale, value="yours")
    client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [row("mine")]})
    with pytest.raises(CannotDo):
        slack.click("U0ANA", home, "settings", block_id=stale, value="yours")


def test_typed_words_survive_an_update_under_the_same_ids(slack: Playground, app: App) -> None:
    slack.global_shortcut("U0ANA", "open")
    view = slack.modal("U0ANA")
    assert view is not None
    slack.select("U0ANA", view, "value", "half a sentence")
    web_client(slack).views_update(view_id=view.id, view=modal(field("note"), field("other")))
    view = slack.modal("U0ANA")
    assert view and view.typed["note"]["value"]["value"] == "half a sentence"
    assert view.typed["other"]["value"]["value"] is None


def test_a_submission_carries_every_field_and_closes_the_modal(slack: Playground, app: App) -> None:
    seen: list[Json] = []
    app.view("log")(noting(seen, "payload"))
    slack.global_shortcut("U0ANA", "open")
    assert slack.submit("U0ANA", {"note": "called"}).ok
    assert seen[0]["state"]["values"] == {"note": {"value": {"type": "plain_text_input", "value": "called"}}}
    assert slack.modal("U0ANA") is None


def test_an_empty_required_field_never_reaches_the_bot(slack: Playground, app: App) -> None:
    slack.global_shortcut("U0ANA", "open")
    with pytest.raises(CannotDo, match="note"):
        slack.submit("U0ANA", {})
    view = slack.modal("U0ANA")
    assert view and view.errors == {"note": "Please complete this required field."}


def test_errors_keep_the_modal_open_under_the_named_field(slack: Playground, app: App) -> None:
    app.view("log")(lambda ack: ack(response_action="errors", errors={"note": "That day is ahead of us."}))
    slack.global_shortcut("U0ANA", "open")
    assert slack.submit("U0ANA", {"note": "tomorrow"}).ok
    view = slack.modal("U0ANA")
    assert view and view.errors == {"note": "That day is ahead of us."}


BAD_ANSWERS: dict[str, tuple[Json, str]] = {
    "errors of no field": ({"response_action": "errors", "errors": {"nowhere": "x"}}, "errors must name input blocks"),
    "an update without a view": ({"response_action": "update"}, "missing required field: view"),
    "an update that breaks the rules": ({"response_action": "update", "view": modal(title="x" * 25)}, "/view/title"),
    "an action of its own": ({"response_action": "explode"}, "unknown response_action"),
}


@pytest.mark.parametrize(("answer", "complaint"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_an_answer_that_slack_does_not_take_is_a_problem(
    slack: Playground, app: App, answer: Json, complaint: str
) -> None:
    app.view("log")(lambda ack: ack(**answer))
    slack.global_shortcut("U0ANA", "open")
    given = slack.submit("U0ANA", {"note": "x"})
    assert given.problem and complaint in given.problem


def test_modals_stack_three_high_and_come_off_one_by_one(slack: Playground, app: App) -> None:
    app.view("log")(lambda ack, view: ack(response_action="push", view=modal(title=view["title"]["text"] + "+")))
    slack.global_shortcut("U0ANA", "open")
    assert slack.submit("U0ANA", {"note": "x"}).ok
    assert slack.submit("U0ANA", {"note": "x"}).ok
    third = slack.modal("U0ANA")
    assert third and third.title == "Log a touch++"
    assert third.previous_id and third.root_id != third.id
    given = slack.submit("U0ANA", {"note": "x"})
    assert given.problem and "push_limit_reached" in given.problem
    slack.close("U0ANA")
    second = slack.modal("U0ANA")
    assert second and second.title == "Log a touch+"


def test_clear_closes_the_whole_stack(slack: Playground, app: App) -> None:
    answers: Iterator[Json] = iter([{"response_action": "push", "view": modal()}, {"response_action": "clear"}])
    app.view("log")(lambda ack: ack(**next(answers)))
    slack.global_shortcut("U0ANA", "open")
    slack.submit("U0ANA", {"note": "x"})
    slack.submit("U0ANA", {"note": "x"})
    assert slack.modal("U0ANA") is None


def test_closing_tells_the_bot_only_when_it_asked(slack: Playground, app: App) -> None:
    heard: list[Json] = []
    app.view_closed("log")(noting(heard))
    client = web_client(slack)
    client.views_open(trigger_id=trigger(slack), view=modal())
    assert slack.close("U0ANA").status is None
    client.views_open(trigger_id=trigger(slack), view=modal(notify_on_close=True))
    assert slack.close("U0ANA", everything=True).ok
    assert [body["is_cleared"] for body in heard] == [True]


def test_push_needs_a_trigger_from_inside_a_modal(slack: Playground) -> None:
    answer = refusal(web_client(slack), "views.push", trigger_id=trigger(slack), view=modal())
    assert answer["error"] == "not_found"


def test_external_options_are_asked_for_and_only_they_can_be_chosen(slack: Playground, app: App) -> None:
    acme = {"text": plain("Acme"), "value": "acme"}
    app.options("value")(lambda ack, payload: ack(options=[acme] if payload["value"] == "acm" else []))
    seen: list[Json] = []
    app.view("log")(noting(seen, "payload"))
    view = modal(field("customer", {"type": "external_select"}))
    web_client(slack).views_open(trigger_id=trigger(slack), view=view)
    opened = slack.modal("U0ANA")
    assert opened is not None
    with pytest.raises(CannotDo, match="not offered"):
        slack.submit("U0ANA", {"customer": "acme"})
    assert slack.options("U0ANA", opened, "value", "ac").status is None
    assert slack.options("U0ANA", opened, "value", "acm").json["options"] == [acme]
    slack.submit("U0ANA", {"customer": "acme"})
    assert seen[0]["state"]["values"]["customer"]["value"]["selected_option"] == acme


def test_options_that_slack_does_not_take_are_a_problem(slack: Playground, app: App) -> None:
    app.options("value")(lambda ack: ack(options=[{"text": plain("x" * 76), "value": "1"}]))
    view = modal(field("customer", {"type": "external_select", "min_query_length": 1}))
    web_client(slack).views_open(trigger_id=trigger(slack), view=view)
    opened = slack.modal("U0ANA")
    assert opened is not None
    answer = slack.options("U0ANA", opened, "value", "a")
    assert answer.problem and "less than 76" in answer.problem


CHOICES: dict[str, tuple[Json, Any, Json]] = {
    "a date": ({"type": "datepicker"}, "2026-11-24", {"selected_date": "2026-11-24"}),
    "a time": ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
    "a person": ({"type": "users_select"}, "U0BEN", {"selected_user": "U0BEN"}),
    "people": ({"type": "multi_users_select"}, ["U0BEN"], {"selected_users": ["U0BEN"]}),
    "a channel": ({"type": "channels_select"}, "C0TEAM", {"selected_channel": "C0TEAM"}),
    "a number": ({"type": "number_input", "is_decimal_allowed": True}, "12.5", {"value": "12.5"}),
}


@pytest.mark.parametrize(("element", "choice", "state"), CHOICES.values(), ids=CHOICES)
def test_each_kind_of_field_says_its_value_in_its_own_key(
    slack: Playground, app: App, element: Json, choice: Any, state: Json
) -> None:
    seen: list[Json] = []
    app.view("log")(noting(seen, "payload"))
    web_client(slack).views_open(trigger_id=trigger(slack), view=modal(field("it", element)))
    slack.submit("U0ANA", {"it": choice})
    assert seen[0]["state"]["values"]["it"]["value"] == {"type": element["type"], **state}


@pytest.mark.parametrize(
    ("element", "choice"),
    [
        ({"type": "datepicker"}, "tomorrow"),
        ({"type": "users_select"}, "U0NONE"),
        ({"type": "plain_text_input", "max_length": 3}, "four"),
        ({"type": "number_input", "is_decimal_allowed": True}, "many"),
    ],
)
def test_what_slack_s_window_would_not_let_in_cannot_be_entered(slack: Playground, element: Json, choice: str) -> None:
    web_client(slack).views_open(trigger_id=trigger(slack), view=modal(field("it", element)))
    with pytest.raises(CannotDo):
        slack.submit("U0ANA", {"it": choice})
