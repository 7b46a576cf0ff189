// "Are you sure?": one dialog for Block Kit's confirm objects and for the page's own questions.
import { useEffect, useRef, useState } from "preact/hooks";
import { plain, Text } from "./mrkdwn.jsx";

let show = null;

/** Resolves to true at once when there is nothing to confirm, else to the person's answer. */
export function ask(question) {
  return question ? new Promise((answer) => show({ question, answer })) : Promise.resolve(true);
}

export function ConfirmDialog() {
  const [pending, setPending] = useState(null);
  const dialog = useRef();
  show = setPending;
  useEffect(() => {
    if (pending) dialog.current.showModal();
  }, [pending]);
  if (!pending) return null;

  const { question, answer } = pending;
  const close = (yes) => {
    dialog.current.close();
    setPending(null);
    answer(yes);
  };
  return (
    <dialog
      ref={dialog}
      class="dialog dialog-small"
      aria-labelledby="confirm-title"
      data-testid="confirm"
      onCancel={(event) => {
        event.preventDefault();
        close(false);
      }}
    >
      <h2 id="confirm-title" class="dialog-title">
        {plain(question.title)}
      </h2>
      <div class="dialog-body">
        <Text text={question.text} />
      </div>
      <footer class="dialog-footer">
        <button type="button" class="button" data-testid="confirm-no" onClick={() => close(false)}>
          {plain(question.deny) || "Cancel"}
        </button>
        <button
          type="button"
          class={`button ${question.style === "danger" ? "button-danger-filled" : "button-primary"}`}
          data-testid="confirm-yes"
          autofocus
          onClick={() => close(true)}
        >
          {plain(question.confirm) || "Yes"}
        </button>
      </footer>
    </dialog>
  );
}
