/* The strip between graphs and sources says what is chosen: what it became, what is said of it, the way to its details. */
function stripOf(tasks, choose) {
  const strip = $("#strip");
  const legend = strip.innerHTML;

  /* The worst that is said of a task: its first finding, else the first thing it does differently. */
  const said = (task) => {
    const findings = $$(".finding", task);
    const differences = $$(".differs li", task);
    const number = findings.length + differences.length;
    if (!number) return "";
    const worst = ["error", "warning", "info"].find((name) => findings.some((item) => item.classList.contains(`s-${name}`)));
    const first = findings.find((item) => item.classList.contains(`s-${worst}`));
    const text = first ? `${$(".code", first).textContent} ${$(".msg", first).textContent}` : `Differs: ${differences[0].textContent}`;
    const told = make("span", { class: "said", title: text }, icon(worst || "approximate"), text);
    return number > 1 ? [told, make("span", { class: "k" }, `+${number - 1}`)] : [told];
  };

  const tell = (task, chosen, among) => {
    if (!task) {
      strip.replaceChildren(make("p", { class: "told" }, make("strong", {}, "The DAG itself"), " its definition and its job, schedule and sensors"));
      return;
    }
    const told = make("p", { class: "told" });
    told.append($(".c-id", task).cloneNode(true), make("span", { class: "k" }, $(".c-op", task).textContent), make("span", { class: "arrow", "aria-label": "became" }, "→"), $(".c-to", task).cloneNode(true));
    const more = make("p", { class: "more" }, ...said(task));
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
  return { tell, clear: () => { strip.innerHTML = legend; } };
}
