/* What every page has: short names for the document's functions, light and dark, keys, the help, printing. */
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

/* What is large stands in <noscript>: markup for readers without scripts, and for all others plain text until it is
   asked for. It is the server's own markup, escaped like the rest of the page. */
const unfold = (within) => {
  for (const folded of $$("noscript", within)) folded.outerHTML = folded.textContent;
};

/* What the fragment of the address names. */
const addressed = () => {
  try {
    const id = decodeURIComponent(location.hash.slice(1));
    return id ? document.getElementById(id) : null;
  } catch { return null; /* not an address of ours */ }
};

/* --- light and dark ---------------------------------------------------------------------------------------------- */
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

/* --- keys and printing ------------------------------------------------------------------------------------------- */
/* What a key does, by its name; a page adds its own. An action that gives `false` leaves the key to the browser. */
const keys = new Map();
const typing = (target) => target instanceof Element && target.closest("input, select, textarea, dialog") !== null;

addEventListener("DOMContentLoaded", () => {
  const help = $("#keys");
  $("#theme").addEventListener("click", toggleTheme);
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
  if ($("#items")) lineagePage();
  addEventListener("beforeprint", () => {
    for (const part of $$("details")) { unfold(part); part.dataset.was = String(part.open); part.open = true; }
  });
  addEventListener("afterprint", () => {
    for (const part of $$("details[data-was]")) { part.open = part.dataset.was === "true"; delete part.dataset.was; }
  });
});
