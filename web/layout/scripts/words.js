// Words of the page's language for scripts that build something themselves; they stand in <body data-words>.
const words = JSON.parse(document.body.dataset.words || "{}");

/** The sentence called `key`, its {places} filled. */
export const word = (key, values = {}) => (words[key] ?? "").replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
