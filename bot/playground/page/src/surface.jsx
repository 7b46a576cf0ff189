// A surface is whatever carries blocks: a message, a modal, the Home tab. It remembers what people chose
// in its controls and tells the stand-in about clicks.
import { createContext } from "preact";
import { useContext, useReducer } from "preact/hooks";
import { ask } from "./confirm.jsx";

const Surface = createContext(null);
export const useSurface = () => useContext(Surface);

// Choices outlive their surface's component: a modal below another one comes back as it was left.
const drafts = new Map();

/** Which field of a Block Kit state value an element fills; elements that only act (buttons) have none. */
export const VALUE_FIELD = {
  channels_select: "selected_channel",
  checkboxes: "selected_options",
  conversations_select: "selected_conversation",
  datepicker: "selected_date",
  datetimepicker: "selected_date_time",
  email_text_input: "value",
  external_select: "selected_option",
  multi_channels_select: "selected_channels",
  multi_conversations_select: "selected_conversations",
  multi_external_select: "selected_options",
  multi_static_select: "selected_options",
  multi_users_select: "selected_users",
  number_input: "value",
  plain_text_input: "value",
  radio_buttons: "selected_option",
  rich_text_input: "rich_text_value",
  static_select: "selected_option",
  timepicker: "selected_time",
  url_text_input: "value",
  users_select: "selected_user",
};

/** What an element holds before anybody touched it: `selected_option` starts as `initial_option`, and so on. */
function initialValue(element) {
  const field = VALUE_FIELD[element.type];
  const initial = element[field.replace("selected_", "initial_").replace(/^(rich_text_)?value$/, "initial_value")];
  return initial ?? (field.endsWith("s") ? [] : null);
}

export const blockId = (block, index) => block.block_id ?? `block-${index}`;

function elementsOf(block) {
  return [...(block.elements ?? []), block.element, block.accessory].filter(
    (element) => element && VALUE_FIELD[element.type],
  );
}

/** The state of a surface as Slack sends it: `{block_id: {action_id: {type, …}}}`. */
export function stateValues(surfaceKey, blocks) {
  const values = {};
  blocks.forEach((block, index) => {
    for (const element of elementsOf(block)) {
      const id = blockId(block, index);
      const draft = drafts.get(surfaceKey)?.[id]?.[element.action_id];
      const value = draft === undefined ? initialValue(element) : draft;
      (values[id] ??= {})[element.action_id] = { type: element.type, [VALUE_FIELD[element.type]]: value };
    }
  });
  return values;
}

/** Gives the controls below it their values and a way to act. `send` reaches the stand-in; `where` names the surface to it. */
export function SurfaceProvider({ surfaceKey, where, blocks, send, errors, children }) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const surface = {
    errors: errors ?? {},
    value(id, element) {
      const draft = drafts.get(surfaceKey)?.[id]?.[element.action_id];
      return draft === undefined ? initialValue(element) : draft;
    },
    remember(id, element, value) {
      const all = drafts.get(surfaceKey) ?? {};
      drafts.set(surfaceKey, { ...all, [id]: { ...all[id], [element.action_id]: value } });
      redraw();
    },
    redraw,
    async act(id, element, fields) {
      const { type, action_id } = element;
      const action = { type, action_id, block_id: id, ...fields };
      return send("click", { ...where, action, state: stateValues(surfaceKey, blocks) });
    },
    async options(id, element, value) {
      const answer = await send("options", { ...where, action_id: element.action_id, block_id: id, value });
      return answer.options ?? (answer.option_groups ?? []).flatMap((group) => group.options);
    },
  };
  return <Surface.Provider value={surface}>{children}</Surface.Provider>;
}

/**
 * One control's value and its way to change it. A control outside an input block, or in one with `dispatch_action`,
 * tells the app at once, after its `confirm` question was answered with yes.
 */
export function useValue(block, id, element) {
  const surface = useSurface();
  const tells = block.type !== "input" || block.dispatch_action;
  return [
    surface.value(id, element),
    async (value, { silently = false } = {}) => {
      if (tells && !silently && !(await ask(element.confirm))) return surface.redraw(); // back to what it showed
      surface.remember(id, element, value);
      if (tells && !silently) await surface.act(id, element, { [VALUE_FIELD[element.type]]: value });
    },
  ];
}
