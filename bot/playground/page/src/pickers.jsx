// Date and time elements on the browser's own inputs.
import { useRef } from "preact/hooks";
import { localDay } from "./dates.js";
import { plain } from "./mrkdwn.jsx";
import { useValue } from "./surface.jsx";
import { me, useWorkspace } from "./workspace.js";

/**
 * The browser reports every digit that makes a typed date valid (the year 0002 first), so a typed value counts
 * when the person leaves the field or presses Enter; a picked one counts at once.
 */
function PickInput({ kind, value, onPick, id, element, attributes }) {
  const typing = useRef(false);
  const take = (input) => {
    typing.current = false;
    if ((input.value || null) !== (value || null)) onPick(input.value || null);
  };
  return (
    <input
      type={kind}
      class="control"
      value={value ?? ""}
      data-block-id={id}
      data-action-id={element.action_id}
      aria-label={attributes["aria-labelledby"] ? undefined : plain(element.placeholder) || "Pick a date"}
      {...attributes}
      onKeyDown={(event) => {
        if (event.key === "Enter") take(event.currentTarget);
        else if (/^(\d|Arrow(Up|Down)|Backspace|Delete)$/.test(event.key)) typing.current = true;
      }}
      onChange={(event) => typing.current || take(event.currentTarget)}
      onBlur={(event) => typing.current && take(event.currentTarget)}
    />
  );
}

export function PickDate({ block, id, element, attributes }) {
  const [value, change] = useValue(block, id, element);
  return <PickInput kind="date" value={value} onPick={change} id={id} element={element} attributes={attributes} />;
}

export function PickTime({ block, id, element, attributes }) {
  const [value, change] = useValue(block, id, element);
  return <PickInput kind="time" value={value} onPick={change} id={id} element={element} attributes={attributes} />;
}

function wallClock(seconds, person) {
  const date = new Date(seconds * 1000);
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: person.tz,
  }).format(date);
  return `${localDay(date, person)}T${time}`;
}

/** Seconds since the epoch at which the person's wall clock shows `text`; twice because the first guess may cross a clock change. */
function secondsAt(text, person) {
  const wanted = Date.parse(`${text}Z`);
  let guess = wanted;
  for (let round = 0; round < 2; round++) guess += wanted - Date.parse(`${wallClock(guess / 1000, person)}Z`);
  return guess / 1000;
}

export function PickDateTime({ block, id, element, attributes }) {
  const person = me(useWorkspace().state);
  const [value, change] = useValue(block, id, element);
  return (
    <PickInput
      kind="datetime-local"
      value={value && wallClock(value, person)}
      id={id}
      element={element}
      attributes={attributes}
      onPick={(text) => change(text && secondsAt(text, person))}
    />
  );
}
