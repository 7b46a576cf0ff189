// Block Kit's layout blocks. Text and layout are ours, controls are in elements.jsx, pictures of data in library.jsx.
import { memo } from "preact/compat";
import { Element } from "./elements.jsx";
import { LibraryBlock } from "./library.jsx";
import { decode, plain, Text } from "./mrkdwn.jsx";
import { RichText } from "./richtext.jsx";
import { blockId, useSurface } from "./surface.jsx";

function Section({ block, id }) {
  const name = block.accessory?.placeholder ? {} : { "aria-label": plain(block.text) || undefined };
  return (
    <div class="section">
      <div class="section-text">
        {block.text && (
          <div class="text">
            <Text text={block.text} />
          </div>
        )}
        {block.fields && (
          <div class="fields">
            {block.fields.map((field) => (
              <div class="text">
                <Text text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div class="accessory">
          {block.accessory.type === "image" ? (
            <Picture image={block.accessory} size="thumbnail" />
          ) : (
            <Element block={block} id={id} element={block.accessory} attributes={name} />
          )}
        </div>
      )}
    </div>
  );
}

/** Pictures of the playground itself are shown; one that lives elsewhere is only named, because nothing is fetched from outside. */
function Picture({ image, size }) {
  const address = image.image_url ?? image.slack_file?.url ?? "";
  const local =
    address.startsWith("data:image/") || (address && new URL(address, location.href).origin === location.origin);
  if (local) return <img class={`picture picture-${size}`} src={address} alt={image.alt_text} />;
  return (
    <span class={`picture picture-${size} picture-elsewhere`} role="img" aria-label={image.alt_text} title={address}>
      {size === "tiny" ? "" : image.alt_text}
    </span>
  );
}

function ImageBlock({ block }) {
  return (
    <figure>
      {block.title && (
        <figcaption>
          <Text text={block.title} />
        </figcaption>
      )}
      <Picture image={block} size="large" />
    </figure>
  );
}

function Context({ block }) {
  return (
    <div class="context">
      {block.elements.map((element) =>
        element.type === "image" ? (
          <Picture image={element} size="tiny" />
        ) : (
          <span class="text">
            <Text text={element} />
          </span>
        ),
      )}
    </div>
  );
}

function Actions({ block, id }) {
  return (
    <div class="actions">
      {block.elements.map((element) => (
        <Element block={block} id={id} element={element} />
      ))}
    </div>
  );
}

const GROUPS = /^(checkboxes|radio_buttons|multi_)/;

function Input({ block, id }) {
  const error = useSurface().errors[id];
  const name = `${id}-label`;
  const note = `${id}-note`;
  const group = GROUPS.test(block.element.type);
  const described = error || block.hint ? note : undefined;
  return (
    <div class={`input ${error ? "input-wrong" : ""}`} data-block-id={id}>
      <span id={name} class="input-label">
        {plain(block.label)}
        {block.optional && <small> (optional)</small>}
      </span>
      <Element
        block={block}
        id={id}
        element={block.element}
        attributes={{
          "aria-labelledby": name,
          "aria-describedby": described,
          ...(!group && {
            "aria-invalid": error ? "true" : undefined,
            "aria-required": block.optional ? undefined : "true",
          }),
        }}
      />
      {error ? (
        <p id={note} class="input-error" role="alert" data-testid="block-error">
          {error}
        </p>
      ) : (
        block.hint && (
          <p id={note} class="input-hint">
            {plain(block.hint)}
          </p>
        )
      )}
    </div>
  );
}

function cell(content) {
  if (content?.type === "rich_text") return <RichText block={content} />;
  return decode(String(content?.text ?? content?.value ?? ""));
}

function Table({ block }) {
  const [head, ...rows] = block.rows;
  const style = (column) => ({ textAlign: block.column_settings?.[column]?.align });
  return (
    <div class="table-frame" tabindex="0" role="region" aria-label="Table">
      <table>
        {block.caption && <caption>{block.caption.text ?? block.caption}</caption>}
        <thead>
          <tr>
            {head.map((content, column) => (
              <th scope="col" style={style(column)}>
                {cell(content)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((content, column) => (
                <td style={style(column)}>{cell(content)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A card's picture and words come from the library; its buttons must work, so they are ours. */
function Card({ block, id }) {
  const { actions, ...rest } = block;
  return (
    <div class="card">
      <LibraryBlock block={{ type: "card", ...rest }} />
      {actions?.length > 0 && <Actions block={{ ...block, elements: actions }} id={id} />}
    </div>
  );
}

function Carousel({ block, id }) {
  return (
    <div class="carousel" tabindex="0" role="region" aria-label="Cards">
      {block.elements.map((card) => (
        <Card block={card} id={id} />
      ))}
    </div>
  );
}

function Container({ block }) {
  return (
    <details class="container" open={!block.is_collapsed}>
      <summary>{plain(block.title)}</summary>
      <Blocks blocks={block.child_blocks} />
    </details>
  );
}

const KINDS = {
  actions: Actions,
  card: Card,
  carousel: Carousel,
  container: Container,
  context: Context,
  context_actions: Actions,
  data_table: Table,
  divider: () => <hr />,
  header: ({ block }) => <h2 class="header">{plain(block.text)}</h2>,
  image: ImageBlock,
  input: Input,
  rich_text: RichText,
  section: Section,
  table: Table,
};

function Block({ block, id }) {
  const Kind = KINDS[block.type] ?? LibraryBlock;
  return (
    <div class={`block block-${block.type}`} data-block-id={id}>
      <Kind block={block} id={id} />
    </div>
  );
}

/** Blocks inside a SurfaceProvider. Redrawn only when they change: charts and long messages are worth the comparison. */
export const Blocks = memo(({ blocks }) => (
  <div class="blocks">
    {blocks.map((block, index) => (
      <Block key={blockId(block, index)} block={block} id={blockId(block, index)} />
    ))}
  </div>
));
