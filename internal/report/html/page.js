"use strict";
const report = JSON.parse(document.getElementById("data").textContent);
const findings = report.findings || [];
const ranks = ["info", "note", "low", "medium", "high", "critical"];
const roles = { read: "reads", check: "checks", suspend: "waits", act: "acts", lock: "locks", commit: "commits", effect: "calls" };
const height = 58;
let shown = findings, chosen = -1, step = 0;

const byId = (id) => document.getElementById(id);
// Everything from the report enters the page as text.
function make(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}
const route = (method, endpoint) => [method, endpoint].filter(Boolean).join(" ");

function overview() {
  const counts = {};
  for (const f of findings) counts[f.severity] = (counts[f.severity] || 0) + 1;
  const parts = ranks.slice().reverse().filter((s) => counts[s]).map((s) => counts[s] + " " + s);
  const s = report.summary || {};
  byId("overview").textContent = (parts.join(", ") || "no races found") + " in " + (s.files || 0) + " files, " + (s.lines || 0) + " lines, " + (s.routes || 0) + " routes of " + (report.target || ".");
  const skipped = (s.skipped || []).length;
  byId("foot").textContent = report.tool.name + " " + report.tool.version + (s.engine ? " · judged for " + s.engine : "") + (skipped ? " · " + skipped + " places could not be read or followed" : "") +
    " · j and k choose a finding, the arrow keys step through the schedule, / searches";
}

function options(id, values) {
  const select = byId(id);
  for (const v of values) {
    const o = make("option", "", v);
    o.value = v;
    select.append(o);
  }
  select.addEventListener("change", filter);
}

function filter() {
  const severity = byId("severity").value, rule = byId("rule").value, at = byId("route").value, text = byId("text").value.toLowerCase();
  shown = findings.filter((f) => (!severity || f.severity === severity) && (!rule || f.rule === rule) && (!at || route(f.method, f.endpoint) === at) &&
    (!text || (f.description + " " + f.location.path + " " + f.rule + " " + f.name + " " + route(f.method, f.endpoint)).toLowerCase().includes(text)));
  byId("count").textContent = shown.length + " of " + findings.length;
  byId("list").scrollTop = 0;
  choose(shown.length ? 0 : -1);
}

// Only the rows in sight are in the page: a report may have tens of thousands.
function draw() {
  const list = byId("list"), rows = byId("rows");
  rows.style.height = shown.length * height + "px";
  const first = Math.max(0, Math.floor(list.scrollTop / height) - 5), last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + 5);
  rows.replaceChildren();
  for (let i = first; i < last; i++) {
    const f = shown[i], row = make("div", "row" + (i === chosen ? " on" : ""));
    row.style.top = i * height + "px";
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", i === chosen);
    const head = make("b");
    head.append(make("strong", f.severity, f.severity), " " + f.rule + " " + f.name);
    row.append(head, make("span", "", f.location.path + ":" + f.location.line + "  " + route(f.method, f.endpoint)));
    row.addEventListener("click", () => choose(i));
    rows.append(row);
  }
}

function choose(i) {
  chosen = i;
  step = 0;
  const list = byId("list");
  if (i >= 0) {
    if (i * height < list.scrollTop) list.scrollTop = i * height;
    if ((i + 1) * height > list.scrollTop + list.clientHeight) list.scrollTop = (i + 1) * height - list.clientHeight;
  }
  draw();
  detail();
}

function source(f) {
  const box = make("div"), now = (f.steps || [])[step], hits = {};
  for (const s of f.steps || []) {
    if (!s.path) continue;
    const lines = hits[s.path] = hits[s.path] || {};
    lines[s.line] = lines[s.line] || [];
    lines[s.line].push(s.actor + " " + (roles[s.role] || s.role));
  }
  for (const path of Object.keys(hits)) {
    box.append(make("p", "path", path));
    const pre = make("pre"), kept = report.sources[path] || {}, near = new Set();
    for (const n of Object.keys(hits[path])) for (let k = +n - 3; k <= +n + 3; k++) if (kept[k] !== undefined) near.add(k);
    let before = 0;
    for (const n of [...near].sort((x, y) => x - y)) {
      if (before && n > before + 1) pre.append(make("div", "", "…"));
      before = n;
      const line = make("div", hits[path][n] ? "hit" : "");
      line.append(make("span", "n", n), kept[n]);
      if (hits[path][n]) line.append(make("em", "", [...new Set(hits[path][n])].join(", ")));
      if (now && now.path === path && now.line === n) line.classList.add("now");
      pre.append(line);
    }
    box.append(pre);
  }
  return box;
}

function lanes(f) {
  const box = make("div"), steps = f.steps || [], buttons = make("div", "buttons");
  const move = (d) => { step = Math.min(Math.max(step + d, 0), steps.length - 1); detail(); };
  const back = make("button", "", "← back"), on = make("button", "", "next →");
  back.type = on.type = "button";
  back.id = "back"; on.id = "next";
  back.disabled = step === 0; on.disabled = step >= steps.length - 1;
  back.addEventListener("click", () => move(-1));
  on.addEventListener("click", () => move(1));
  buttons.append(back, on, make("span", "said", "step " + (step + 1) + " of " + steps.length));
  const grid = make("div", "lanes");
  grid.append(make("div", "head A", "A  " + route(f.method, f.endpoint)), make("div", "head B", "B  " + (f.rival ? route(f.rival.method, f.rival.endpoint) : route(f.method, f.endpoint))));
  steps.forEach((s, i) => {
    const e = make("div", "step " + (s.actor === "B" ? "B" : "A") + (i < step ? " past" : i === step ? " now" : ""), i + 1 + ". " + (roles[s.role] || s.role));
    e.style.gridRow = i + 2; // time runs downwards
    e.append(make("code", "", s.text));
    if (s.note) e.append(make("i", "", s.note));
    e.addEventListener("click", () => { step = i; detail(); });
    grid.append(e);
  });
  box.append(buttons, grid);
  return box;
}

function change(fix) {
  const box = make("div");
  box.append(make("p", "said", (fix.title || "change") + (fix.safe ? "" : " — not verified; middlebrick fix tries it")));
  for (const e of fix.edits) {
    box.append(make("p", "path", e.path + ":" + e.start_line));
    const pre = make("pre"), kept = report.sources[e.path] || {};
    for (let n = e.start_line; n <= e.end_line; n++) pre.append(make("div", "del", "- " + (kept[n] === undefined ? "…" : kept[n])));
    for (const line of e.text.replace(/\r?\n$/, "").split(/\r?\n/)) pre.append(make("div", "add", "+ " + line));
    box.append(pre);
  }
  return box;
}

function detail() {
  const f = shown[chosen], at = byId("detail");
  at.replaceChildren();
  if (!f) {
    at.append(make("p", "said", findings.length ? "No finding matches the filters." : "No races were found."));
    return;
  }
  const h = make("h2");
  h.append(make("span", f.severity, f.severity), " " + f.rule + " " + (report.titles[f.rule] || f.name));
  at.append(h, make("p", "", f.description), make("p", "said", f.location.path + ":" + f.location.line));
  at.append(make("h3", "", "The schedule"), lanes(f), make("h3", "", "The source"), source(f));
  at.append(make("h3", "", "What to write instead"), make("p", "", f.remediation));
  if (f.fix && f.fix.edits.length) at.append(change(f.fix));
  const facts = make("dl");
  const fact = (name, value) => { if (value) facts.append(make("dt", "", name), make("dd", "", value)); };
  fact("confidence", f.confidence);
  fact("engine", f.engine);
  if (f.guard) fact("guard", [f.guard.seen, f.guard.verdict].filter(Boolean).join(": "));
  fact("assumed", (f.assumptions || []).join("; "));
  fact("routes", (f.routes || []).map((r) => route(r.method, r.endpoint)).join(", "));
  fact("weakness", (f.cwe || []).join(", "));
  fact("more", "middlebrick explain " + f.rule);
  at.append(make("h3", "", "What it rests on"), facts);
  for (const t of (report.tests || []).filter((t) => (f.evidence || []).includes(t.id))) {
    at.append(make("h3", "", "Seen on the running application"), make("p", "", t.verdict + ": " + t.vulnerability));
    at.append(make("pre", "", JSON.stringify(t.evidence, null, 1)));
  }
}

document.addEventListener("keydown", (e) => {
  if (e.target.matches("input, select")) {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  const steps = ((shown[chosen] || {}).steps || []).length;
  if (e.key === "j" && chosen < shown.length - 1) choose(chosen + 1);
  else if (e.key === "k" && chosen > 0) choose(chosen - 1);
  else if (e.key === "ArrowRight" && step < steps - 1) { step++; detail(); }
  else if (e.key === "ArrowLeft" && step > 0) { step--; detail(); }
  else if (e.key === "/") byId("text").focus();
  else return;
  e.preventDefault();
});

options("severity", ranks.slice().reverse().filter((s) => findings.some((f) => f.severity === s)));
options("rule", [...new Set(findings.map((f) => f.rule))].sort());
options("route", [...new Set(findings.map((f) => route(f.method, f.endpoint)))].sort());
byId("text").addEventListener("input", filter);
byId("filters").addEventListener("submit", (e) => e.preventDefault());
byId("list").addEventListener("scroll", draw);
addEventListener("resize", draw);
overview();
filter();
