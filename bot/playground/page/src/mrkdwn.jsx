// Slack's mrkdwn, read the way Slack reads it, into elements: text never becomes HTML.
// (The Markdown parser of slack-blocks-to-jsx drops "# 5" and "&lt;b&gt;" and takes "[x](y)" for a link; see LibraryBlock.)
import { get as emojiByName } from "node-emoji";
import { slackDate } from "./dates.js";
import { channelName, me, personName, useWorkspace } from "./workspace.js";

const TOKEN = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+):|\bhttps?:\/\/[^\s<>|"]*[^\s<>|".,;:!?)\]]|[*_~]/gi;
const SAFE_LINK = /^(https?:|mailto:|tel:|slack:)/i;
const STYLES = { "*": "strong", _: "em", "~": "s" };
const SLACK_NAMES = {
  slightly_smiling_face: "🙂",
  simple_smile: "🙂",
  thumbsup: "👍",
  thumbsdown: "👎",
  heavy_check_mark: "✔️",
};

export const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
export const emojiOf = (name) => SLACK_NAMES[name] ?? emojiByName(name);

export function Emoji({ name, unicode }) {
  const glyph = unicode
    ? String.fromCodePoint(...unicode.split("-").map((code) => parseInt(code, 16)))
    : emojiOf(name.replace(/::skin-tone-\d$/, ""));
  if (!glyph) return `:${name}:`;
  return (
    <span class="emoji" role="img" aria-label={name.replaceAll("_", " ")} title={`:${name}:`}>
      {glyph}
    </span>
  );
}

/** A link that leaves the playground, or plain text when its scheme could run something. */
export function Link({ href, children }) {
  if (!SAFE_LINK.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

export function UserMention({ id, label }) {
  const { state } = useWorkspace();
  const name = personName(state, id);
  return <span class={`mention ${id === state.me ? "mention-me" : ""}`}>@{name === id && label ? label : name}</span>;
}

export function ChannelMention({ id, label }) {
  const { state, go } = useWorkspace();
  const known = state.conversations.some((conversation) => conversation.id === id);
  const text = `#${known ? channelName(state, id) : label || id}`;
  if (!known) return <span class="mention">{text}</span>;
  return (
    <button type="button" class="mention link-button" onClick={() => go({ view: id, thread: null })}>
      {text}
    </button>
  );
}

export function DateMention({ timestamp, pattern, link, fallback }) {
  const { state } = useWorkspace();
  const text = slackDate(String(timestamp), pattern, me(state), new Date(state.now)) ?? decode(fallback ?? "");
  return link ? <Link href={link}>{text}</Link> : <time>{text}</time>;
}

function Entity({ body }) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : body.slice(bar + 1);
  if (/^@[UWB]/.test(target)) return <UserMention id={target.slice(1)} label={label.replace(/^@/, "")} />;
  if (/^#[CGD]/.test(target)) return <ChannelMention id={target.slice(1)} label={label} />;
  if (target.startsWith("!date^")) {
    const [, timestamp, pattern = "", link] = target.split("^");
    return <DateMention timestamp={timestamp} pattern={pattern} link={link && decode(link)} fallback={label} />;
  }
  if (target.startsWith("!")) {
    const name = label || target.slice(1).replace(/^subteam\^/, "");
    return <span class="mention mention-me">@{name.replace(/^@/, "")}</span>;
  }
  const href = decode(target);
  return <Link href={href}>{label ? inline(label) : href.replace(/^(mailto|tel):/, "")}</Link>;
}

const isWord = (char) => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** Where the style opened at `start` closes, or -1. Marks inside code and links don't count; a line break ends the search. */
function closing(text, start) {
  const mark = text[start];
  const next = text[start + 1];
  if (!next || next === mark || /\s/.test(next) || isWord(text[start - 1])) return -1;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "<" || text[at] === "`") {
      const end = text.indexOf(text[at] === "<" ? ">" : "`", at + 1);
      if (end > 0) at = end;
    } else if (text[at] === mark && at > start + 1 && !/\s/.test(text[at - 1]) && !isWord(text[at + 1])) {
      return at;
    }
  }
  return -1;
}

function inline(text) {
  const parts = [];
  let from = 0;
  const literal = (until) => until > from && parts.push(decode(text.slice(from, until)));
  for (const match of text.matchAll(TOKEN)) {
    if (match.index < from) continue;
    const [whole, code, entity, emoji] = match;
    let end = match.index + whole.length;
    let part;
    if (code !== undefined) part = <code>{decode(code)}</code>;
    else if (entity !== undefined) part = <Entity body={entity} />;
    else if (emoji !== undefined) part = emojiOf(emoji) && <Emoji name={emoji} />;
    else if (whole.length > 1) part = <Link href={decode(whole)}>{decode(whole)}</Link>;
    else {
      const close = closing(text, match.index);
      const Style = STYLES[whole];
      if (close > 0) part = <Style>{inline(text.slice(match.index + 1, close))}</Style>;
      end = close + 1;
    }
    if (!part) continue;
    literal(match.index);
    parts.push(part);
    from = end;
  }
  literal(text.length);
  return parts;
}

function quotesAndLines(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const everything = groups.at(-1)?.rest;
    const rest = !everything && /^(&gt;|>){3}/.exec(line);
    const one = !everything && !rest && /^(&gt;|>) ?/.exec(line);
    const quoted = Boolean(everything || rest || one);
    const content = rest ? line.slice(rest[0].length) : one ? line.slice(one[0].length) : line;
    if (groups.at(-1)?.quoted === quoted && !rest) groups.at(-1).lines.push(content);
    else groups.push({ quoted, rest: Boolean(rest), lines: [content] });
  }
  return groups.map(({ quoted, lines }) => {
    const content = inline(lines.join("\n"));
    return quoted ? <blockquote>{content}</blockquote> : <span class="lines">{content}</span>;
  });
}

/** `text` as Slack would show it in a message. */
export function Mrkdwn({ text }) {
  const pieces = (text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/);
  return <>{pieces.map((piece, i) => (i % 2 ? <pre>{decode(piece)}</pre> : piece && quotesAndLines(piece)))}</>;
}

const withEmoji = (text) =>
  text.replace(/:([a-z0-9_+'-]+):(?::skin-tone-\d:)?/gi, (whole, name) => emojiOf(name) ?? whole);

/** A text object as a plain string, for names of controls and options. */
export function plain(text) {
  if (!text) return "";
  if (text.type !== "mrkdwn") return decode(text.emoji === false ? text.text : withEmoji(text.text));
  return decode(withEmoji(text.text.replace(/<[^<>|]+\|([^<>]*)>|<([^<>]+)>/g, "$1$2").replace(/[*_~`]/g, "")));
}

/** A Block Kit text object. */
export function Text({ text }) {
  if (!text) return null;
  return text.type === "mrkdwn" ? <Mrkdwn text={text.text} /> : <span class="lines">{plain(text)}</span>;
}
