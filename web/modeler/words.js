// The dictionary of the modeler: what its libraries say, as a public servant of Viet Nam reads it.
import { PANEL } from "./words/panel.js";
import { DRAWING } from "./words/drawing.js";
import { FORMS } from "./words/forms.js";
import { SIMULATION } from "./words/simulation.js";
import { TABLES } from "./words/tables.js";

const WORDS = { ...SIMULATION, ...FORMS, ...TABLES, ...PANEL, ...DRAWING };

export { FORMS, PANEL, SIMULATION };
export const TABLE_WORDS = { ...PANEL, ...TABLES };

// What was asked for and isn't in the dictionary; a test reads it.
export const missing = new Set();

export function translate(template, replacements = {}) {
  const found = WORDS[template];
  if (found === undefined && /[A-Za-z]{3}/.test(template) && !/[^\u0000-\u024f\u2000-\u206f]/.test(template) && !own(template)) missing.add(template);
  return (found ?? template).replace(/{([^}]+)}/g, (whole, key) => replacements[key] ?? whole);
}

// Letters that only Vietnamese has: such a text needs no translation.
const own = (text) => /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i.test(text);

// For text that is already on the page: whole phrases of one library, or ones with a number in them.
export function saidBy(words) {
  return (text) => words[text] ?? PATTERNS.reduce((found, [pattern, better]) => found ?? (pattern.test(text) ? text.replace(pattern, better) : undefined), undefined);
}

const PATTERNS = [
  [/^List contains (\d+) items?$/, "Danh sách có $1 mục"],
  [/^Search results for "(.*)"$/, "Kết quả tìm “$1”"],
];
