// The check of layout: what has the focus or the pointer in the list is shown on the page, and the other way round.
const partner = (target) => {
  const place = target.closest?.(".check-mark, .check-findings > li");
  if (!place) return null;
  const other = document.getElementById(place.id.replace(/^(mark|finding)-/, (_, kind) => (kind === "mark" ? "finding-" : "mark-")));
  return other && { place, other };
};
const show = (event, shown) => {
  const pair = event.target instanceof Element ? partner(event.target) : null;
  if (!pair) return;
  for (const each of [pair.place, pair.other]) each.classList.toggle("shown", shown);
};
for (const [name, shown] of [["focusin", true], ["focusout", false], ["mouseover", true], ["mouseout", false]]) {
  document.addEventListener(name, (event) => show(event, shown));
}
