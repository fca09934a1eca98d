// Shows a PDF page under page: <div data-pdf="/address/of.pdf"><a href="/address/of.pdf">Mở tệp PDF</a></div>
import * as reader from "pdfjs-dist/build/pdf.min.mjs";
import worker from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { word } from "../layout/scripts/words.js";

reader.GlobalWorkerOptions.workerSrc = worker;
const resources = {
  cMapUrl: "/static/pdf/cmaps/", cMapPacked: true, standardFontDataUrl: "/static/pdf/standard_fonts/",
  iccUrl: "/static/pdf/iccs/", wasmUrl: "/static/pdf/wasm/", useWasm: false, isEvalSupported: false,
};

async function draw(file, number, place) {
  const page = await file.getPage(number);
  const width = Math.max(280, place.clientWidth - 2);
  const scale = width / page.getViewport({ scale: 1 }).width;
  const dense = Math.min(window.devicePixelRatio || 1, 2);
  const viewport = page.getViewport({ scale: scale * dense });
  const canvas = document.createElement("canvas");
  canvas.className = "pdf-page";
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  canvas.style.width = "100%";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", word("page", { number, count: file.numPages }));
  place.append(canvas);
  await page.render({ canvas, viewport }).promise;
}

async function show(place) {
  place.dataset.pdfState = "loading";
  try {
    const file = await reader.getDocument({ url: place.dataset.pdf, ...resources }).promise;
    place.replaceChildren();
    for (let number = 1; number <= file.numPages; number += 1) await draw(file, number, place);
    place.dataset.pdfState = "shown";
  } catch (error) {
    place.dataset.pdfState = "failed";
    console.error(error);
  }
}

function showAll(root) {
  for (const place of root.querySelectorAll("[data-pdf]:not([data-pdf-state])")) show(place);
}

showAll(document);
document.addEventListener("htmx:after:swap", () => showAll(document));
