// The topmost open view of the stack, as a dialog. Required fields are checked here, as Slack's client does; the rest by the app.
import { useEffect, useRef, useState } from "preact/hooks";
import { Blocks } from "./blocks.jsx";
import * as Icon from "./icons.jsx";
import { plain } from "./mrkdwn.jsx";
import { blockId, stateValues, SurfaceProvider, VALUE_FIELD } from "./surface.jsx";
import { useWorkspace } from "./workspace.js";

const isEmpty = (value) => value === null || value === undefined || value === "" || value.length === 0;

/** What Slack's own client refuses before it asks the app: {block_id: sentence}. */
function missing(blocks, values) {
  const errors = {};
  blocks.forEach((block, index) => {
    if (block.type !== "input") return;
    const { element } = block;
    const id = blockId(block, index);
    const value = values[id]?.[element.action_id]?.[VALUE_FIELD[element.type]];
    if (isEmpty(value)) {
      if (!block.optional) errors[id] = "Please complete this required field.";
    } else if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(value)) {
      errors[id] = "Please enter an email address, like ana@example.com.";
    } else if (element.type === "url_text_input" && !URL.canParse(value)) {
      errors[id] = "Please enter a web address, like https://example.com.";
    } else if (
      element.type === "number_input" &&
      (!Number.isFinite(Number(value)) || (!element.is_decimal_allowed && !Number.isInteger(Number(value))))
    ) {
      errors[id] = element.is_decimal_allowed ? "Please enter a number." : "Please enter a whole number.";
    } else if (element.min_length && value.length < element.min_length) {
      errors[id] = `Please write at least ${element.min_length} characters.`;
    } else if (element.max_length && value.length > element.max_length) {
      errors[id] = `Please write at most ${element.max_length} characters.`;
    }
  });
  return errors;
}

function Modal({ view }) {
  const { send } = useWorkspace();
  const [own, setOwn] = useState({});
  const [busy, setBusy] = useState(false);
  const dialog = useRef();
  const surfaceKey = `view ${view.id}`;
  const errors = { ...(view.errors ?? {}), ...own };

  useEffect(() => {
    const opened = dialog.current;
    opened.showModal();
    const first = view.blocks.find((block) => block.element?.focus_on_load)?.block_id;
    const area = opened.querySelector(first ? `.input[data-block-id="${CSS.escape(first)}"]` : ".modal-body");
    (area?.querySelector("input, select, textarea, summary") ?? area?.querySelector("button") ?? opened).focus();
  }, []);
  const wrong = Object.keys(errors).join(" ");
  useEffect(() => {
    if (wrong && !busy) dialog.current.querySelector(".input-wrong :is(input, select, textarea)")?.focus();
  }, [wrong, busy]);

  // Asked once: a browser may close a dialog by itself after it has asked, at a second Escape in a row.
  const closing = useRef(false);
  const leave = async (fields) => {
    if (closing.current) return;
    closing.current = true;
    await send("close", { view_id: view.id, ...fields });
    closing.current = false;
  };
  const close = () => leave({});
  const closeAll = () => leave({ everything: true });
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const values = stateValues(surfaceKey, view.blocks);
    const problems = missing(view.blocks, values);
    setOwn(problems);
    if (Object.keys(problems).length) return;
    setBusy(true);
    await send("submit", { view_id: view.id, values });
    setBusy(false);
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="modal-title"
      data-testid="modal"
      data-callback-id={view.callback_id}
      data-view-id={view.id}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        close();
      }}
      onClose={close}
    >
      <form novalidate onSubmit={submit} aria-busy={busy}>
        <header class="dialog-header">
          <h2 id="modal-title" class="dialog-title">
            {plain(view.title)}
          </h2>
          <button type="button" class="tool" aria-label="Close" title="Close" onClick={closeAll}>
            <Icon.Cross />
          </button>
        </header>
        <div class="dialog-body modal-body">
          <SurfaceProvider
            surfaceKey={surfaceKey}
            where={{ view_id: view.id }}
            blocks={view.blocks}
            send={send}
            errors={errors}
          >
            <Blocks blocks={view.blocks} />
          </SurfaceProvider>
        </div>
        <footer class="dialog-footer">
          <button type="button" class="button" data-testid="modal-close" onClick={close}>
            {plain(view.close) || (view.submit ? "Cancel" : "Close")}
          </button>
          {view.submit && (
            <button type="submit" class="button button-primary" data-testid="modal-submit" aria-busy={busy}>
              {plain(view.submit)}
            </button>
          )}
        </footer>
      </form>
    </dialog>
  );
}

/** Shows the last of `views`, and gives the focus back to what opened the first when all are closed. */
export function Modals({ views }) {
  const opener = useRef(null);
  const top = views.at(-1);
  if (top) opener.current ??= document.activeElement;
  useEffect(() => {
    if (top) return;
    opener.current?.focus();
    opener.current = null;
  }, [top]);
  return top ? <Modal key={top.id} view={top} /> : null;
}
