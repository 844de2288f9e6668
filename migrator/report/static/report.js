"use strict";
/* The report's script, written by hand: no framework, nothing fetched. Without it every page is readable all the same. */
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const icon = (name) => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("class", `icon i-${name}`);
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(space, "use");
    use.setAttribute("href", `#i-${name}`);
    svg.append(use);
    return svg;
  };

  /* --- light and dark ------------------------------------------------------------------------------------------ */
  const stored = (name, value) => {
    try {
      if (value === undefined) return localStorage.getItem(name);
      localStorage.setItem(name, value);
    } catch { /* a browser that keeps nothing for pages from disk */ }
    return null;
  };
  const wanted = stored("migrate-theme");
  if (wanted === "light" || wanted === "dark") root.dataset.theme = wanted;
  const toggleTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    stored("migrate-theme", root.dataset.theme);
  };

  /* --- every page ---------------------------------------------------------------------------------------------- */
  const keys = new Map();
  const typing = (target) => target instanceof Element && target.closest("input, select, textarea, dialog") !== null;
  addEventListener("DOMContentLoaded", () => {
    $("#theme").addEventListener("click", toggleTheme);
    const help = $("#keys");
    $("#help").addEventListener("click", () => help.showModal());
    help.addEventListener("click", (event) => { if (event.target === help) help.close(); });
    keys.set("t", toggleTheme);
    keys.set("?", () => help.showModal());
    keys.set("/", () => { const field = $("#search"); if (field) { field.focus(); field.select(); } });
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (help.open || (event.key !== "Escape" && typing(event.target))) return;
      const act = keys.get(event.key);
      if (act && act(event) !== false) event.preventDefault();
    });
    if ($("#dag-table")) indexPage();
    if ($("#bench")) dagPage();
    addEventListener("beforeprint", () => { for (const part of $$("details")) { part.dataset.was = String(part.open); part.open = true; } });
    addEventListener("afterprint", () => { for (const part of $$("details[data-was]")) { part.open = part.dataset.was === "true"; delete part.dataset.was; } });
  });

  /* --- the index ----------------------------------------------------------------------------------------------- */
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
        row.hidden = !fits;
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

    $$("th[data-sort]", table).forEach((head) => {
      const column = head.cellIndex;
      const button = make("button", { type: "button" }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const numeric = head.dataset.sort === "number";
        const down = head.hasAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : numeric && column !== 4 && column !== 6;
        for (const other of $$("th[aria-sort]", table)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => numeric ? Number(row.cells[column].dataset.value) : row.cells[column].textContent.trim().toLowerCase();
        const keyed = rows.map((row, at) => [key(row), at, row]);
        keyed.sort((a, b) => ((a[0] > b[0]) - (a[0] < b[0])) * (down ? -1 : 1) || a[1] - b[1]);
        body.append(...keyed.map((item) => item[2]));
      });
    });
    const opened = () => { const part = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1))); if (part instanceof HTMLDetailsElement) part.open = true; };
    addEventListener("hashchange", opened);
    opened();
    show();
  }

  /* --- a DAG's page -------------------------------------------------------------------------------------------- */
  function dagPage() {
    const graphs = $$(".canvas").map((canvas) => new GraphView(canvas));
    const panes = $$(".code");
    const strip = $("#strip");
    const legend = strip.innerHTML;
    const tasks = $$("details.task");
    const places = new Map();
    for (const element of $$("[data-t]")) {
      for (const index of element.dataset.t.split(" ")) {
        if (!places.has(index)) places.set(index, []);
        places.get(index).push(element);
      }
    }
    places.set("dag", [...$$(".dagline"), ...$$("[data-dag]")]);
    const connected = { airflow: new Map(), dagster: new Map() };
    for (const graph of graphs) graph.connect(connected);
    let chosen = null;
    let among = [];

    const tasksOf = (element) => element.dataset.t ? element.dataset.t.split(" ") : element.matches(".dagline, [data-dag]") ? ["dag"] : [];
    const light = (name, indices) => {
      for (const element of $$(`.${name}`)) element.classList.remove(name);
      for (const index of indices) {
        for (const element of places.get(index) || []) element.classList.add(name);
        for (const graph of graphs) graph.lightEdges(name, index);
      }
    };

    /* Scroll what belongs to a task into view, each pane by itself; the page stays where it is. */
    const reveal = (indices, except) => {
      for (const pane of panes) {
        if (pane === except) continue;
        const lines = indices.flatMap((index) => places.get(index) || []).filter((element) => element.classList.contains("l") && pane.contains(element));
        const block = largestBlock(lines);
        if (!block.length) continue;
        const frame = pane.getBoundingClientRect();
        const top = block[0].getBoundingClientRect().top, bottom = block[block.length - 1].getBoundingClientRect().bottom;
        if (top >= frame.top + 30 && bottom <= frame.bottom) continue;
        if (top >= frame.top + 30 && top < frame.top + frame.height * 0.4) continue;
        pane.scrollTo({ top: pane.scrollTop + top - frame.top - Math.max(40, (frame.height - (bottom - top)) / 3) });
      }
      for (const graph of graphs) if (graph.canvas !== except) graph.reveal(indices);
    };

    const choose = (index, { others = [], from = null, address = true, open = false } = {}) => {
      chosen = index;
      among = others.length > 1 ? others : [];
      light("hot", []);
      light("on", [index]);
      reveal([index], from);
      const task = tasks[Number(index)];
      if (address && task) history.replaceState(null, "", `#${encodeURIComponent(task.id)}`);
      tell();
      if (task && open) {
        task.open = true;
        task.scrollIntoView({ block: "start" });
        $("summary", task).focus({ preventScroll: true });
      }
      for (const graph of graphs) graph.rove(index);
    };
    const clear = () => {
      chosen = null;
      among = [];
      light("on", []);
      light("hot", []);
      strip.innerHTML = legend;
      history.replaceState(null, "", location.pathname + location.search);
    };

    /* The strip between graphs and sources says what is chosen. */
    const tell = () => {
      const task = tasks[Number(chosen)];
      if (!task) {
        strip.replaceChildren(make("p", { class: "told" }, make("strong", {}, "The DAG itself"), " its definition and its job, schedule and sensors"));
        return;
      }
      const told = make("p", { class: "told" });
      told.append($(".c-id", task).cloneNode(true), make("span", { class: "k" }, $(".c-op", task).textContent), make("span", { class: "arrow", "aria-label": "became" }, "→"), $(".c-to", task).cloneNode(true));
      const more = make("p", { class: "more" });
      const findings = $$(".finding", task);
      if (findings.length) {
        const severity = ["error", "warning", "info"].find((name) => findings.some((item) => item.classList.contains(`s-${name}`)));
        more.append(make("span", { class: "said" }, icon(severity), `${$(".code", findings[0]).textContent} ${$(".msg", findings[0]).textContent}`));
      }
      if (among.length) {
        const at = among.indexOf(chosen);
        const button = make("button", { type: "button" }, `${at + 1} of ${among.length} tasks here`);
        button.title = among.slice(0, 20).map((index) => index === "dag" ? "the DAG" : tasks[Number(index)].dataset.id).join("\n");
        button.addEventListener("click", () => choose(among[(at + 1) % among.length], { others: among }));
        more.append(button);
      }
      const count = $$(".args tbody tr", task).length;
      const link = make("button", { type: "button" }, count === 0 ? "details" : count === 1 ? "1 argument" : `${count} arguments`);
      link.addEventListener("click", () => choose(chosen, { others: among, open: true }));
      more.append(link);
      strip.replaceChildren(told, more);
    };

    /* hovering */
    let waiting = 0;
    addEventListener("mouseover", (event) => {
      const element = event.target instanceof Element ? event.target.closest("[data-t], .dagline, [data-dag]") : null;
      clearTimeout(waiting);
      light("hot", element ? tasksOf(element) : []);
      if (element && chosen === null) {
        const from = element.closest(".canvas, .code");
        waiting = setTimeout(() => reveal(tasksOf(element).slice(0, 1), from), 220);
      }
    });

    /* choosing */
    addEventListener("click", (event) => {
      if (!(event.target instanceof Element) || event.defaultPrevented) return;
      const node = event.target.closest(".canvas .node");
      if (node) {
        if (node.dataset.open) { event.preventDefault(); graphs.find((graph) => graph.canvas.contains(node)).openGroup(node.dataset.open); return; }
        const indices = tasksOf(node);
        if (!indices.length) return;
        event.preventDefault();
        const at = indices.indexOf(chosen);
        if (at >= 0 && event.detail === 0) { choose(chosen, { others: indices, open: true }); return; }
        choose(indices[at < 0 ? 0 : (at + 1) % indices.length], { others: indices, from: node.closest(".canvas") });
        return;
      }
      if (event.target.closest("a:not(.n), button, summary, input")) return;
      const line = event.target.closest(".l[data-t], .l.dagline, .note[data-t]");
      if (!line || !getSelection().isCollapsed) return;
      const indices = [...new Set([...tasksOf(line), ...(line.classList.contains("dagline") ? ["dag"] : [])])];
      if (event.target.closest("a.n")) event.preventDefault();
      const at = indices.indexOf(chosen);
      choose(indices[at < 0 ? 0 : (at + 1) % indices.length], { others: indices, from: line.closest(".code"), address: false });
      history.replaceState(null, "", `#${line.id || ""}`);
    });
    for (const task of tasks) task.addEventListener("toggle", () => { if (task.open && task.dataset.t !== chosen && !task.dataset.was) choose(task.dataset.t); });

    /* addresses */
    const follow = () => {
      const id = decodeURIComponent(location.hash.slice(1));
      const target = id ? document.getElementById(id) : null;
      if (!target) return;
      if (target.matches("details.task")) { target.open = true; choose(target.dataset.t, { address: false }); return; }
      const indices = tasksOf(target);
      if (indices.length) choose(indices[0], { others: indices, from: target.closest(".code"), address: false });
      if (target.matches(".finding")) target.classList.add("on");
    };
    addEventListener("hashchange", follow);

    /* keys */
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
      const frame = pane.getBoundingClientRect();
      pane.scrollTo({ top: pane.scrollTop + notes[note].getBoundingClientRect().top - frame.top - frame.height / 2 });
      light("hot", []);
      notes[note].classList.add("hot");
    });
    for (const [key, action] of [["+", "in"], ["=", "in"], ["-", "out"], ["0", "fit"]]) keys.set(key, () => graphs.forEach((graph) => graph.act(action)));
    $("#bench").addEventListener("keydown", (event) => {
      const node = event.target instanceof Element ? event.target.closest(".canvas .node") : null;
      if (!node || !event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const graph = graphs.find((one) => one.canvas.contains(node));
      const next = graph.neighbour(node, event.key.slice(5).toLowerCase());
      if (!next) return;
      graph.focus(next);
      const indices = tasksOf(next);
      if (indices.length) choose(indices[0], { others: indices });
      graph.show(next);
    });

    /* search */
    const field = $("#search");
    const found = () => {
      const text = field.value.trim().toLowerCase();
      return text ? tasks.filter((task) => task.dataset.id.toLowerCase().includes(text)) : [];
    };
    field.addEventListener("input", () => {
      const matches = found();
      light("hot", matches.map((task) => task.dataset.t));
      if (matches.length) reveal([matches[0].dataset.t], null);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const matches = found();
      if (!matches.length) return;
      const at = matches.findIndex((task) => task.dataset.t === chosen);
      choose(matches[(at + 1) % matches.length].dataset.t);
      $("#bench").scrollIntoView({ block: "start" });
    });

    for (const button of $$("[data-zoom]")) {
      const graph = graphs.find((one) => one.canvas.closest(".pane").contains(button));
      if (button.dataset.zoom === "groups") graph.groupsButton(button);
      else button.addEventListener("click", () => graph.act(button.dataset.zoom));
    }
    addEventListener("beforeprint", () => graphs.forEach((graph) => graph.natural()));
    addEventListener("afterprint", () => graphs.forEach((graph) => graph.fit(true)));
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

  /* One graph in its canvas: pan by dragging, zoom by buttons, keys and ctrl+wheel, groups collapsed by a second drawing. */
  class GraphView {
    constructor(canvas) {
      this.canvas = canvas;
      this.drawings = $$("svg.graph", canvas);
      this.drawings.forEach((svg) => { svg.natural = svg.viewBox.baseVal; svg.size = { x: svg.natural.x, y: svg.natural.y, width: svg.natural.width, height: svg.natural.height }; });
      this.svg = this.drawings[0];
      if (!this.svg) return;
      this.nodes = $$(".node", this.svg);
      this.nodes.forEach((node, at) => node.setAttribute("tabindex", at ? "-1" : "0"));
      this.moved = false;
      this.fit(true);
      new ResizeObserver(() => {
        if (matchMedia("print").matches) { this.natural(); return; }
        if (!this.moved) { this.fit(true); return; }
        if (!this.scale) return;
        const width = canvas.clientWidth / this.scale, height = canvas.clientHeight / this.scale;
        this.set({ x: this.box.x + (this.box.width - width) / 2, y: this.box.y + (this.box.height - height) / 2, width, height });
      }).observe(canvas);
      this.drag();
    }

    connect() {
      this.edges = new Map();
      for (const svg of this.drawings) {
        for (const edge of $$(".edge", svg)) {
          for (const end of [edge.dataset.s, edge.dataset.e]) {
            if (!this.edges.has(end)) this.edges.set(end, []);
            this.edges.get(end).push(edge);
          }
        }
      }
    }

    lightEdges(name, index) {
      if (!this.svg) return;
      for (const node of this.nodesOf(index)) for (const edge of this.edges.get(node.dataset.id) || []) edge.classList.add(name);
    }

    nodesOf(index) {
      return this.svg ? $$(`.node[data-t~="${index}"]`, this.svg) : [];
    }

    /* The view: a rectangle of the drawing. */
    set(box) {
      if (!this.canvas.clientWidth || !box.width) return;
      const scale = Math.min(Math.max(this.canvas.clientWidth / box.width, 0.04), 4);
      this.scale = scale;
      const width = this.canvas.clientWidth / scale, height = this.canvas.clientHeight / scale;
      this.box = { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
      this.svg.setAttribute("viewBox", `${this.box.x} ${this.box.y} ${width} ${height}`);
    }

    fit(readable = false) {
      if (!this.svg || !this.canvas.clientWidth) return;
      const size = this.svg.size, wide = this.canvas.clientWidth, high = this.canvas.clientHeight;
      const whole = Math.min(wide / size.width, high / size.height, 1.15);
      const scale = readable ? Math.max(whole, 0.7) : whole;
      const width = wide / scale, height = high / scale;
      const x = width >= size.width ? size.x + (size.width - width) / 2 : this.svg.dataset.direction === "TB" ? size.x + (size.width - width) / 2 : size.x;
      const y = height >= size.height ? size.y + (size.height - height) / 2 : this.svg.dataset.direction === "LR" ? size.y + (size.height - height) / 2 : size.y;
      this.set({ x, y, width, height });
      this.moved = !readable;
    }

    natural() {
      for (const svg of this.drawings) svg.setAttribute("viewBox", `${svg.size.x} ${svg.size.y} ${svg.size.width} ${svg.size.height}`);
    }

    act(action) {
      if (!this.svg) return;
      if (action === "fit") { this.fit(); return; }
      this.zoom(action === "in" ? 1.25 : 0.8);
    }

    zoom(factor, at = { x: 0.5, y: 0.5 }) {
      const { x, y, width, height } = this.box;
      const scale = this.canvas.clientWidth / width;
      if ((scale * factor > 3 && factor > 1) || (scale * factor < 0.05 && factor < 1)) return;
      const w = width / factor, h = height / factor;
      this.moved = true;
      this.set({ x: x + (width - w) * at.x, y: y + (height - h) * at.y, width: w, height: h });
    }

    drag() {
      let from = null;
      this.canvas.addEventListener("pointerdown", (event) => { if (event.button === 0) from = { x: event.clientX, y: event.clientY, box: this.box, id: event.pointerId, far: false }; });
      this.canvas.addEventListener("pointermove", (event) => {
        if (!from || event.pointerId !== from.id) return;
        const dx = event.clientX - from.x, dy = event.clientY - from.y;
        if (!from.far && Math.hypot(dx, dy) < 5) return;
        if (!from.far) { from.far = true; this.canvas.setPointerCapture(from.id); this.canvas.classList.add("dragging"); }
        const scale = this.canvas.clientWidth / from.box.width;
        this.moved = true;
        this.set({ ...from.box, x: from.box.x - dx / scale, y: from.box.y - dy / scale });
      });
      const end = () => {
        if (from && from.far) {
          const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
          this.canvas.addEventListener("click", swallow, { capture: true });
          setTimeout(() => this.canvas.removeEventListener("click", swallow, { capture: true }), 50);
        }
        from = null;
        this.canvas.classList.remove("dragging");
      };
      this.canvas.addEventListener("pointerup", end);
      this.canvas.addEventListener("pointercancel", () => { from = null; this.canvas.classList.remove("dragging"); });
      this.canvas.addEventListener("dragstart", (event) => event.preventDefault());
      this.canvas.addEventListener("wheel", (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        const frame = this.canvas.getBoundingClientRect();
        this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.06 : 0.004)), { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height });
      }, { passive: false });
    }

    /* Where a node is in the drawing. */
    boxOf(node) {
      const place = node.transform.baseVal.consolidate().matrix;
      const shape = $(".shape", node);
      return { x: place.e, y: place.f, width: shape.width.baseVal.value, height: shape.height.baseVal.value };
    }

    show(node) {
      const inner = this.boxOf(node), outer = this.box, margin = 16;
      let { x, y } = outer;
      if (inner.x < x + margin) x = inner.x - outer.width / 5;
      else if (inner.x + inner.width > x + outer.width - margin) x = inner.x + inner.width - outer.width * 0.8;
      if (inner.y < y + margin) y = inner.y - outer.height / 5;
      else if (inner.y + inner.height > y + outer.height - margin) y = inner.y + inner.height - outer.height * 0.8;
      if (x !== outer.x || y !== outer.y) { this.moved = true; this.set({ ...outer, x, y }); }
    }

    reveal(indices) {
      const node = indices.length ? this.nodesOf(indices[0])[0] : null;
      if (node) this.show(node);
    }

    /* One node at a time is in the order of the Tab key; the arrow keys go on from there. */
    rove(index) {
      const node = this.nodesOf(index)[0];
      if (!node) return;
      for (const other of $$('.node[tabindex="0"]', this.svg)) other.setAttribute("tabindex", "-1");
      node.setAttribute("tabindex", "0");
    }

    focus(node) {
      for (const other of $$('.node[tabindex="0"]', this.svg)) other.setAttribute("tabindex", "-1");
      node.setAttribute("tabindex", "0");
      node.focus({ preventScroll: true });
    }

    /* The node in a direction: along an edge if there is one, else the nearest. */
    neighbour(node, direction) {
      const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      const here = middle(this.boxOf(node));
      const tied = new Set((this.edges.get(node.dataset.id) || []).flatMap((edge) => [edge.dataset.s, edge.dataset.e]));
      let best = null, least = Infinity;
      for (const other of $$(".node", this.svg)) {
        if (other === node) continue;
        const there = middle(this.boxOf(other));
        const along = { left: here.x - there.x, right: there.x - here.x, up: here.y - there.y, down: there.y - here.y }[direction];
        const across = direction === "left" || direction === "right" ? Math.abs(there.y - here.y) : Math.abs(there.x - here.x);
        if (along < 8) continue;
        const cost = along + across * 2 + (tied.has(other.dataset.id) ? 0 : 4000);
        if (cost < least) { least = cost; best = other; }
      }
      return best;
    }

    groupsButton(button) {
      this.button = button;
      if (this.drawings.length < 2) return;
      button.hidden = false;
      if (this.nodes.length > 120) this.draw(1);
      button.addEventListener("click", () => this.draw(this.svg === this.drawings[0] ? 1 : 0));
    }

    draw(which) {
      this.svg.setAttribute("hidden", "");
      this.svg = this.drawings[which];
      this.svg.removeAttribute("hidden");
      const nodes = $$(".node", this.svg);
      nodes.forEach((node, at) => node.setAttribute("tabindex", at ? "-1" : "0"));
      this.button.setAttribute("aria-pressed", String(which === 1));
      this.fit(true);
    }

    openGroup(id) {
      this.draw(0);
      const group = $$(".group", this.svg).find((one) => one.dataset.id === id);
      if (!group) return;
      const box = $(".box", group);
      const get = (name) => box[name].baseVal.value;
      const scale = Math.min(this.canvas.clientWidth / (get("width") + 40), this.canvas.clientHeight / (get("height") + 40), 1.15);
      const width = this.canvas.clientWidth / scale, height = this.canvas.clientHeight / scale;
      this.moved = true;
      this.set({ x: get("x") + (get("width") - width) / 2, y: get("y") + (get("height") - height) / 2, width, height });
    }
  }
})();
