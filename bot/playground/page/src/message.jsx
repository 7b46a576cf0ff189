// One message, with what can be done to it.
import { useMemo, useState } from "preact/hooks";
import { Blocks } from "./blocks.jsx";
import { Composer } from "./composer.jsx";
import { ask } from "./confirm.jsx";
import { ago, clockTime, fullTime } from "./dates.js";
import * as Icon from "./icons.jsx";
import { Menu } from "./menu.jsx";
import { Emoji, emojiOf, Mrkdwn } from "./mrkdwn.jsx";
import { SurfaceProvider } from "./surface.jsx";
import { me, personName, useWorkspace } from "./workspace.js";

const REACTIONS = ["white_check_mark", "+1", "eyes", "pray", "heart", "tada"];

export const authorOf = (message, state) => (message.bot ? state.bot.id : message.user);

export function Avatar({ id, small }) {
  const { state } = useWorkspace();
  const look = `avatar ${small ? "avatar-small" : ""}`;
  if (id === state.bot.id)
    return (
      <span class={look} aria-hidden="true">
        <Icon.Ember />
      </span>
    );
  const person = state.people.find((candidate) => candidate.id === id);
  const initials = personName(state, id)
    .split(/\s+/)
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  return <span class={look} style={{ "--avatar": person?.avatar_color }} data-initials={initials} aria-hidden="true" />;
}

function Tools({ message, conversation, mine, inThread, onEdit }) {
  const { state, send, go } = useWorkspace();
  const where = { conversation, ts: message.ts };
  const remove = async () => {
    const plainText = (text) => ({ type: "plain_text", text });
    const yes = await ask({
      title: plainText("Delete message"),
      text: plainText("This can't be undone."),
      confirm: plainText("Delete"),
      deny: plainText("Keep it"),
      style: "danger",
    });
    if (yes) send("delete", where);
  };
  const shortcuts = state.shortcuts.filter(({ type }) => type === "message");
  const offered = shortcuts.map(({ name, callback_id }) => ({
    label: name,
    hint: state.bot.name,
    attributes: { "data-callback-id": callback_id },
    onPick: () => send("message_shortcut", { ...where, callback_id }),
  }));
  const own = [
    { label: "Edit message", onPick: onEdit },
    { label: "Delete message", danger: true, onPick: remove },
  ];
  const items = [...offered, ...(offered.length && mine ? [null] : []), ...(mine ? own : [])];
  const reactions = REACTIONS.map((name) => ({
    label: emojiOf(name),
    hint: name.replaceAll("_", " "),
    onPick: () => send("react", { ...where, name }),
  }));
  return (
    <div class="tools" role="group" aria-label="Message actions">
      <Menu items={reactions} label="Add reaction" class="tool">
        <Icon.Smile />
      </Menu>
      {!inThread && (
        <button
          type="button"
          class="tool"
          aria-label="Reply in thread"
          title="Reply in thread"
          data-testid="reply-in-thread"
          onClick={() => go({ thread: message.ts })}
        >
          <Icon.Bubble />
        </button>
      )}
      {items.length > 0 && (
        <Menu items={items} label="More actions" class="tool" data-testid="more-actions">
          <Icon.More />
        </Menu>
      )}
    </div>
  );
}

function Body({ message, conversation }) {
  const { send } = useWorkspace();
  const blocks = (message.bot && message.blocks) || []; // what people type has a rich_text block too, which says the same
  // A message that the app rewrote starts afresh: what was chosen before belonged to its old controls.
  const surfaceKey = useMemo(
    () => `${conversation} ${message.ts} ${JSON.stringify(blocks)}`,
    [conversation, message.ts, blocks],
  );
  const edited = message.edited && <small class="edited"> (edited)</small>;
  if (!blocks.length)
    return (
      <div class="text">
        <Mrkdwn text={message.text} />
        {edited}
      </div>
    );
  return (
    <SurfaceProvider surfaceKey={surfaceKey} where={{ conversation, ts: message.ts }} blocks={blocks} send={send}>
      <Blocks blocks={blocks} />
      {edited}
    </SurfaceProvider>
  );
}

function Reactions({ message, conversation }) {
  const { state, send } = useWorkspace();
  if (!message.reactions?.length) return null;
  return (
    <div class="reactions">
      {message.reactions.map(({ name, count, users }) => {
        const who = (users ?? []).map((id) => personName(state, id)).join(", ");
        return (
          <button
            type="button"
            class="reaction"
            aria-pressed={users?.includes(state.me)}
            title={`${who} :${name}:`}
            aria-label={`${name.replaceAll("_", " ")}, ${count}: ${who}`}
            data-testid="reaction"
            data-name={name}
            onClick={() => send("react", { conversation, ts: message.ts, name })}
          >
            <Emoji name={name} /> {count}
          </button>
        );
      })}
    </div>
  );
}

function ThreadLink({ message, last }) {
  const { state, go } = useWorkspace();
  const count = message.reply_count;
  if (!count) return null;
  return (
    <button type="button" class="thread-link" data-testid="thread-link" onClick={() => go({ thread: message.ts })}>
      {count} {count === 1 ? "reply" : "replies"}{" "}
      {last && <small>Last reply {ago(last.ts, new Date(state.now))}</small>}
    </button>
  );
}

/** `continued`: the same author wrote just before, so the head is left out. `inThread`: shown in the thread pane. */
export function Message({ message, conversation, continued, inThread, lastReply, editing, onEdit }) {
  const { state, send } = useWorkspace();
  const [menu, setMenu] = useState(false);
  const author = authorOf(message, state);
  const mine = author === state.me;
  const viewer = me(state);
  const time = <time title={fullTime(message.ts, viewer)}>{clockTime(message.ts, viewer)}</time>;
  if (message.deleted) {
    return (
      <article class="message message-deleted" data-testid="message" data-ts={message.ts}>
        <div class="message-body">
          This message was deleted.{!inThread && <ThreadLink message={message} last={lastReply} />}
        </div>
      </article>
    );
  }
  const save = async (text) => {
    const answer = await send("edit", { conversation, ts: message.ts, text });
    if (answer.ok) onEdit(null);
    return answer.ok;
  };
  return (
    <article
      class={`message ${continued ? "message-continued" : ""} ${message.ephemeral ? "message-ephemeral" : ""} ${menu ? "message-active" : ""}`}
      aria-label={`${personName(state, author)}, ${clockTime(message.ts, viewer)}`}
      data-testid="message"
      data-ts={message.ts}
      data-user={author}
      onToggleCapture={(event) => setMenu(event.newState === "open")}
    >
      <div class="message-side">{continued ? time : <Avatar id={author} />}</div>
      <div class="message-body">
        {message.ephemeral && (
          <p class="only-you" data-testid="ephemeral">
            <Icon.Eye /> Only visible to you
          </p>
        )}
        {!continued && (
          <header>
            <strong>{personName(state, author)}</strong>
            {author === state.bot.id && <span class="badge-app">App</span>} {time}
          </header>
        )}
        {editing ? (
          <Composer
            label="Edit message"
            initial={message.text}
            focus
            testid="edit-composer"
            sendLabel="Save"
            onSend={save}
            onCancel={() => onEdit(null)}
          />
        ) : (
          <Body message={message} conversation={conversation} />
        )}
        <Reactions message={message} conversation={conversation} />
        {!inThread && <ThreadLink message={message} last={lastReply} />}
      </div>
      {!editing && !message.ephemeral && (
        <Tools
          message={message}
          conversation={conversation}
          mine={mine}
          inThread={inThread}
          onEdit={() => onEdit(message.ts)}
        />
      )}
    </article>
  );
}
