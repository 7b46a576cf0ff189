// What stands round the conversation: the bar with the playground's clock, the sidebar, the notices.
import { useEffect, useRef, useState } from "preact/hooks";
import * as Icon from "./icons.jsx";
import { Menu } from "./menu.jsx";
import { Avatar } from "./message.jsx";
import { appConversation, personName, useWorkspace } from "./workspace.js";

const NEXT_MORNING = "next-morning";
const words = (name) => name[0].toUpperCase() + name.slice(1).replaceAll("-", " ");

export function TopBar({ onMenu, menuOpen }) {
  const { state, press } = useWorkspace();
  const [busy, setBusy] = useState(false);
  const next = async () => {
    if (busy) return;
    setBusy(true);
    await press(NEXT_MORNING);
    setBusy(false);
  };
  const others = state.controls
    .filter((name) => name !== NEXT_MORNING)
    .map((name) => ({
      label: words(name),
      onPick: () => press(name),
      attributes: { "data-testid": `control-${name}` },
    }));
  return (
    <header class="topbar">
      <button
        type="button"
        class="tool sidebar-toggle"
        aria-label="Conversations"
        aria-expanded={menuOpen}
        onClick={onMenu}
      >
        <Icon.Lines />
      </button>
      <p class="topbar-note">
        A playground: the real {state.bot.name}, a stand-in for Slack. Nothing leaves this machine.
      </p>
      <p class="clock" role="status" data-testid="clock">
        {state.now_text}
      </p>
      {state.controls.includes(NEXT_MORNING) && (
        <button type="button" class="button next-morning" data-testid="next-morning" aria-busy={busy} onClick={next}>
          <Icon.Sunrise /> Next morning
        </button>
      )}
      {others.length > 0 && (
        <Menu items={others} label="More playground controls" class="tool">
          <Icon.More />
        </Menu>
      )}
    </header>
  );
}

function Person({ view }) {
  const { state, go } = useWorkspace();
  const dm = appConversation(state)?.id;
  const name = personName(state, state.me).split(" ")[0];
  const items = state.people.map(({ id }) => ({
    label: personName(state, id),
    checked: id === state.me,
    attributes: { "data-person": id },
    onPick: () => go({ as: id, thread: null, ...(view === dm && { view: null }) }),
  }));
  return (
    <Menu
      items={items}
      label="Switch person"
      heading="See the workspace as"
      class="person-switch"
      data-testid="person-switch"
      aria-label={`You are: ${name}. Switch person`}
    >
      <Avatar id={state.me} small />
      <span>
        You are: <strong>{name}</strong>
      </span>
      <Icon.Caret />
    </Menu>
  );
}

function Room({ room, current }) {
  const { go, state } = useWorkspace();
  const channel = room.kind !== "im";
  const unread = room.unread > 0;
  return (
    <li>
      <button
        type="button"
        class={`room ${unread ? "room-unread" : ""}`}
        aria-current={current ? "page" : undefined}
        data-testid={`conversation-${room.id}`}
        onClick={() => go({ view: room.id, thread: null })}
      >
        {channel ? (
          <span class="room-mark" aria-hidden="true">
            #
          </span>
        ) : (
          <Avatar id={state.bot.id} small />
        )}
        <span class="room-name">{channel ? room.name : state.bot.name}</span>
        {unread && (
          <span class="unread" data-testid="unread" aria-label={`${room.unread} unread`}>
            {room.unread}
          </span>
        )}
      </button>
    </li>
  );
}

export function Sidebar({ view, open }) {
  const { state, send } = useWorkspace();
  const rooms = (channel) => state.conversations.filter(({ kind }) => (kind !== "im") === channel);
  const shortcuts = state.shortcuts
    .filter(({ type }) => type === "global")
    .map(({ name, callback_id }) => ({
      label: name,
      hint: state.bot.name,
      attributes: { "data-callback-id": callback_id },
      onPick: () => send("global_shortcut", { callback_id }),
    }));
  const isApp = (room) => room.id === view || (view === "home" && room.id === appConversation(state)?.id);
  return (
    <nav class={`sidebar ${open ? "sidebar-open" : ""}`} aria-label="Workspace">
      <div class="workspace-name">
        <strong>{state.workspace.name}</strong>
        {shortcuts.length > 0 && (
          <Menu items={shortcuts} label="Shortcuts" heading="Shortcuts" class="tool" data-testid="shortcuts">
            <Icon.Bolt />
          </Menu>
        )}
      </div>
      <Person view={view} />
      <h2>Channels</h2>
      <ul>
        {rooms(true).map((room) => (
          <Room key={room.id} room={room} current={room.id === view} />
        ))}
      </ul>
      <h2>Apps</h2>
      <ul>
        {rooms(false).map((room) => (
          <Room key={room.id} room={room} current={isApp(room)} />
        ))}
      </ul>
    </nav>
  );
}

const STAYS_MS = 12_000;

/** `above`: whatever changes when a dialog opens. */
export function Toasts({ toasts, above, onClose }) {
  const region = useRef();
  useEffect(() => {
    // Shown anew each time, so that it lies above a dialog that was opened in between.
    if (region.current.matches(":popover-open")) region.current.hidePopover();
    if (toasts.length) region.current.showPopover();
  }, [toasts, above]);
  return (
    <div ref={region} class="toasts" popover="manual" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <Toast key={toast.id} toast={toast} onClose={onClose} />
      ))}
    </div>
  );
}

function Toast({ toast, onClose }) {
  useEffect(() => {
    const timer = setTimeout(() => onClose(toast.id), STAYS_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="toast" data-testid="toast">
      <span>{toast.text}</span>
      <button type="button" class="tool" aria-label="Dismiss" onClick={() => onClose(toast.id)}>
        <Icon.Cross />
      </button>
    </div>
  );
}
