"use strict";
(() => {
  document.documentElement.classList.add("scripts");
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const filters = [document.getElementById("filter-task"), document.getElementById("filter-searcher")];
  const shown = document.getElementById("shown");

  function filter() {
    let count = 0;
    for (const row of rows) {
      row.hidden = filters.some((f, i) => f.value && row.cells[i].dataset.order !== f.value);
      count += !row.hidden;
    }
    shown.textContent = `${count} of ${rows.length} rows`;
  }

  function show(task) {
    filters[0].value = task;
    filters[1].value = "";
    filter();
  }

  // What is not known stands last, whichever way the rest is sorted.
  function compare(column, isText, sign) {
    return (a, b) => {
      const [x, y] = [a, b].map((row) => row.cells[column].dataset.order);
      if (x === "" || y === "") return (x === "") - (y === "");
      return sign * (isText ? x.localeCompare(y, "en", { numeric: true }) : Number(x) - Number(y));
    };
  }

  function sortBy(heading, column) {
    const now = heading.getAttribute("aria-sort");
    const isText = "text" in heading.dataset;
    const first = isText || "ascending" in heading.dataset ? "ascending" : "descending";
    const other = first === "ascending" ? "descending" : "ascending";
    const next = now === first ? other : first;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", next);
    rows.sort(compare(column, isText, next === "ascending" ? 1 : -1));
    body.append(...rows);
  }

  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sortBy(heading, column));
  });
  for (const each of filters) each.addEventListener("change", filter);
  document.getElementById("show-all").addEventListener("click", () => show(""));
  for (const link of document.querySelectorAll("a[data-task]")) {
    link.addEventListener("click", () => show(link.dataset.task));
  }
  // Browsers keep what was chosen when a page is loaded again.
  filter();
})();
