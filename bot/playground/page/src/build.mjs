// Bundles the page into ../app.js and ../app.css, and collects the notices of everything that was bundled.
// Same input, same bytes: CI rebuilds and compares.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const page = dirname(here);

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: [{ in: "main.jsx", out: "app" }],
  outdir: page,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  alias: {
    react: "preact/compat",
    "react-dom": "preact/compat",
    "react/jsx-runtime": "preact/jsx-runtime",
  },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

// A package is bundled when one of its files is among the inputs.
const packages = new Set();
for (const input of Object.keys(metafile.inputs)) {
  const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (match) packages.add(match[1]);
}

const notices = [];
for (const name of [...packages].sort()) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).sort().find((entry) => /^(licen[sc]e|copying)/i.test(entry));
  if (!license) throw new Error(`${name} names no licence`);
  const text = file ? (await readFile(join(folder, file), "utf8")).trim() : "(the package carries no licence text)";
  notices.push(`${name} ${version} (${license})\n\n${text}`);
}
const yozora = await readFile(join(here, "yozora.LICENSE"), "utf8");
notices.push(`@yozora/*, inside slack-blocks-to-jsx's own bundle (MIT)\n\n${yozora.trim()}`);
const heading = "The playground's app.js and app.css contain these packages, unchanged, under their own licences.";
await writeFile(join(page, "LICENSES.txt"), [heading, ...notices].join(`\n\n${"-".repeat(72)}\n\n`) + "\n");

for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  console.log(`${relative(page, join(here, path))}: ${Math.round(bytes / 1024)} kB, ${packages.size} packages`);
}
