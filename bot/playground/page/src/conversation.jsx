// A conversation or one of its threads: the messages in order, and the composer below.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Composer } from "./composer.jsx";
import { dayName } from "./dates.js";
import * as Icon from "./icons.jsx";
import { authorOf, Message } from "./message.jsx";
import { me, useWorkspace } from "./workspace.js";

const TOGETHER_SECONDS = 5 * 60;
const AT_END_PX = 60;

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

/**
 * Shows the newest message, from its beginning when it is taller than the window, and stays there unless the person
 * scrolled away; then says that there is more below. An answer to the person (`forMe`) is shown in any case.
 */
function useNewest(name, count, forMe) {
  const list = useRef();
  const held = useRef("newest"); // what stays in sight when things grow: the newest message, the end, or nothing (null)
  const [more, setMore] = useState(false);
  const end = () => list.current.scrollHeight - list.current.clientHeight;
  const newest = () => Math.min(end(), list.current.firstElementChild.lastElementChild.offsetTop);
  const show = () => {
    if (!list.current) return;
    held.current = "newest";
    list.current.scrollTop = newest();
    setMore(false);
  };
  useLayoutEffect(show, [name]);
  useLayoutEffect(() => {
    held.current || forMe ? show() : setMore(true);
  }, [count]);
  useEffect(() => {
    const grows = new ResizeObserver(() => {
      if (!list.current) return;
      if (held.current === "newest") show();
      else if (held.current === "end") list.current.scrollTop = end();
    });
    for (const part of [list.current, list.current.firstElementChild]) grows.observe(part);
    return () => grows.disconnect();
  }, [name]);
  const onScroll = () => {
    if (!list.current) return; // the scroll of a list that has just gone
    const { scrollTop } = list.current;
    if (Math.abs(scrollTop - newest()) < 2) held.current = "newest";
    else held.current = end() - scrollTop < AT_END_PX ? "end" : null;
    if (held.current) setMore(false);
  };
  return { list, more, show, onScroll };
}

function List({ name, conversation, messages, all, inThread, editing, onEdit, empty }) {
  const { state } = useWorkspace();
  const last = messages.at(-1);
  const forMe = last && (last.ephemeral || authorOf(last, state) === state.me);
  const { list, more, show, onScroll } = useNewest(name, messages.length, forMe);
  const now = new Date(state.now);
  const viewer = me(state);
  const rows = messages.map((message, index) => {
    const before = messages[index - 1];
    const day = dayName(message.ts, viewer, now);
    const newDay = !before || dayName(before.ts, viewer, now) !== day;
    const continued =
      !newDay &&
      !before.deleted &&
      !message.ephemeral &&
      !before.ephemeral &&
      !before.reply_count &&
      authorOf(before, state) === authorOf(message, state) &&
      message.ts - before.ts < TOGETHER_SECONDS &&
      !(inThread && index === 1);
    const replies = all.filter((other) => isReply(other) && other.thread_ts === message.ts && !other.deleted);
    return (
      <div key={message.ts}>
        {newDay && !inThread && (
          <h2 class="day">
            <span>{day}</span>
          </h2>
        )}
        <Message
          message={message}
          conversation={conversation}
          continued={continued}
          inThread={inThread}
          lastReply={replies.at(-1)}
          editing={editing === message.ts}
          onEdit={onEdit}
        />
        {inThread && index === 0 && messages.length > 1 && (
          <h2 class="replies">
            <span>
              {messages.length - 1} {messages.length === 2 ? "reply" : "replies"}
            </span>
          </h2>
        )}
      </div>
    );
  });
  return (
    <div class="scroll" ref={list} onScroll={onScroll} tabindex="-1">
      <div class="messages">{rows.length ? rows : <p class="empty">{empty}</p>}</div>
      {more && (
        <button type="button" class="button new-below" onClick={show}>
          <Icon.Down /> New messages
        </button>
      )}
    </div>
  );
}

function lastOwn(messages, state) {
  return (
    messages.findLast((message) => authorOf(message, state) === state.me && !message.deleted && !message.ephemeral)
      ?.ts ?? null
  );
}

export function Conversation({ room }) {
  const { state, send, toast } = useWorkspace();
  const [editing, setEditing] = useState(null);
  const all = state.messages[room.id] ?? [];
  const shown = all.filter(
    (message) => (!isReply(message) || message.broadcast) && (!message.deleted || message.reply_count),
  );
  const name = room.kind === "im" ? room.name : `#${room.name}`;

  useEffect(() => {
    if (room.unread > 0) send("read", { conversation: room.id });
  }, [room.id, room.unread]);

  const say = async (text) => {
    if (!text.startsWith("/")) return (await send("say", { conversation: room.id, text })).ok;
    const [command] = text.split(/\s/, 1);
    if (state.commands.some((known) => known.command === command))
      return (await send("command", { conversation: room.id, text })).ok;
    toast(`${command} is not a command here. Type / to see the ones that are.`);
    return false;
  };
  return (
    <>
      <List
        name={`${state.me} ${room.id}`}
        conversation={room.id}
        messages={shown}
        all={all}
        editing={editing}
        onEdit={setEditing}
        empty={room.kind === "im" ? `This is where ${name} writes to you.` : `This is the very beginning of ${name}.`}
      />
      <Composer
        key={`${state.me} ${room.id}`}
        name={`${state.me} ${room.id}`}
        label={`Message ${name}`}
        placeholder={`Message ${name}`}
        commands
        testid="composer"
        onSend={say}
        onEditLast={() => setEditing(lastOwn(shown, state))}
      />
    </>
  );
}

export function Thread({ room, ts }) {
  const { state, send, toast, go } = useWorkspace();
  const [editing, setEditing] = useState(null);
  const all = state.messages[room.id] ?? [];
  const root = all.find((message) => message.ts === ts);
  const replies = all.filter((message) => isReply(message) && message.thread_ts === ts && !message.deleted);
  const close = () => go({ thread: null });
  const say = async (text) => {
    if (text.startsWith("/")) {
      toast("Slack takes no commands in threads. Write it in the conversation itself.");
      return false;
    }
    return (await send("say", { conversation: room.id, thread_ts: ts, text })).ok;
  };
  return (
    <aside class="thread" aria-label="Thread" data-testid="thread">
      <header class="pane-header">
        <h1>
          Thread <small>{room.kind === "im" ? room.name : `#${room.name}`}</small>
        </h1>
        <button
          type="button"
          class="tool"
          aria-label="Close thread"
          title="Close thread"
          data-testid="close-thread"
          onClick={close}
        >
          <Icon.Cross />
        </button>
      </header>
      {root ? (
        <List
          name={`${room.id} ${ts}`}
          conversation={room.id}
          messages={[root, ...replies]}
          all={[]}
          inThread
          editing={editing}
          onEdit={setEditing}
        />
      ) : (
        <div class="scroll">
          <p class="empty">This thread is gone.</p>
        </div>
      )}
      {root && (
        <Composer
          key={`${state.me} ${room.id} ${ts}`}
          name={`${state.me} ${room.id} ${ts}`}
          label="Reply in thread"
          placeholder="Reply…"
          testid="thread-composer"
          focus
          onSend={say}
          onEditLast={() => setEditing(lastOwn(replies, state))}
        />
      )}
    </aside>
  );
}
