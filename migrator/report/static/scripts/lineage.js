/* The lineage page: filters over the list, and tracing upstream and downstream from what the address names. */
function lineagePage() {
  const rows = $$("#items > li");
  if (!rows.length) return;
  const items = rows.map((row, index) => {
    const name = $(".id", row).textContent;
    return {
      row, index, name,
      dag: row.dataset.dag || "", group: row.dataset.group || "", kind: row.dataset.kind,
      up: (row.dataset.up || "").split(" ").filter(Boolean).map(Number), down: [],
      text: `${name} ${row.dataset.dag || ""} ${row.dataset.group || ""} ${$(".k", row)?.textContent || ""}`.toLowerCase(),
    };
  });
  /* Of a long list, what a row's item is tied to is made when the row comes near the window. */
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) { unfold(target); near.unobserve(target); }
  }, { rootMargin: "800px" });
  if ($("noscript", rows[0])) for (const row of rows) near.observe(row);
  addEventListener("beforeprint", () => unfold($("#items")));
  for (const item of items) for (const other of item.up) items[other].down.push(item.index);

  const search = $("#search"), byDag = $("#by-dag"), byGroup = $("#by-group"), byKind = $("#by-kind");
  let traced = null;
  let direction = "both";

  function reach(start, side) {
    const found = new Set([start]);
    const waiting = [start];
    while (waiting.length) {
      for (const other of items[waiting.pop()][side]) {
        if (!found.has(other)) {
          found.add(other);
          waiting.push(other);
        }
      }
    }
    return found;
  }

  function related() {
    if (traced === null) return null;
    const found = new Set([traced]);
    for (const side of ["up", "down"]) {
      if (direction === "both" || direction === side) for (const index of reach(traced, side)) found.add(index);
    }
    return found;
  }

  function update() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const near = related();
    let shown = 0;
    for (const item of items) {
      const hit =
        (!near || near.has(item.index)) &&
        (!byDag.value || item.dag === byDag.value) &&
        (!byGroup.value || item.group === byGroup.value) &&
        (!byKind.value || item.kind === byKind.value) &&
        words.every((word) => item.text.includes(word));
      if (item.row.hidden === hit) item.row.hidden = !hit;
      item.row.classList.toggle("on", item.index === traced);
      shown += hit;
    }
    $("#shown").textContent = shown === items.length ? "" : `${shown} of ${items.length}`;
    $("#nothing").hidden = shown > 0;
    light(near);
    panel();
  }

  const canvas = $(".chart");
  if (canvas) canvas.style.maxHeight = `${$("svg.graph", canvas).height.baseVal.value * 1.15 + 8}px`;
  const graph = canvas && new GraphView(canvas, { smallest: 0.6, fromTop: true });
  const nodes = graph ? graph.nodes : [];
  const edges = $$(".graph.lineage .edge");
  const nodeOf = (item) => (nodes.byDag && item.dag ? `dag ${item.dag}` : String(item.index));
  nodes.byDag = nodes.some((node) => node.dataset.id.startsWith("dag "));

  function light(near) {
    const names = near && new Set([...near].map((index) => nodeOf(items[index])));
    const self = traced !== null && nodeOf(items[traced]);
    for (const node of nodes) {
      node.classList.toggle("on", node.dataset.id === self);
      node.classList.toggle("dim", Boolean(near) && !names.has(node.dataset.id));
    }
    for (const edge of edges) {
      const both = near && names.has(edge.dataset.s) && names.has(edge.dataset.e);
      edge.classList.toggle("on", Boolean(both));
      edge.classList.toggle("dim", Boolean(near) && !both);
    }
  }

  function panel() {
    $("#trace").hidden = traced === null;
    if (traced === null) return;
    const item = items[traced];
    $("#trace-name").textContent = `${item.kind} ${item.name}`;
    const page = $("a.id", item.row);
    $("#trace-page").hidden = !page;
    if (page) $("#trace-page").href = page.getAttribute("href");
    $("#trace-up").textContent = reach(traced, "up").size - 1;
    $("#trace-down").textContent = reach(traced, "down").size - 1;
    for (const button of $$("[data-trace]")) {
      button.setAttribute("aria-pressed", String(button.dataset.trace === direction));
    }
  }

  function follow() {
    const match = /^#a(\d+)$/.exec(location.hash);
    traced = match && items[Number(match[1])] ? Number(match[1]) : null;
    update();
    if (traced === null) return;
    items[traced].row.scrollIntoView({ block: "nearest" });
    const node = graph?.byId.get(nodeOf(items[traced]));
    if (node) graph.show(node);
  }

  function end() {
    history.replaceState(null, "", location.pathname + location.search);
    follow();
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(update);
  });
  byDag.addEventListener("change", () => {
    const groups = [...new Set(items.filter((item) => item.dag === byDag.value && item.group).map((item) => item.group))];
    byGroup.replaceChildren(new Option("all", ""), ...groups.map((name) => new Option(name)));
    byGroup.disabled = !byDag.value || !groups.length;
    update();
  });
  byGroup.addEventListener("change", update);
  byKind.addEventListener("change", update);
  for (const button of $$("[data-trace]")) {
    button.addEventListener("click", () => {
      direction = button.dataset.trace;
      update();
    });
  }
  $("#trace-end").addEventListener("click", end);
  keys.set("Escape", () => { if (traced === null) return false; end(); });
  if (graph) {
    canvas.addEventListener("keydown", (event) => graph.arrows(event, () => {}));
    for (const [key, action] of [["+", "in"], ["=", "in"], ["-", "out"], ["0", "fit"]]) keys.set(key, () => graph.act(action));
    for (const button of $$("[data-zoom]")) button.addEventListener("click", () => graph.act(button.dataset.zoom));
  }
  addEventListener("hashchange", follow);
  follow();
}
