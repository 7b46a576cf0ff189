// A button with a menu, on the browser's own popover: it closes on Escape and on a click elsewhere by itself.
import { useId, useRef, useState } from "preact/hooks";

const MARGIN = 8;

function place(menu, button) {
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = from.bottom + 4 + height < window.innerHeight - MARGIN;
  const top = below ? from.bottom + 4 : Math.max(MARGIN, from.top - 4 - height);
  const left = Math.min(from.left, window.innerWidth - width - MARGIN);
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(MARGIN, left)}px`;
}

function moveFocus(event, menu) {
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length)?.focus();
}

/** `items`: [{label, hint?, danger?, checked?, onPick, attributes?}], null entries are dividers. */
export function Menu({ items, label, class: className = "", children, heading, ...attributes }) {
  const id = useId();
  const menu = useRef();
  const button = useRef();
  const [open, setOpen] = useState(false);
  const opened = (event) => {
    if (event.newState !== "open") return setOpen(false);
    place(menu.current, button.current);
    menu.current.querySelector("[role^=menuitem]")?.focus();
  };
  return (
    <>
      <button
        type="button"
        ref={button}
        class={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        popovertarget={id}
        {...attributes}
      >
        {children}
      </button>
      <div
        id={id}
        ref={menu}
        popover="auto"
        role="menu"
        class="menu"
        aria-label={label}
        onBeforeToggle={(event) => event.newState === "open" && setOpen(true)}
        onToggle={opened}
        onKeyDown={(event) => moveFocus(event, menu.current)}
      >
        {open && heading && <div class="menu-heading">{heading}</div>}
        {open &&
          items.map((item) =>
            item ? (
              <button
                type="button"
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.checked}
                class={`menu-item ${item.danger ? "menu-item-danger" : ""}`}
                {...item.attributes}
                onClick={() => {
                  menu.current.hidePopover();
                  item.onPick();
                }}
              >
                <span>{item.label}</span>
                {item.hint && <span class="menu-hint">{item.hint}</span>}
              </button>
            ) : (
              <hr />
            ),
          )}
      </div>
    </>
  );
}
