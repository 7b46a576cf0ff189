// The page's few pictures, drawn here so that nothing is fetched and no emoji font is needed for controls.
const draw = (path) => () => (
  <svg
    class="icon"
    viewBox="0 0 20 20"
    width="18"
    height="18"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {path}
  </svg>
);

export const Bolt = draw(<path d="M11 2.5 4.5 11.5H9.5L8.5 17.5 15.5 8.5H10.5Z" />);
export const Bubble = draw(<path d="M4 4.5h12v8.5H9l-3.5 3v-3H4Z" />);
export const Caret = draw(<path d="m6 8 4 4 4-4" />);
export const Cross = draw(<path d="m5 5 10 10M15 5 5 15" />);
export const Down = draw(<path d="M10 4v12m-5-5 5 5 5-5" />);
export const Eye = draw(
  <>
    <path d="M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5Z" />
    <circle cx="10" cy="10" r="2.2" />
  </>,
);
export const Lines = draw(<path d="M3.5 6h13m-13 4h13m-13 4h13" />);
export const More = draw(
  <>
    <circle cx="10" cy="4.5" r=".7" />
    <circle cx="10" cy="10" r=".7" />
    <circle cx="10" cy="15.5" r=".7" />
  </>,
);
export const Send = draw(<path d="m3.5 4 13 6-13 6 1.8-6Zm1.8 6H10" />);
export const Smile = draw(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M7 11.8c1.5 2.2 4.5 2.2 6 0M7.5 8v.1m5-.1v.1" />
  </>,
);
export const Sunrise = draw(<path d="M3 15.5h14M5.5 12.5a4.5 4.5 0 0 1 9 0M10 3v2.5M4 6.5l1.5 1.5m10.5-1.5L14.5 8" />);

/** The app's own mark: an ember that is kept warm. */
export const Ember = () => (
  <svg viewBox="0 0 36 36" width="100%" height="100%" aria-hidden="true">
    <rect width="36" height="36" rx="8" fill="#c2502e" />
    <path
      d="M18 7c1 4 6.5 6.5 6.5 12.5a6.5 6.5 0 0 1-13 0c0-3 1.5-4.5 2.5-6.5.7 1.5 1.3 2.2 2.2 2.8C16.5 13 16.5 10 18 7Z"
      fill="#ffd9a0"
    />
    <path d="M18 18c.6 1.8 2.8 2.8 2.8 5a2.8 2.8 0 0 1-5.6 0c0-2.2 2.2-3.2 2.8-5Z" fill="#c2502e" />
  </svg>
);
