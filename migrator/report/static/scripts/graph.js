/* A graph in its canvas: panned by dragging, zoomed by buttons, keys and ctrl+wheel. Where a DAG has groups there is a
   second drawing with each of them as one node; of a DAG of many tasks that one is shown first, and of a large one the
   other is made from its <noscript> only when it is asked for. A drawing is moved by a CSS transform, which draws nothing of it anew. */const MANY = 40;

class GraphView {
  constructor(canvas, { smallest = 0.7, fromTop = false } = {}) {
    this.canvas = canvas;
    this.smallest = smallest;
    this.fromTop = fromTop;
    this.lit = new Map();
    this.groups = $("svg.graph[data-groups]", canvas);
    const whole = $("svg.graph:not([data-groups])", canvas);
    this.pick(whole && !(this.groups && $$(".node", whole).length > MANY) ? whole : this.groups);
    if (!this.svg) return;
    new ResizeObserver(() => this.resized()).observe(canvas);
    this.drag();
    canvas.addEventListener("focusin", (event) => { if (event.target.matches(".node:focus-visible")) this.show(event.target); });
  }

  /* --- which drawing --------------------------------------------------------------------------------------------- */
  whole() {
    if ($("noscript", this.canvas)) unfold(this.canvas);
    return $("svg.graph:not([data-groups])", this.canvas);
  }

  pick(svg) {
    if (this.svg && this.svg !== svg) this.svg.setAttribute("hidden", "");
    this.svg = svg;
    if (!svg) return;
    svg.removeAttribute("hidden");
    const size = svg.viewBox.baseVal;
    this.size = { x: size.x, y: size.y, width: size.width, height: size.height };
    this.nodes = $$(".node", svg);
    this.nodes.forEach((node, at) => node.setAttribute("tabindex", at ? "-1" : "0"));
    this.byTask = new Map();
    this.byId = new Map();
    for (const node of this.nodes) {
      this.byId.set(node.dataset.id, node);
      for (const index of node.dataset.t ? node.dataset.t.split(" ") : []) {
        if (!this.byTask.has(index)) this.byTask.set(index, []);
        this.byTask.get(index).push(node);
      }
    }
    this.edges = new Map();
    for (const edge of $$(".edge", svg)) {
      for (const end of [edge.dataset.s, edge.dataset.e]) {
        if (!this.edges.has(end)) this.edges.set(end, []);
        this.edges.get(end).push(edge);
      }
    }
    this.fit(true);
    for (const [name, indices] of this.lit) this.light(name, indices);
  }

  groupsButton(button) {
    if (!this.svg || !this.groups) return;
    button.hidden = false;
    const say = () => button.setAttribute("aria-pressed", String(this.svg === this.groups));
    button.addEventListener("click", () => { this.pick(this.svg === this.groups ? this.whole() : this.groups); say(); });
    this.chosen = say;
    say();
  }

  openGroup(id) {
    this.pick(this.whole());
    this.chosen();
    const box = $$(".box", this.svg).find((one) => one.dataset.id === id);
    if (!box) return;
    const inner = { x: box.x.baseVal.value, y: box.y.baseVal.value, width: box.width.baseVal.value, height: box.height.baseVal.value };
    this.frame({ x: inner.x - 16, y: inner.y - 16, width: inner.width + 32, height: inner.height + 32 }, Math.min(this.smallest, 0.6));
    this.moved = true;
  }

  /* --- what is lit ----------------------------------------------------------------------------------------------- */
  /* Light the nodes of tasks and the edges at them; what had this light before goes out. */
  light(name, indices) {
    this.lit.set(name, indices);
    if (!this.svg) return;
    for (const element of [...this.svg.getElementsByClassName(name)]) element.classList.remove(name);
    for (const index of indices) {
      for (const node of this.byTask.get(index) || []) {
        node.classList.add(name);
        for (const edge of this.edges.get(node.dataset.id) || []) edge.classList.add(name);
      }
    }
  }

  /* --- the view: `scale`, and where the drawing's corner is in the canvas ------------------------------------------ */
  set(x, y, scale) {
    if (!this.canvas.clientWidth) return;
    this.at = { x, y, scale };
    this.svg.style.transform = `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px) scale(${scale.toFixed(4)})`;
  }

  /* Show a part of the drawing as large as it fits, but no smaller than `smallest`: then it begins where its arrows do. */
  frame(part, smallest) {
    const wide = this.canvas.clientWidth, high = this.canvas.clientHeight;
    const scale = Math.max(Math.min(wide / part.width, high / part.height, 1.15), smallest);
    const down = this.svg.dataset.direction === "TB";
    const width = part.width * scale, height = part.height * scale;
    const x = width <= wide || down ? (wide - width) / 2 : 0;
    const y = height <= high || (!down && !this.fromTop) ? (high - height) / 2 : 0;
    this.set(x - (part.x - this.size.x) * scale, y - (part.y - this.size.y) * scale, scale);
  }

  fit(readable = false) {
    if (!this.svg || !this.canvas.clientWidth) return;
    this.frame(this.size, readable ? this.smallest : 0.02);
    this.moved = !readable;
  }

  resized() {
    if (matchMedia("print").matches) return;
    if (!this.moved || !this.at) this.fit(true);
  }

  act(action) {
    if (!this.svg || !this.at) return;
    if (action === "fit") this.fit();
    else this.zoom(action === "in" ? 1.25 : 0.8);
  }

  /* `at` stays where it is: a place of the canvas, its middle if none is given. */
  zoom(factor, at = { x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2 }) {
    const scale = this.at.scale * factor;
    if ((scale > 3 && factor > 1) || (scale < 0.02 && factor < 1)) return;
    this.moved = true;
    this.set(at.x - (at.x - this.at.x) * factor, at.y - (at.y - this.at.y) * factor, scale);
  }

  drag() {
    const canvas = this.canvas;
    let from = null;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button === 0) from = { x: event.clientX, y: event.clientY, at: this.at, id: event.pointerId, far: false };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!from || event.pointerId !== from.id) return;
      const dx = event.clientX - from.x, dy = event.clientY - from.y;
      if (!from.far && Math.hypot(dx, dy) < 5) return;
      if (!from.far) { from.far = true; canvas.setPointerCapture(from.id); canvas.classList.add("dragging"); }
      this.moved = true;
      this.set(from.at.x + dx, from.at.y + dy, from.at.scale);
    });
    const end = () => {
      if (from && from.far) {
        const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
        canvas.addEventListener("click", swallow, { capture: true });
        setTimeout(() => canvas.removeEventListener("click", swallow, { capture: true }), 50);
      }
      from = null;
      canvas.classList.remove("dragging");
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("dragstart", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const frame = canvas.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.06 : 0.004)), { x: event.clientX - frame.left, y: event.clientY - frame.top });
    }, { passive: false });
  }

  /* --- nodes ----------------------------------------------------------------------------------------------------- */
  /* Where a node is in the drawing. */
  boxOf(node) {
    const place = node.transform.baseVal[0].matrix;
    const shape = $(".shape", node);
    return { x: place.e, y: place.f, width: shape.width.baseVal.value, height: shape.height.baseVal.value };
  }

  /* Bring a node into view, if it is not: no farther than it takes for it to stand well inside. */
  show(node) {
    if (!this.at) return;
    const { x, y, scale } = this.at;
    const box = this.boxOf(node);
    const along = (start, length, offset, origin, room) => {
      const near = (start - origin) * scale + offset, far = near + length * scale;
      if (near >= 4 && far <= room - 4) return offset;
      return near < 4 ? offset - near + room / 5 : offset - far + room * 0.8;
    };
    /* Beyond the drawing there is nothing to see. */
    const within = (offset, size, room) => size <= room ? offset : Math.min(Math.max(offset, room - size), 0);
    const to = {
      x: along(box.x, box.width, x, this.size.x, this.canvas.clientWidth),
      y: along(box.y, box.height, y, this.size.y, this.canvas.clientHeight),
    };
    if (to.x === x && to.y === y) return;
    to.x = within(to.x, this.size.width * scale, this.canvas.clientWidth);
    to.y = within(to.y, this.size.height * scale, this.canvas.clientHeight);
    this.moved = true;
    this.set(to.x, to.y, scale);
  }

  reveal(index) {
    const node = this.svg && this.byTask.get(index)?.[0];
    if (node) this.show(node);
  }

  /* One node at a time is in the order of the Tab key; the arrow keys go on from there. */
  rove(node) {
    if (!node) return;
    for (const other of $$('.node[tabindex="0"]', this.svg)) other.setAttribute("tabindex", "-1");
    node.setAttribute("tabindex", "0");
  }

  focus(node) {
    this.rove(node);
    node.focus({ preventScroll: true });
    this.show(node);
  }

  /* The node in a direction: along an edge if there is one, else the nearest. */
  neighbour(node, direction) {
    const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const here = middle(this.boxOf(node));
    const tied = new Set((this.edges.get(node.dataset.id) || []).flatMap((edge) => [edge.dataset.s, edge.dataset.e]));
    let best = null, least = Infinity;
    for (const other of this.nodes) {
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

  /* The arrow keys; `choose` is told where they lead. */
  arrows(event, choose) {
    const node = event.target instanceof Element ? event.target.closest(".node") : null;
    if (!node || !event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = this.neighbour(node, event.key.slice(5).toLowerCase());
    if (!next) return;
    this.focus(next);
    choose(next);
  }
}
