// The playground's page: a Slack-like workspace over the stand-in's JSON API.
import "slack-blocks-to-jsx/dist/style.css";
import "./style.css";
import { render } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ConfirmDialog } from "./confirm.jsx";
import { Conversation, Thread } from "./conversation.jsx";
import { Sidebar, Toasts, TopBar } from "./frame.jsx";
import { Home } from "./home.jsx";
import { authorOf, Avatar } from "./message.jsx";
import { Modals } from "./modal.jsx";
import { plain } from "./mrkdwn.jsx";
import { useAddress, useServer } from "./server.js";
import { appConversation, personName, Workspace } from "./workspace.js";

/** Notices of the stand-in and of the page, each shown once. Of those from before the page was opened, none. */
function useToasts(state) {
  const [toasts, setToasts] = useState([]);
  const seen = useRef(null);
  const add = useCallback(
    (text, id = `page-${crypto.randomUUID()}`) =>
      setToasts((all) => (all.some((toast) => toast.text === text) ? all : [...all.slice(-2), { id, text }])),
    [],
  );
  const close = useCallback((id) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  useEffect(() => {
    if (!state) return;
    const known = seen.current?.me === state.me ? seen.current.ids : new Set(state.notices.map(({ id }) => id));
    for (const { id, text } of state.notices) if (!known.has(id)) add(text, id);
    seen.current = { me: state.me, ids: new Set(state.notices.map(({ id }) => id)) };
  }, [state]);
  return { toasts, add, close };
}

/** Reads new messages out to screen readers: the top-level text says the whole message. */
function NewMessages({ state }) {
  const last = useRef({ me: null, ts: "" });
  const [words, setWords] = useState("");
  useEffect(() => {
    const all = Object.values(state.messages)
      .flat()
      .filter((message) => authorOf(message, state) !== state.me && !message.deleted);
    const fresh = all.filter((message) => last.current.me === state.me && message.ts > last.current.ts);
    if (fresh.length)
      setWords(
        fresh
          .map(
            (message) =>
              `${personName(state, authorOf(message, state))}: ${plain({ type: "mrkdwn", text: message.text ?? "" })}`,
          )
          .join("\n"),
      );
    last.current = { me: state.me, ts: all.reduce((latest, { ts }) => (ts > latest ? ts : latest), "") };
  }, [state]);
  return (
    <div class="unseen" aria-live="polite">
      {words}
    </div>
  );
}

function AppTabs({ view, room }) {
  return (
    <nav class="tabs" aria-label={room.name}>
      <a href={tabAddress("home")} aria-current={view === "home" ? "page" : undefined} data-testid="home-tab">
        Home
      </a>
      <a href={tabAddress(room.id)} aria-current={view === room.id ? "page" : undefined} data-testid="messages-tab">
        Messages
      </a>
    </nav>
  );
}

function tabAddress(view) {
  const params = new URLSearchParams(location.hash.slice(1));
  params.set("view", view);
  params.delete("thread");
  return `#${params}`;
}

const FIRST_PERSON = "U0ANA"; // who looks when the address names nobody

function App() {
  const [address, go] = useAddress();
  const { state, problem, reachable, act, control } = useServer(address.as ?? FIRST_PERSON);
  const { toasts, add: toast, close } = useToasts(state);
  const [menuOpen, setMenuOpen] = useState(false);

  // Every refusal of the stand-in becomes a toast, so that no click ends in silence.
  const send = useCallback(
    async (what, fields) => {
      const answer = await act(what, fields);
      if (!answer.ok) toast(answer.error ?? "That did not work.");
      return answer;
    },
    [act, toast],
  );
  const press = useCallback(
    async (name) => {
      const answer = await control(name);
      if (!answer.ok || answer.text) toast(answer.error ?? answer.text ?? "That did not work.");
    },
    [control, toast],
  );
  const workspace = useMemo(() => ({ state, go, send, press, toast }), [state, go, send, press, toast]);

  useEffect(() => setMenuOpen(false), [address]);
  useEffect(() => {
    if (state && !address.as) go({ as: state.me });
  }, [state, address.as]);
  const app = state && appConversation(state);
  const room = (state && address.view !== "home" && state.conversations.find(({ id }) => id === address.view)) || app;
  const view = address.view === "home" ? "home" : room?.id;
  const unread = state?.conversations.reduce((sum, { unread }) => sum + unread, 0);
  useEffect(() => {
    if (state)
      document.title = `${unread ? `(${unread}) ` : ""}${view === "home" ? "Home" : room?.name} · ${state.workspace.name} · playground`;
  });

  if (!state)
    return (
      <p class="starting" role="status">
        {problem ?? (reachable ? "Opening the workspace" : "The playground doesn't answer. Waiting for it.")}
      </p>
    );
  return (
    <Workspace.Provider value={workspace}>
      <div class={`page ${address.thread && view !== "home" ? "with-thread" : ""}`}>
        <TopBar onMenu={() => setMenuOpen(!menuOpen)} menuOpen={menuOpen} />
        <Sidebar view={view} open={menuOpen} />
        <main class="main" aria-label={room.kind === "im" ? room.name : `#${room.name}`}>
          <header class="pane-header">
            {room.kind === "im" ? <Avatar id={state.bot.id} small /> : null}
            <h1>{room.kind === "im" ? state.bot.name : `# ${room.name}`}</h1>
            {room.id === app.id && <AppTabs view={view} room={room} />}
          </header>
          {!reachable && (
            <p class="offline" role="alert">
              The playground doesn't answer. This is what it said last.
            </p>
          )}
          {view === "home" ? <Home /> : <Conversation key={`${state.me} ${room.id}`} room={room} />}
        </main>
        {address.thread && view !== "home" && (
          <Thread key={`${room.id} ${address.thread}`} room={room} ts={address.thread} />
        )}
      </div>
      <Modals views={state.modals} />
      <ConfirmDialog />
      <Toasts toasts={toasts} above={state.modals.length} onClose={close} />
      <NewMessages state={state} />
    </Workspace.Provider>
  );
}

render(<App />, document.getElementById("page"));
