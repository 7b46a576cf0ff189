// The rich_text block: text that was structured by its author, so nothing in it is parsed.
import { ChannelMention, DateMention, Emoji, Link, UserMention } from "./mrkdwn.jsx";

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["highlight", "mark"],
];

function styled(node, style = {}) {
  return STYLES.reduce((inner, [flag, Tag]) => (style[flag] ? <Tag>{inner}</Tag> : inner), node);
}

function Leaf({ leaf }) {
  switch (leaf.type) {
    case "text":
      return styled(leaf.text, leaf.style);
    case "link":
      return styled(<Link href={leaf.url}>{leaf.text || leaf.url}</Link>, leaf.style);
    case "emoji":
      return <Emoji name={leaf.name} unicode={leaf.unicode} />;
    case "user":
      return styled(<UserMention id={leaf.user_id} />, leaf.style);
    case "channel":
      return styled(<ChannelMention id={leaf.channel_id} />, leaf.style);
    case "usergroup":
      return <span class="mention">@{leaf.usergroup_id}</span>;
    case "broadcast":
      return <span class="mention mention-me">@{leaf.range}</span>;
    case "date":
      return <DateMention timestamp={leaf.timestamp} pattern={leaf.format} link={leaf.url} fallback={leaf.fallback} />;
    case "color":
      return (
        <span class="swatch" style={{ "--swatch": leaf.value }}>
          {leaf.value}
        </span>
      );
    default:
      return leaf.text ?? null;
  }
}

const leaves = (elements) => elements.map((leaf) => <Leaf leaf={leaf} />);

function Part({ part }) {
  switch (part.type) {
    case "rich_text_section":
      return <p class="lines">{leaves(part.elements)}</p>;
    case "rich_text_quote":
      return <blockquote>{leaves(part.elements)}</blockquote>;
    case "rich_text_preformatted":
      return <pre>{leaves(part.elements)}</pre>;
    case "rich_text_list": {
      const List = part.style === "ordered" ? "ol" : "ul";
      return (
        <List
          class={`list list-${(part.indent ?? 0) % 3}`}
          start={part.style === "ordered" ? (part.offset ?? 0) + 1 : undefined}
          style={{ "--indent": part.indent ?? 0 }}
        >
          {part.elements.map((item) => (
            <li>{leaves(item.elements)}</li>
          ))}
        </List>
      );
    }
    default:
      return null;
  }
}

export function RichText({ block }) {
  return (
    <div class="rich-text">
      {block.elements.map((part) => (
        <Part part={part} />
      ))}
    </div>
  );
}
