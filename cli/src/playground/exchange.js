// The exchange, drawn from the document of `corsac explain`.
"use strict";

const KEPT = /^(?:access-control-|timing-allow-origin$|origin$|vary$)/i;

function drawn(told, call) {
  const of = (stage) => checkList(told.checks.filter((check) => check.stage === stage));
  const parts = [el("h3", {}, "Is a preflight needed?"), of("before")];
  for (const exchange of told.exchanges) {
    parts.push(el("h3", {}, exchange.is_preflight ? "The preflight" : "The request"));
    if (!exchange.is_preflight) parts.push(of("sending"));
    parts.push(message("there", `${exchange.request.method} ${PATH}`, exchange.request.fields));
    parts.push(decision(exchange));
    parts.push(message("back", String(exchange.response.status), exchange.response.fields));
    parts.push(of(exchange.is_preflight ? "preflight" : "response"));
  }
  if (!told.exchanges.some((exchange) => !exchange.is_preflight)) {
    parts.push(el("p", { class: "never" }, told.exchanges.length ? "The request itself is never sent." : "Nothing is sent."));
  }
  return [
    el("div", { class: "call mono" }, written(told, call)),
    ...told.notes.map((note) => el("p", { class: "end" }, note)),
    el("div", { class: "lanes", "aria-hidden": "true" }, el("span", {}, "Browser"), el("span", {}, "Server")),
    el("div", { class: "timeline" }, ...parts),
    ending(told),
  ];
}

// The call as a script has it.
function written(told, { headers, credentials }) {
  const pairs = headers.map(pair).map(([name, value]) => `[${JSON.stringify(name)}, ${JSON.stringify(value)}]`);
  const init = [`method: ${JSON.stringify(told.method)}`];
  if (pairs.length) init.push(`headers: [${pairs.join(", ")}]`);
  if (credentials) init.push('credentials: "include"');
  return `// a page of ${told.page_origin}\nfetch("${told.url}", {\n  ${init.join(",\n  ")}\n})`;
}

const SIGNS = { passed: ["✓", "passed"], failed: ["✗", "failed"], noted: ["·", ""] };

function checkList(checks) {
  return el("ul", { class: "checks" }, ...checks.map(({ result, text, algorithm, anchor }) => {
    const [sign, word] = SIGNS[result];
    const spoken = word ? [el("span", { class: "hidden" }, `${word}: `)] : [];
    const name = el("a", { class: "name", href: anchor, target: "_blank", rel: "noreferrer" }, algorithm);
    return el("li", { class: result }, el("span", { class: "mark", "aria-hidden": "true" }, sign),
      el("span", { class: "text" }, ...spoken, `${text} `, name));
  }));
}

function message(way, line, fields) {
  const parts = [el("div", { class: `arrow ${way}` }), el("p", { class: "line" }, line), fieldList(fields, KEPT)];
  const label = way === "there" ? "The browser sends" : "The server answers";
  return el("div", { class: `message ${way}`, role: "group", "aria-label": label }, ...parts);
}

function fieldList(fields, marked) {
  return el("dl", {}, ...fields.map(([name, value]) =>
    el("div", { class: marked.test(name) ? "cors" : "" }, el("dt", {}, name), el("dd", {}, value))));
}

function decision({ decision, why, decided_by: bases }) {
  if (decision === null) return el("div", { class: "decision" }, "The page asks its own origin: nothing for CORS to decide.");
  const [kind, word] = { true: ["good", "Allowed"], false: ["bad", "Refused"] }[decision.allowed] ?? ["", "No CORS"];
  const parts = [el("b", {}, word), ": ", why];
  const at = bases.map(({ option, entry, line }) => {
    const name = entry === null ? option : `${option}[${entry}]`;
    return line === null ? `the policy has no ${name}` : `line ${line}: ${name}`;
  });
  if (at.length) parts.push(el("p", { class: "basis mono" }, at.map((text) => text.replaceAll(" ", "\u00a0")).join(" · ")));
  return el("div", { class: `decision ${kind}` }, ...parts);
}

function ending(told) {
  const rows = [];
  const row = (term, ...text) => rows.push(el("dt", {}, term), el("dd", {}, ...text));
  if (told.failure) {
    const { algorithm, anchor, message: text, console: said } = told.failure;
    row("Stopped in", el("a", { href: anchor, target: "_blank", rel: "noreferrer" }, algorithm), `: ${text}`);
    row("Console", el("code", {}, said));
    const handled = told.exchanges.some((exchange) => !exchange.is_preflight);
    if (handled) row("Mind", "The server has handled the request; only the answer is withheld.");
  } else {
    row("Page gets", readWhy(told.readable));
    row("Timing", told.readable.timing_allowed ? "may be read" : "is hidden; see timing_allow_origin");
  }
  if (told.guard) row("Guard", `${told.guard.passes ? "passes" : "refused"}, where the server asks it: ${told.guard.explain}`);
  return el("dl", { class: "end" }, ...rows);
}
