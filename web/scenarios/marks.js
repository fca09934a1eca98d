// What scenarios draw on the diagram: where a recording stands, what a run passed, what nothing passes.
import { make } from "./dom.js";

const KIND = "scenario";

export function clear(studio) {
  studio.clear(KIND);
}

export function standing(studio, found) {
  clear(studio);
  const here = new Set(found.waiting.map((each) => each.place.split("/")[0]));
  for (const id of [...found.elements, ...found.flows]) if (!here.has(id)) studio.mark(id, "scenario-passed", KIND);
  for (const each of found.waiting) {
    const id = each.place.split("/")[0];
    studio.mark(id, "scenario-here", KIND);
    if (each.kind === "user_task" || each.held) badge(studio, id, each.held ? "Sự cố" : "Đang chờ", "scenario-badge-here");
  }
}

// Brings an element into sight without choosing it: what is drawn isn't touched while one plays.
export function show(studio, id) {
  const element = studio.modeler.get("elementRegistry").get(id);
  const canvas = studio.modeler.get("canvas");
  if (!element?.parent) return;
  const root = canvas.findRoot(element);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  canvas.scrollToElement(element, { top: 60, bottom: 60, left: 140, right: 60 });
}

export function walked(studio, result) {
  clear(studio);
  for (const id of [...result.elements, ...result.flows]) studio.mark(id, "scenario-passed", KIND);
}

// Passed ones are drawn thick, missing ones dashed and named: nobody has to tell colours apart.
export function covered(studio, coverage) {
  clear(studio);
  for (const id of [...coverage.passed_elements, ...coverage.passed_flows]) studio.mark(id, "scenario-passed", KIND);
  for (const id of [...coverage.missing_elements, ...coverage.missing_flows]) studio.mark(id, "scenario-missing", KIND);
  for (const id of coverage.missing_elements) badge(studio, id, "Chưa qua", "scenario-badge-missing");
}

function badge(studio, id, text, className) {
  studio.overlay(id, make("span", { className: `scenario-badge ${className}` }, text), KIND, { top: -10, left: -4 });
}
