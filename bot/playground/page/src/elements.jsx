// Block Kit's interactive elements as the browser's own controls: they work with the keyboard, with screen readers and in tests.
import { useState } from "preact/hooks";
import { Combobox, MultiCombobox } from "./combobox.jsx";
import { ask } from "./confirm.jsx";
import * as Icon from "./icons.jsx";
import { Menu } from "./menu.jsx";
import { plain, Text } from "./mrkdwn.jsx";
import { PickDate, PickDateTime, PickTime } from "./pickers.jsx";
import { useSurface, useValue } from "./surface.jsx";
import { personName, useWorkspace } from "./workspace.js";

const hooks = (id, element) => ({ "data-block-id": id, "data-action-id": element.action_id });
const described = (id, element) => ({
  "aria-label": plain(element.placeholder) || "Choose an option",
  ...hooks(id, element),
});

/** Runs one press at a time; the second click of a double click finds the first still on its way. */
function usePress(press) {
  const [busy, setBusy] = useState(false);
  return [
    busy,
    async () => {
      if (busy) return;
      setBusy(true);
      try {
        await press();
      } finally {
        setBusy(false);
      }
    },
  ];
}

function Button({ id, element }) {
  const surface = useSurface();
  const { text, value, style, url } = element;
  const [busy, press] = usePress(async () => {
    if (!(await ask(element.confirm))) return;
    if (url) window.open(url, "_blank", "noreferrer,noopener");
    await surface.act(id, element, { text, ...(value !== undefined && { value }), ...(style && { style }) });
  });
  const look = { primary: "button-primary", danger: "button-danger" }[style] ?? "";
  return (
    <button
      type="button"
      class={`button ${look}`}
      aria-label={element.accessibility_label}
      aria-busy={busy}
      {...hooks(id, element)}
      data-value={value}
      onClick={press}
    >
      {plain(text)}
    </button>
  );
}

function Overflow({ id, element }) {
  const surface = useSurface();
  const pick = async (option) => {
    if (!(await ask(element.confirm))) return;
    if (option.url) window.open(option.url, "_blank", "noreferrer,noopener");
    await surface.act(id, element, { selected_option: option });
  };
  const items = element.options.map((option) => ({
    label: plain(option.text),
    hint: plain(option.description),
    onPick: () => pick(option),
    attributes: { ...hooks(id, element), "data-value": option.value },
  }));
  return (
    <Menu items={items} label="More options" class="button button-icon" {...hooks(id, element)}>
      <Icon.More />
    </Menu>
  );
}

function Feedback({ id, element }) {
  const surface = useSurface();
  return ["positive_button", "negative_button"].map((kind) => {
    const { text, value, accessibility_label: label } = element[kind];
    return (
      <button
        type="button"
        class="button"
        aria-label={label}
        {...hooks(id, element)}
        data-value={value}
        onClick={() => surface.act(id, element, { value, text })}
      >
        {plain(text)}
      </button>
    );
  });
}

/** Arrow keys on a closed select would choose, and so act, at the first press; open its list instead. */
function openInstead(event) {
  if (!event.key.startsWith("Arrow") || event.altKey || !event.target.showPicker) return;
  event.preventDefault();
  event.target.showPicker();
}

function NativeSelect({ choices, groups, chosen, onChoose, element, attributes }) {
  const option = ({ key, label }) => (
    <option value={key} selected={key === chosen}>
      {label}
    </option>
  );
  return (
    <select
      class="control"
      value={chosen ?? ""}
      {...attributes}
      onKeyDown={openInstead}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      <option value="" disabled hidden>
        {plain(element.placeholder) || "Choose an option"}
      </option>
      {groups
        ? groups.map((group) => <optgroup label={plain(group.label)}>{group.options.map(option)}</optgroup>)
        : choices.map(option)}
    </select>
  );
}

const asChoice = (option) => ({ key: option.value, label: plain(option.text), option });

function StaticSelect({ block, id, element, attributes }) {
  const [value, change] = useValue(block, id, element);
  const groups = element.option_groups?.map((group) => ({ ...group, options: group.options.map(asChoice) }));
  const choices = groups ? groups.flatMap((group) => group.options) : element.options.map(asChoice);
  return (
    <NativeSelect
      element={element}
      choices={choices}
      groups={groups}
      chosen={value?.value}
      attributes={{ ...described(id, element), ...attributes }}
      onChoose={(key) => change(choices.find((choice) => choice.key === key)?.option ?? null)}
    />
  );
}

/** The people or the conversations that a select of that kind offers: [{key, label}]. */
function useChoices(type) {
  const { state } = useWorkspace();
  if (type.includes("users")) return state.people.map(({ id }) => ({ key: id, label: personName(state, id) }));
  const rooms = state.conversations.filter((room) => room.kind === "channel" || type.includes("conversations"));
  return rooms.map((room) => ({ key: room.id, label: room.kind === "channel" ? `#${room.name}` : room.name }));
}

function WorkspaceSelect({ block, id, element, attributes }) {
  const [value, change] = useValue(block, id, element);
  return (
    <NativeSelect
      element={element}
      choices={useChoices(element.type)}
      chosen={value}
      attributes={{ ...described(id, element), ...attributes }}
      onChoose={(key) => change(key || null)}
    />
  );
}

function Choices({ kind, id, element, options, isChosen, onToggle, attributes }) {
  return (
    <fieldset class="choices" {...hooks(id, element)} {...attributes}>
      {options.map((option) => (
        <label class="choice">
          <input
            type={kind}
            name={`${id}-${element.action_id}`}
            value={option.value}
            checked={isChosen(option)}
            {...hooks(id, element)}
            onChange={(event) => onToggle(option, event.currentTarget)}
          />
          <span>
            <Text text={option.text} />
            {option.description && (
              <small>
                <Text text={option.description} />
              </small>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Radios({ block, id, element, attributes }) {
  const [value, change] = useValue(block, id, element);
  return (
    <Choices
      kind="radio"
      id={id}
      element={element}
      options={element.options}
      attributes={attributes}
      isChosen={(option) => option.value === value?.value}
      onToggle={(option) => change(option)}
    />
  );
}

/** Checkboxes, and the static multi-select, which is the same question in a smaller frame. */
function Checkboxes({ block, id, element, attributes }) {
  const [chosen, change] = useValue(block, id, element);
  const options = element.options ?? element.option_groups.flatMap((group) => group.options);
  const has = (option) => chosen.some((other) => other.value === option.value);
  const list = (
    <Choices
      kind="checkbox"
      id={id}
      element={element}
      options={options}
      attributes={attributes}
      isChosen={has}
      onToggle={(option, input) => change(options.filter((other) => (other === option ? input.checked : has(other))))}
    />
  );
  return element.type === "checkboxes" ? (
    list
  ) : (
    <Folded element={element} labels={chosen.map((option) => plain(option.text))}>
      {list}
    </Folded>
  );
}

function WorkspaceMultiSelect({ block, id, element, attributes }) {
  const [chosen, change] = useValue(block, id, element);
  const choices = useChoices(element.type);
  const options = choices.map(({ key, label }) => ({
    value: key,
    text: { type: "plain_text", text: label, emoji: false },
  }));
  return (
    <Folded element={element} labels={choices.filter(({ key }) => chosen.includes(key)).map(({ label }) => label)}>
      <Choices
        kind="checkbox"
        id={id}
        element={element}
        options={options}
        attributes={attributes}
        isChosen={(option) => chosen.includes(option.value)}
        onToggle={(option, input) =>
          change(
            choices
              .map(({ key }) => key)
              .filter((key) => (key === option.value ? input.checked : chosen.includes(key))),
          )
        }
      />
    </Folded>
  );
}

function Folded({ element, labels, children }) {
  return (
    <details class="folded">
      <summary class="control">{labels.join(", ") || plain(element.placeholder) || "Choose"}</summary>
      {children}
    </details>
  );
}

const TEXT_KINDS = { email_text_input: "email", url_text_input: "url", number_input: "text" };
const richText = (text) =>
  text && { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
const richTextPlain = (value) =>
  (value?.elements ?? [])
    .flatMap((part) => part.elements ?? [])
    .map((leaf) => leaf.text ?? "")
    .join("");

function TextInput({ block, id, element, attributes }) {
  const [value, change] = useValue(block, id, element);
  const rich = element.type === "rich_text_input";
  const config = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const read = (event) => (rich ? richText(event.currentTarget.value) : event.currentTarget.value) || null;
  const shared = {
    class: "control",
    value: (rich ? richTextPlain(value) : value) ?? "",
    placeholder: plain(element.placeholder),
    ...hooks(id, element),
    ...attributes,
    onInput: (event) => change(read(event), { silently: !config.includes("on_character_entered") }),
    onKeyDown: (event) => {
      if (
        event.key !== "Enter" ||
        event.isComposing ||
        element.multiline ||
        !block.dispatch_action ||
        !config.includes("on_enter_pressed")
      )
        return;
      event.preventDefault();
      change(read(event));
    },
  };
  if (element.multiline || rich) return <textarea rows="4" {...shared} />;
  return (
    <input
      type={TEXT_KINDS[element.type] ?? "text"}
      inputMode={element.type === "number_input" ? "decimal" : undefined}
      autocomplete="off"
      {...shared}
    />
  );
}

const CONTROLS = {
  button: Button,
  workflow_button: Button,
  icon_button: Button,
  feedback_buttons: Feedback,
  overflow: Overflow,
  static_select: StaticSelect,
  external_select: Combobox,
  users_select: WorkspaceSelect,
  conversations_select: WorkspaceSelect,
  channels_select: WorkspaceSelect,
  checkboxes: Checkboxes,
  multi_static_select: Checkboxes,
  multi_external_select: MultiCombobox,
  multi_users_select: WorkspaceMultiSelect,
  multi_conversations_select: WorkspaceMultiSelect,
  multi_channels_select: WorkspaceMultiSelect,
  radio_buttons: Radios,
  datepicker: PickDate,
  timepicker: PickTime,
  datetimepicker: PickDateTime,
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  rich_text_input: TextInput,
};

/** Any interactive element. `attributes` go to its main control: the label's id, error and description of an input block. */
export function Element({ block, id, element, attributes = {} }) {
  const Control = CONTROLS[element.type];
  if (!Control) return <span class="unknown">The playground has no {element.type.replaceAll("_", " ")}.</span>;
  return <Control block={block} id={id} element={element} attributes={attributes} />;
}
