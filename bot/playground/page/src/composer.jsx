// Where messages are written: Enter sends, Shift+Enter breaks the line, "/" lists commands, "@" lists people.
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import * as Icon from "./icons.jsx";
import { decode } from "./mrkdwn.jsx";
import { useWorkspace } from "./workspace.js";

const unsent = new Map(); // what was typed and not sent, by composer

/** A message's text as its author typed it: "<@U0ANA> &amp; co" → "@ana & co". The stand-in turns it back. */
function asTyped(text, state) {
  const handle = (id) => [...state.people, ...state.conversations].find((one) => one.id === id)?.name ?? id;
  return decode(
    text.replace(/<([@#])(\w+)(?:\|[^>]*)?>|<([^|>]+)(?:\|[^>]*)?>/g, (_, sign, id, link) =>
      sign ? sign + handle(id) : link,
    ),
  );
}

/** What could complete the text before the caret: [{insert, label, hint, description}], `from` where the insertion starts. */
function suggest(text, caret, state, commands) {
  const before = text.slice(0, caret);
  const slash = commands && /^\/(\S*)$/.exec(before);
  if (slash) {
    return {
      from: 0,
      items: state.commands
        .filter(({ command }) => command.startsWith(before))
        .map(({ command, usage_hint: hint, description }) => ({
          insert: `${command} `,
          label: command,
          hint,
          description,
        })),
    };
  }
  const at = /(?:^|[\s(])@([\p{L}\p{N}._-]*)$/u.exec(before);
  if (!at) return { from: 0, items: [] };
  const wanted = at[1].toLowerCase();
  const people = state.people.filter(({ name, real_name }) =>
    `${name} ${real_name}`
      .toLowerCase()
      .split(" ")
      .some((word) => word.startsWith(wanted)),
  );
  return {
    from: before.length - at[1].length - 1,
    items: people.map(({ name, real_name }) => ({ insert: `@${name} `, label: real_name, hint: `@${name}` })),
  };
}

function Suggestions({ id, items, at, onPick }) {
  if (!items.length) return null;
  return (
    <ul id={id} role="listbox" class="suggestions" aria-label="Suggestions" data-testid="suggestions">
      {items.map((item, index) => (
        <li
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          class="menu-item"
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(item);
          }}
        >
          <span>
            <strong>{item.label}</strong> {item.hint && <code>{item.hint}</code>}
          </span>
          {item.description && <span class="menu-hint">{item.description}</span>}
        </li>
      ))}
    </ul>
  );
}

/**
 * `onSend(text)` resolves to true when the text is taken. `commands` says whether "/" means something here.
 * `onEditLast` answers ArrowUp in an empty composer, `onCancel` Escape.
 */
export function Composer({
  name,
  label,
  placeholder,
  commands,
  initial = "",
  testid,
  focus,
  onSend,
  onEditLast,
  onCancel,
  sendLabel = "Send",
}) {
  const { state } = useWorkspace();
  const [text, setText] = useState(() => unsent.get(name) ?? asTyped(initial, state));
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState(false);
  const list = useId();
  const area = useRef();

  useLayoutEffect(() => {
    area.current.style.height = "auto";
    area.current.style.height = `${area.current.scrollHeight}px`;
  }, [text]);
  useLayoutEffect(() => {
    if (focus) area.current.focus();
    area.current.setSelectionRange(text.length, text.length);
  }, [focus]);

  const write = (next, position = next.length) => {
    setText(next);
    setCaret(position);
    setAt(0);
    setDismissed(false);
    next && name ? unsent.set(name, next) : unsent.delete(name);
  };
  const { from, items } = dismissed ? { from: 0, items: [] } : suggest(text, caret, state, commands);
  const usage = commands && state.commands.find(({ command }) => text.startsWith(`${command} `));

  const complete = (item) => {
    const next = text.slice(0, from) + item.insert + text.slice(caret);
    write(next, from + item.insert.length);
    area.current.focus();
  };
  const send = async () => {
    const words = text.trim();
    if (!words) return;
    write("");
    if (!(await onSend(words)) && !unsent.get(name)) write(words);
    area.current?.focus();
  };
  const keys = (event) => {
    if (event.isComposing) return;
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (items.length && step) setAt((at + step + items.length) % items.length);
    else if (
      items.length &&
      (key === "Tab" || (key === "Enter" && items[at].insert.trim() !== text.slice(from, caret)))
    )
      complete(items[at]);
    else if (items.length && key === "Escape") setDismissed(true);
    else if (key === "Enter" && !event.shiftKey) send();
    else if (key === "ArrowUp" && !text && onEditLast) onEditLast();
    else if (key === "Escape" && onCancel) onCancel();
    else return;
    event.preventDefault();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Suggestions id={list} items={items} at={at} onPick={complete} />
      {usage && (
        <p class="usage">
          <strong>{usage.command}</strong> {usage.usage_hint && <code>{usage.usage_hint}</code>} {usage.description}
        </p>
      )}
      <div class="composer-box">
        <textarea
          ref={area}
          rows="1"
          value={text}
          placeholder={placeholder}
          aria-label={label}
          data-testid={testid}
          spellcheck
          aria-autocomplete="list"
          aria-controls={items.length ? list : undefined}
          aria-activedescendant={items.length ? `${list}-${at}` : undefined}
          onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={keys}
        />
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button
          type="submit"
          class="button button-icon send"
          aria-label={sendLabel}
          title={sendLabel}
          disabled={!text.trim()}
        >
          <Icon.Send />
        </button>
      </div>
    </form>
  );
}
