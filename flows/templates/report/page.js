"use strict";
// Sorting and filtering for those who have scripts; without them the page reads the same, in the order it came.
const value = cell => {
  const given = cell.dataset.v ?? cell.textContent.trim();
  const number = Number(given.replace(/[$,%\s\u00a0]/g, "").replace("\u2212", "-"));
  return given !== "" && Number.isFinite(number) ? number : given === "\u2013" ? null : given.toLowerCase();
};
const compare = (a, b) => a === null ? (b === null ? 0 : 1) : b === null ? -1 : typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  if (body.rows.length < 2) continue;
  heads.forEach((head, at) => {
    const label = head.querySelector("span"); // no button element: Chromium does not print one in a repeated head
    label.className = "sort"; label.setAttribute("role", "button"); label.tabIndex = 0;
    label.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); label.click(); } });
    label.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending" || (!head.hasAttribute("aria-sort") && head.classList.contains("n"));
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row, place) => ({ row, place, key: value(row.cells[at]) }));
      rows.sort((a, b) => a.key === null || b.key === null ? compare(a.key, b.key) : (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place);
      body.append(...rows.map(one => one.row));
    });
  });
}
for (const table of document.querySelectorAll("table.filterable")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 6) continue;
  const bar = document.createElement("div"), label = document.createElement("label"), input = document.createElement("input"), said = document.createElement("span");
  bar.className = "filter"; input.type = "search"; said.setAttribute("role", "status");
  label.textContent = "Show rows with"; input.setAttribute("aria-label", "Show rows of this table with"); bar.append(label, input, said);
  label.append(" ", input);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) { row.hidden = !wanted.every(word => row.textContent.toLowerCase().includes(word)); shown += !row.hidden; }
    said.textContent = input.value.trim() ? `${shown} of ${rows.length}` : "";
  });
  table.closest(".wide").before(bar);
}
const open = () => { const to = location.hash && document.getElementById(location.hash.slice(1)); const box = to && (to.closest("details") || (to.matches("#basis, #freshness") && to.querySelector("details"))); if (box) { box.open = true; to.scrollIntoView(); } };
addEventListener("hashchange", open); open();
