// Charts, cards, alerts, Markdown and the like come from slack-blocks-to-jsx; it draws them and never hears of a click.
import { Component } from "preact";
import { Message } from "slack-blocks-to-jsx";
import { DateMention, Link, UserMention, ChannelMention } from "./mrkdwn.jsx";
import { personName, useWorkspace } from "./workspace.js";

const hooks = {
  link: ({ href, children }) => <Link href={href ?? ""}>{children}</Link>,
  user: ({ id, name }) => <UserMention id={id} label={name} />,
  channel: ({ id, name }) => <ChannelMention id={id} label={name} />,
  date: ({ timestamp, format, link, fallback }) => (
    <DateMention timestamp={timestamp} pattern={format} link={link} fallback={fallback} />
  ),
};

class Guard extends Component {
  state = { failed: false };
  componentDidCatch() {
    this.setState({ failed: true });
  }
  render({ children, type }, { failed }) {
    return failed ? <p class="unknown">The playground can't draw this {type.replaceAll("_", " ")}.</p> : children;
  }
}

export function LibraryBlock({ block }) {
  const { state } = useWorkspace();
  const people = state.people.map(({ id }) => ({ id, name: personName(state, id) }));
  return (
    <Guard type={block.type}>
      <div class="library">
        <Message
          withoutWrapper
          blocks={[block]}
          name=""
          logo=""
          hooks={hooks}
          data={{ users: people, channels: state.conversations, user_groups: [] }}
        />
      </div>
    </Guard>
  );
}
