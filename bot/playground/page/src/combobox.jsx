// Selects whose options the app looks up while one types (external_select, multi_external_select).
import { useEffect, useId, useRef, useState } from "preact/hooks";
import * as Icon from "./icons.jsx";
import { plain } from "./mrkdwn.jsx";
import { useSurface, useValue } from "./surface.jsx";

const PAUSE_MS = 200;

function useOptions(id, element, query) {
  const surface = useSurface();
  const [found, setFound] = useState({ query: null, options: [] });
  const enough = query !== null && query.trim().length >= (element.min_query_length ?? 3);
  useEffect(() => {
    if (!enough) return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const options = await surface.options(id, element, query);
      if (wanted) setFound({ query, options });
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [query, enough]);
  return { enough, looking: enough && found.query !== query, options: enough ? found.options : [] };
}

function Lookup({ id, element, attributes, shown, onPick, onClear }) {
  const list = useId();
  const [query, setQuery] = useState(null); // null: closed, showing what is chosen
  const [at, setAt] = useState(0);
  const { enough, looking, options } = useOptions(id, element, query);
  const input = useRef();
  const close = () => {
    setQuery(null);
    setAt(0);
  };
  const pick = (option) => {
    close();
    onPick(option);
  };
  const keys = (event) => {
    if (event.key === "Escape" && query !== null) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      query === null ? setQuery("") : setAt(Math.min(at + 1, options.length - 1));
    }
    if (event.key === "ArrowUp") {
      event.preventDefault();
      setAt(Math.max(at - 1, 0));
    }
    if (event.key === "Enter" && query !== null) {
      event.preventDefault();
      if (options[at]) pick(options[at]);
    }
    if (event.key === "Backspace" && shown && query === null) {
      onClear();
      setQuery("");
    }
  };
  const hint = !enough ? "Type to search" : looking ? "Looking" : "Nothing found";
  return (
    <div class="combobox">
      <input
        ref={input}
        class="control"
        role="combobox"
        type="text"
        autocomplete="off"
        aria-autocomplete="list"
        aria-expanded={query !== null}
        aria-controls={list}
        aria-activedescendant={options[at] ? `${list}-${at}` : undefined}
        placeholder={plain(element.placeholder) || "Search"}
        aria-label={attributes["aria-labelledby"] ? undefined : plain(element.placeholder) || "Search"}
        data-block-id={id}
        data-action-id={element.action_id}
        {...attributes}
        value={query ?? shown ?? ""}
        onClick={() => query === null && setQuery("")}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={keys}
        onBlur={close}
      />
      <ul id={list} role="listbox" class="combobox-list" hidden={query === null}>
        {options.map((option, index) => (
          <li
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            class="menu-item"
            data-value={option.value}
            onMouseDown={(event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            {plain(option.text)}
          </li>
        ))}
        {options.length === 0 && (
          <li class="menu-heading" role="presentation">
            {hint}
          </li>
        )}
      </ul>
    </div>
  );
}

export function Combobox({ block, id, element, attributes }) {
  const [value, change] = useValue(block, id, element);
  return (
    <Lookup
      id={id}
      element={element}
      attributes={attributes}
      shown={value && plain(value.text)}
      onPick={change}
      onClear={() => change(null, { silently: true })}
    />
  );
}

export function MultiCombobox({ block, id, element, attributes }) {
  const [chosen, change] = useValue(block, id, element);
  const without = (option) => chosen.filter((other) => other.value !== option.value);
  return (
    <div class="multi">
      {chosen.map((option) => (
        <button
          type="button"
          class="chip"
          aria-label={`Remove ${plain(option.text)}`}
          onClick={() => change(without(option))}
        >
          {plain(option.text)}
          <Icon.Cross />
        </button>
      ))}
      <Lookup
        id={id}
        element={element}
        attributes={attributes}
        onPick={(option) => change([...without(option), option])}
        onClear={() => {}}
      />
    </div>
  );
}
