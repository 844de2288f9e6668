/* The index: its table is searched, filtered and sorted; a code in the address opens its findings. */
function indexPage() {
  const table = $("#dag-table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const field = $("#search");
  const filters = $$("select[data-filter]");
  const texts = rows.map((row) => row.dataset.text.toLowerCase());
  const value = (row, name) => name === "evidence" ? $("[data-evidence]", row).dataset.evidence : row.dataset[name];

  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    rows.forEach((row, at) => {
      const fits = words.every((word) => texts[at].includes(word)) && filters.every((filter) => {
        if (!filter.value) return true;
        const has = value(row, filter.dataset.filter);
        return filter.dataset.filter === "evidence" ? has === filter.value : has.split(" ").includes(filter.value);
      });
      if (row.hidden === fits) row.hidden = !fits;
      number += fits;
    });
    $("#shown").textContent = number === rows.length ? "" : `${number} of ${rows.length} DAGs`;
    $("#nothing").hidden = number > 0 || rows.length === 0;
  };
  field.addEventListener("input", show);
  for (const filter of filters) filter.addEventListener("change", show);
  keys.set("Escape", () => { if (!field.value) return false; field.value = ""; show(); });
  field.addEventListener("keydown", (event) => {
    const first = rows.filter((row) => !row.hidden).sort((a, b) => a.rowIndex - b.rowIndex)[0];
    if (event.key === "Enter" && first && field.value) $("a", first).click();
  });

  /* A column of numbers begins with the largest, except where the smallest is the worst. */
  for (const head of $$("th[data-sort]", table)) {
    const column = head.cellIndex;
    const button = make("button", { type: "button" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const numeric = head.dataset.sort !== "text";
      const down = head.hasAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : head.dataset.sort === "most";
      for (const other of $$("th[aria-sort]", table)) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => numeric ? Number(row.cells[column].dataset.value) : row.cells[column].textContent.trim().toLowerCase();
      const keyed = rows.map((row, at) => [key(row), at, row]);
      keyed.sort((a, b) => ((a[0] > b[0]) - (a[0] < b[0])) * (down ? -1 : 1) || a[1] - b[1]);
      body.append(...keyed.map((item) => item[2]));
    });
  }
  const opened = () => { const part = addressed(); if (part instanceof HTMLDetailsElement) part.open = true; };
  addEventListener("hashchange", opened);
  opened();
  show();
}
