// Builds the browser bundles into web/static: hashed names, manifest.json, fonts. Run by `./vanthu`, not by hand.
import { build } from "esbuild";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, "..", "static"));
const modules = join(here, "node_modules");
const fresh = `${target}.new`;
const entries = ["app.js", "app.css", "comparison.js", "diagram.js", "pdf.js"];
// The modeler is built apart: only it is split into parts that are fetched when a tab is opened.
const studio = ["modeler.js", "modeler.css", "forms.css", "tables.css"];

// `import url from "package/file?url"` copies the file and gives its address; .mjs becomes .js, which every web server knows.
const addresses = {
  name: "addresses",
  setup(work) {
    work.onResolve({ filter: /\?url$/ }, async (found) => {
      const answer = await work.resolve(found.path.slice(0, -4), { resolveDir: found.resolveDir, kind: found.kind });
      return answer.errors.length ? answer : { path: answer.path, namespace: "address" };
    });
    work.onLoad({ filter: /.*/, namespace: "address" }, async (found) => {
      const name = basename(found.path).replace(/(\.min)?\.m?js$/, "");
      const result = await build({ entryPoints: [{ in: found.path, out: name }], bundle: false, minify: true, write: true,
        outdir: fresh, entryNames: "[name]-[hash]", metafile: true, legalComments: "none" });
      const [file] = Object.keys(result.metafile.outputs);
      return { contents: JSON.stringify(`/static/${basename(file)}`), loader: "json" };
    });
  },
};

// CodeMirror writes <style> elements, which our Content-Security-Policy refuses; the same rules as an adopted style sheet
// are allowed. The line replaced is the library's own switch between the two.
const adopted = {
  name: "adopted-styles",
  setup(work) {
    work.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, (found) => {
      const source = readFileSync(found.path, "utf8");
      const changed = source.replace("if (!root.head && root.adoptedStyleSheets", "if (root.adoptedStyleSheets");
      if (changed === source) throw new Error("style-mod changed: see to it that it adopts style sheets");
      return { contents: changed, loader: "js" };
    });
  },
};

function copyFonts() {
  const tinos = join(modules, "@expo-google-fonts", "tinos");
  const faces = { Regular: "400Regular", Italic: "400Regular_Italic", Bold: "700Bold", BoldItalic: "700Bold_Italic" };
  mkdirSync(join(fresh, "fonts"), { recursive: true });
  for (const [name, folder] of Object.entries(faces)) {
    cpSync(join(tinos, folder, `Tinos_${folder}.ttf`), join(fresh, "fonts", `Tinos-${name}.ttf`));
  }
  cpSync(join(tinos, "LICENSE_FONT"), join(fresh, "fonts", "Tinos-LICENSE.txt"));
}

function copyReader() {
  // pdf.js fetches these when a page needs them: letters of PDFs that embed no font, and scanned images.
  const reader = join(modules, "pdfjs-dist");
  for (const folder of ["cmaps", "standard_fonts", "iccs"]) {
    cpSync(join(reader, folder), join(fresh, "pdf", folder), { recursive: true });
  }
  mkdirSync(join(fresh, "pdf", "wasm"), { recursive: true });
  for (const name of readdirSync(join(reader, "wasm"))) {
    if (name.endsWith("_fallback.js") || name.startsWith("LICENSE")) {
      cpSync(join(reader, "wasm", name), join(fresh, "pdf", "wasm", name));
    }
  }
}

function manifestOf(outputs, named = entries) {
  const manifest = {};
  for (const [file, about] of Object.entries(outputs)) {
    const name = relative(fresh, resolve(file));
    // What is imported while a page runs counts as an entry too, but no page names it.
    if (about.entryPoint && named.includes(basename(about.entryPoint)) && dirname(resolve(about.entryPoint)) === here) {
      manifest[basename(about.entryPoint)] = name;
      if (about.cssBundle) {
        manifest[basename(about.entryPoint).replace(/\.js$/, ".css")] = relative(fresh, resolve(about.cssBundle));
      }
    }
  }
  return manifest;
}

const common = {
  nodePaths: [modules],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome115", "firefox115", "safari16.4"],
  outdir: fresh,
  entryNames: "[name]-[hash]",
  assetNames: "media/[name]-[hash]",
  publicPath: "/static",
  loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "empty", ".svg": "file", ".png": "file" },
  legalComments: "eof",
  metafile: true,
  logLevel: "warning",
  plugins: [addresses, adopted],
};
const paths = (names) => names.map((name) => join(here, name)).filter((path) => existsSync(path));

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const pages = await build({ ...common, entryPoints: paths(entries) });
const parts = await build({
  ...common,
  entryPoints: paths(studio),
  splitting: true,
  chunkNames: "media/[name]-[hash]",
  // One copy of preact for everything that shares its hooks, and a domify that our policy lets pass.
  alias: { preact: "@bpmn-io/properties-panel/preact", domify: join(here, "domify.js") },
});
copyFonts();
copyReader();
const manifest = { ...manifestOf(pages.metafile.outputs), ...manifestOf(parts.metafile.outputs, studio) };
writeFileSync(join(fresh, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
for (const [name, file] of Object.entries(manifest)) {
  process.stdout.write(`${name} ${Math.round(statSync(join(target, file)).size / 1024)} kB\n`);
}
