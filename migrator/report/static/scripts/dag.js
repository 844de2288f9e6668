/* A DAG's page: a task chosen or hovered anywhere is lit in both graphs, both sources, its section and its findings. */
function dagPage() {
  const bench = $("#bench");
  const graphs = $$(".canvas").map((canvas) => new GraphView(canvas));
  const panes = $$(".code");
  const tasks = $$("details.task");
  let chosen = null;
  let among = [];

  /* --- where each task is, but for the graphs, which know it themselves ------------------------------------------- */
  const places = new Map([["dag", [...$$(".dagline"), ...$$("[data-dag]")]]]);
  for (const element of $$(".code [data-t], details.task, #findings [data-t]")) {
    for (const index of element.dataset.t.split(" ")) {
      if (!places.has(index)) places.set(index, []);
      places.get(index).push(element);
    }
  }
  const tasksOf = (element) => [
    ...(element.dataset.t ? element.dataset.t.split(" ") : []),
    ...(element.matches(".dagline, [data-dag]") ? ["dag"] : []),
  ];

  const shining = { on: [], hot: [] };
  const light = (name, indices) => {
    for (const element of shining[name]) element.classList.remove(name);
    shining[name] = indices.flatMap((index) => places.get(index) || []);
    for (const element of shining[name]) element.classList.add(name);
    for (const graph of graphs) graph.light(name, indices);
  };

  /* Scroll what belongs to a task into view, each pane by itself, but for the one it was chosen in. */
  const reveal = (index, except) => {
    for (const pane of panes) {
      if (pane === except) continue;
      const block = largestBlock((places.get(index) || []).filter((element) => element.classList.contains("l") && pane.contains(element)));
      if (!block.length) continue;
      const frame = pane.getBoundingClientRect();
      const top = block[0].getBoundingClientRect().top, bottom = block[block.length - 1].getBoundingClientRect().bottom;
      if (top >= frame.top + 30 && (bottom <= frame.bottom || top < frame.top + frame.height * 0.4)) continue;
      pane.scrollTo({ top: pane.scrollTop + top - frame.top - Math.max(40, (frame.height - (bottom - top)) / 3) });
    }
    for (const graph of graphs) if (graph.canvas !== except) graph.reveal(index);
  };

  /* Graphs and sources fill the window together: put them there, where they hang out of it. What was chosen with the
     mouse stays below it, unless next to nothing of the sources is in the window. */
  const settle = (from) => {
    const frame = bench.getBoundingClientRect();
    if (frame.bottom <= innerHeight + 1 && frame.top >= 0) return;
    if (from && panes.every((pane) => pane.getBoundingClientRect().top < innerHeight - 120) && frame.top > -frame.height / 2) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    bench.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
  };

  const choose = (index, { others = [], from = null, address = true, open = false, stay = false } = {}) => {
    chosen = index;
    among = others.length > 1 ? others : [];
    const task = tasks[Number(index)];
    if (task) unfold(task);
    light("hot", []);
    light("on", [index]);
    reveal(index, from);
    if (address && task) history.replaceState(null, "", `#${encodeURIComponent(task.id)}`);
    strip.tell(task, chosen, among);
    for (const graph of graphs) graph.rove(graph.byTask?.get(index)?.[0]);
    if (open && task) {
      task.open = true;
      task.scrollIntoView({ block: "start" });
      $("summary", task).focus({ preventScroll: true });
    } else if (!stay) {
      settle(from);
    }
  };
  const chooseOneOf = (indices, options) => {
    const at = indices.indexOf(chosen);
    choose(indices[at < 0 ? 0 : (at + 1) % indices.length], { others: indices, ...options });
  };
  const clear = () => {
    chosen = null;
    among = [];
    light("on", []);
    light("hot", []);
    strip.clear();
    history.replaceState(null, "", location.pathname + location.search);
  };
  const strip = stripOf(tasks, choose);

  /* --- hovering and choosing --------------------------------------------------------------------------------------- */
  let waiting = 0, hovered = null;
  addEventListener("mouseover", (event) => {
    const element = event.target instanceof Element ? event.target.closest("[data-t], .dagline, [data-dag]") : null;
    if (element === hovered) return;
    hovered = element;
    clearTimeout(waiting);
    light("hot", element ? tasksOf(element) : []);
    if (element && chosen === null) waiting = setTimeout(() => reveal(tasksOf(element)[0], element.closest(".canvas, .code")), 220);
  });
  addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.defaultPrevented) return;
    const node = event.target.closest(".canvas .node");
    if (node) {
      const indices = tasksOf(node);
      if (!node.dataset.open && !indices.length) return;
      event.preventDefault();
      if (node.dataset.open) graphs.find((graph) => graph.canvas.contains(node)).openGroup(node.dataset.open);
      else if (indices.includes(chosen) && event.detail === 0) choose(chosen, { others: indices, open: true });
      else chooseOneOf(indices, { from: node.closest(".canvas") });
      return;
    }
    if (event.target.closest("a, button, summary, input")) return;
    const line = event.target.closest(".l[data-t], .l.dagline, .note[data-t]");
    if (!line || !getSelection().isCollapsed) return;
    chooseOneOf(tasksOf(line), { from: line.closest(".code"), address: false });
    if (line.id) history.replaceState(null, "", `#${line.id}`);
  });
  $("#tasks").addEventListener("toggle", (event) => {
    const task = event.target;
    if (!task.open || task.dataset.was) return;
    unfold(task);
    if (task.dataset.t !== chosen) choose(task.dataset.t, { stay: true });
  }, true);

  /* --- addresses ----------------------------------------------------------------------------------------------------- */
  const follow = () => {
    const target = addressed();
    if (!target) return;
    if (target.matches("details.task")) {
      choose(target.dataset.t, { address: false, stay: true });
      target.open = true;
      return;
    }
    const indices = tasksOf(target);
    if (indices.length) choose(indices[0], { others: indices, from: target.closest(".code"), address: false, stay: true });
    if (target.matches(".finding")) target.classList.add("on");
  };
  addEventListener("hashchange", follow);

  /* --- keys ------------------------------------------------------------------------------------------------------------ */
  const step = (by) => {
    if (!tasks.length) return;
    const at = chosen === null || chosen === "dag" ? (by > 0 ? -1 : 0) : Number(chosen);
    choose(String((at + by + tasks.length) % tasks.length));
  };
  keys.set("n", () => step(1));
  keys.set("p", () => step(-1));
  keys.set("Escape", () => { if (document.activeElement && document.activeElement.matches("input")) document.activeElement.blur(); clear(); });
  const notes = $$(".note");
  let note = -1;
  keys.set("f", () => {
    if (!notes.length) return;
    note = (note + 1) % notes.length;
    const pane = notes[note].closest(".code");
    if (notes[note].dataset.t) choose(notes[note].dataset.t);
    else settle(null);
    const frame = pane.getBoundingClientRect();
    pane.scrollTo({ top: pane.scrollTop + notes[note].getBoundingClientRect().top - frame.top - frame.height / 2 });
    light("hot", []);
    shining.hot = [notes[note]];
    notes[note].classList.add("hot");
  });
  for (const [key, action] of [["+", "in"], ["=", "in"], ["-", "out"], ["0", "fit"]]) keys.set(key, () => graphs.forEach((graph) => graph.act(action)));
  for (const graph of graphs) {
    graph.canvas.addEventListener("keydown", (event) => graph.arrows(event, (node) => { if (node.dataset.t) choose(tasksOf(node)[0], { others: tasksOf(node) }); }));
    for (const button of $$("[data-zoom]", graph.canvas.closest(".pane"))) {
      if (button.dataset.zoom === "groups") graph.groupsButton(button);
      else button.addEventListener("click", () => graph.act(button.dataset.zoom));
    }
  }

  /* --- search ---------------------------------------------------------------------------------------------------------- */
  const field = $("#search");
  const found = () => {
    const text = field.value.trim().toLowerCase();
    return text ? tasks.filter((task) => task.dataset.id.toLowerCase().includes(text)) : [];
  };
  field.addEventListener("focus", () => $("#task-ids").replaceChildren(...tasks.map((task) => new Option("", task.dataset.id))), { once: true });
  field.addEventListener("input", () => {
    const matches = found();
    light("hot", matches.map((task) => task.dataset.t));
    if (matches.length) reveal(matches[0].dataset.t, null);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const matches = found();
    if (!matches.length) return;
    const at = matches.findIndex((task) => task.dataset.t === chosen);
    choose(matches[(at + 1) % matches.length].dataset.t);
  });
  follow();
}

/* The longest run of neighbouring lines: where a function and its call are both lit, that is the function. */
function largestBlock(lines) {
  let best = [], block = [];
  for (const line of lines) {
    const [file, number] = line.id.split("-");
    const [lastFile, last] = block.length ? block[block.length - 1].id.split("-") : ["", ""];
    if (!(file === lastFile && Number(number) === Number(last) + 1)) block = [];
    block.push(line);
    if (block.length > best.length) best = block;
  }
  return best;
}
