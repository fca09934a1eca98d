// On a narrow screen a table that would have to be pushed sideways is read row by row, each cell with its heading.
const narrow = matchMedia("(max-width: 640px)");

function label(table) {
  const titles = [...table.querySelectorAll("thead tr:first-child > *")].map((each) => each.textContent.trim());
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, at) => {
      cell.dataset.label = titles[at] ?? "";
      cell.classList.toggle("cell-blank", /^[\s—–-]*$/.test(cell.textContent) && !cell.querySelector("input, button, select"));
    });
  }
  table.classList.add("stacked");
}

function look() {
  if (!narrow.matches) return;
  for (const table of document.querySelectorAll("main .scroll > table:not(.stacked)")) {
    if (table.tHead && table.tBodies.length === 1 && !table.querySelector("[colspan], [rowspan]")) label(table);
  }
}

narrow.addEventListener("change", look);
document.addEventListener("htmx:afterSettle", look);
look();
