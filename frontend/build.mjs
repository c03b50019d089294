// Builds src/tearline/web/static from scss/, img/ and node_modules/.
//
// The result is committed, so nobody needs Node to install or run Tearline.  Every file carries a hash of its
// content in its name; manifest.json maps the plain name ("css/tearline.css") to the hashed one, so the site
// can let browsers keep the files for ever.  The same sources give the same bytes.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "tearline", "web", "static");
const modules = join(here, "node_modules");
const manifest = {};

function publish(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  mkdirSync(dirname(join(out, hashed)), { recursive: true });
  writeFileSync(join(out, hashed), bytes);
  manifest[name] = hashed;
}

function licence(name, parts) {
  mkdirSync(join(out, "licences"), { recursive: true });
  writeFileSync(join(out, "licences", name), readFileSync(join(modules, ...parts)));
}

for (const folder of ["css", "fonts", "img", "js", "licences"]) {
  rmSync(join(out, folder), { recursive: true, force: true });
}

const fonts = join(modules, "@fontsource-variable", "public-sans", "files");
for (const subset of ["latin", "latin-ext"]) {
  publish(`fonts/public-sans-${subset}.woff2`, readFileSync(join(fonts, `public-sans-${subset}-wght-normal.woff2`)));
}
for (const icon of ["usa-icons/unfold_more.svg", "checkbox-indeterminate.svg", "checkbox-indeterminate-alt.svg", "correct8.svg", "correct8-alt.svg"]) {
  publish(`img/${icon}`, readFileSync(join(modules, "@uswds", "uswds", "dist", "img", icon)));
}
for (const image of readdirSync(join(here, "img")).sort()) {
  publish(`img/${image}`, readFileSync(join(here, "img", image)));
}

const htmx = join(modules, "htmx.org", "dist");
const withoutMap = (path) => readFileSync(path, "utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
publish("js/htmx.js", withoutMap(join(htmx, "htmx.min.js")));
for (const script of readdirSync(join(here, "js")).sort()) {
  publish(`js/${script}`, readFileSync(join(here, "js", script)));
}
publish("js/hx-csp.js", withoutMap(join(htmx, "ext", "hx-csp.min.js")));

const css = sass.compile(join(here, "scss", "tearline.scss"), {
  style: "compressed",
  loadPaths: [join(modules, "@uswds", "uswds", "packages")],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "if-function"],
}).css
  // USWDS components bring rules for font files that we do not ship; ours name public-sans-*.woff2.
  .replace(/@font-face\{[^}]*\}/g, (rule) => (rule.includes("../fonts/public-sans-") ? rule : ""));

// Style sheets name their fonts and images plainly; a name that nobody published stops the build.
const named = css.replace(/url\((["']?)\.\.\/([^"')]+)\1\)/g, (_, _quote, plain) => {
  if (!manifest[plain]) throw new Error(`the style sheet names ${plain}, which is not in img/ or fonts/`);
  return `url(../${manifest[plain]})`;
});
if (/url\((?!\.\.\/)/.test(named)) throw new Error("the style sheet reaches outside static/: the content policy would block it");
publish("css/tearline.css", named);

licence("uswds-LICENSE.md", ["@uswds", "uswds", "LICENSE.md"]);
licence("public-sans-LICENSE", ["@fontsource-variable", "public-sans", "LICENSE"]);
licence("htmx-LICENSE", ["htmx.org", "LICENSE"]);

const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(out, "manifest.json"), JSON.stringify(sorted, null, 2) + "\n");

const packed = gzipSync(named, { level: 9 }).length;
console.log(`css ${named.length} bytes, ${packed} gzip`);
if (packed > 40 * 1024) throw new Error("the style sheet is above 40 KB gzip");
