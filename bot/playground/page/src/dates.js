// Times as the person who looks would read them: their zone, the playground's clock.

const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const LONG = { weekday: "long", day: "numeric", month: "long" };

function format(date, person, options, locale = "en-GB") {
  const zone = person.tz ? { timeZone: person.tz } : {};
  return new Intl.DateTimeFormat(locale, { ...options, ...zone }).format(date);
}

const instant = (ts) => new Date(Number(ts) * 1000);

export const clockTime = (ts, person) => format(instant(ts), person, HOUR);
export const fullTime = (ts, person) => format(instant(ts), person, { ...LONG, ...HOUR, year: "numeric" });
export const localDay = (date, person) =>
  format(date, person, { year: "numeric", month: "2-digit", day: "2-digit" }, "sv");

/** "Today", "Yesterday", or "Tuesday 24 November". */
export function dayName(ts, person, now) {
  const days = Math.round((Date.parse(localDay(now, person)) - Date.parse(localDay(instant(ts), person))) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return format(instant(ts), person, LONG).replace(",", "");
}

/** How long ago, in the one unit that people would use: "5 minutes ago". */
export function ago(ts, now) {
  const seconds = Math.round((instant(ts) - now) / 1000);
  const words = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
  for (const [unit, size] of [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

const DATE_TOKENS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_slash: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  day_divider_pretty: { weekday: "long", month: "long", day: "numeric" },
  time: HOUR,
  time_secs: { ...HOUR, second: "2-digit" },
};

/**
 * Slack's date formatting: `{date_short_pretty} at {time}` in the reader's zone and language.
 * Returns null, and the caller shows the fallback, when a token or the date makes no sense.
 */
export function slackDate(ts, pattern, person, now) {
  if (!/^-?\d+$/.test(ts) || Number(ts) === 0) return null;
  const date = instant(ts);
  const locale = (person.locale || "en-GB").replace("_", "-");
  let understood = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    if (token === "ago") return ago(ts, now);
    const plain = token.replace(/_pretty$/, "");
    if (token !== plain) {
      const name = dayName(ts, person, now);
      if (name === "Today" || name === "Yesterday") return name.toLowerCase();
    }
    const options = DATE_TOKENS[token] ?? DATE_TOKENS[plain];
    if (!options) understood = false;
    return options ? format(date, person, options, token === "date_num" ? "sv" : locale) : "";
  });
  return understood ? text : null;
}
