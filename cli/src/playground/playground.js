// The page of corsac's playground. It has no CORS logic: it asks the server, draws the answer, and makes the call for real.
"use strict";

const $ = (id) => document.getElementById(id);
const form = {
  policy: $("policy"), from: $("from"), other: $("other"), method: $("method"),
  credentials: $("credentials"), headers: $("headers"), response: $("response"),
};
const PATH = "/items/7";
const PAUSE = 150; // milliseconds after the last key before the server is asked
const MOST = 20; // findings that are shown
const PATIENCE = 10_000; // milliseconds after which a call for real is given up
const KEPT = /^(?:access-control-|timing-allow-origin$|origin$|vary$)/i;
const SENT = /^(?:access-control-|origin$|sec-fetch-site$|content-type$|authorization$|cookie$)/i;

let setup; // what the server says of itself
let story; // the document of `corsac explain`, or undefined
let edits = 0; // counts them, so that an answer to an older text is dropped
let timer;

// Elements, from text only: nothing that was typed or received is ever read as HTML.

function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") element.addEventListener("click", value);
    else if (value !== false && value !== undefined) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

// Text in which `such` is code.
const prose = (text) => text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));

// Screen readers are told again of whatever is written, so what has not changed is left alone.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function verdict(id, kind, word, why) {
  const box = $(id);
  box.className = `verdict ${kind}`;
  write(box.querySelector(".word"), word);
  write(box.querySelector(".why"), why);
}

// The server

async function ask(path, question) {
  const body = JSON.stringify(question);
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!response.ok) return { error: (await response.text()).trim() };
  return response.json();
}

const policyText = () => ({ policy: form.policy.value, name: setup.name ?? "policy.toml" });
const lines = (field) => field.value.split("\n").filter((line) => line.trim() !== "");
const page = () => setup.pages[form.from.selectedIndex];

function call() {
  return {
    from: page()?.origin ?? form.other.value.trim(),
    method: form.method.value.trim() || "GET",
    url: setup.api + PATH,
    headers: lines(form.headers),
    credentials: form.credentials.checked,
    response: lines(form.response),
  };
}

// Prediction, after every edit

function edited() {
  edits += 1;
  $("outcome").setAttribute("aria-busy", "true");
  $("other-field").hidden = page() !== undefined;
  forgetReal();
  number();
  clearTimeout(timer);
  timer = setTimeout(predict, PAUSE);
}

async function predict() {
  clearTimeout(timer);
  const asked = edits;
  try {
    const [checked, told] = await Promise.all([
      ask("/api/check", policyText()),
      ask("/api/explain", { ...policyText(), call: call() }),
    ]);
    if (asked !== edits) return;
    showFindings(checked);
    showPrediction(checked, told);
  } catch {
    if (asked !== edits) return;
    story = undefined;
    verdict("predicted", "", "No answer", "The playground's server does not answer: it may have been ended.");
  }
  readyToRun();
  $("outcome").removeAttribute("aria-busy");
}

// The policy's editor

function number(marks = new Map()) {
  const rows = form.policy.value.split("\n").length;
  form.policy.rows = Math.min(Math.max(rows, 6), 18);
  const numbers = Array.from({ length: rows }, (_, at) => el("div", { class: marks.get(at + 1) ?? "" }, String(at + 1)));
  $("gutter").replaceChildren(...numbers);
  // Bands behind the lines that are wrong; they scroll with the text.
  const wrong = [...marks].filter(([line, level]) => line !== undefined && level === "error").map(([line]) => line).slice(0, MOST);
  const { style } = form.policy;
  style.backgroundImage = wrong.map(() => "linear-gradient(var(--bad-ground), var(--bad-ground))").join(", ");
  style.backgroundPosition = wrong.map((line) => `0 calc(.6rem + ${line - 1} * 1lh)`).join(", ");
  follow();
}

// The numbers stand beside their lines, wherever these are scrolled to, and however high the field was pulled.
function follow() {
  $("gutter").style.height = `${form.policy.offsetHeight}px`;
  $("gutter").scrollTop = form.policy.scrollTop;
}

function goTo(line, column = 1) {
  const before = form.policy.value.split("\n").slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const at = before + column - 1;
  form.policy.focus();
  form.policy.setSelectionRange(at, at);
}

const place = (line, column) => el("button", { type: "button", onclick: () => goTo(line, column) }, `Line ${line}`);

// What is no TOML at all has one error, which begins with its place.
const findingsOf = (checked) => checked.error === undefined
  ? [...checked.problems, ...checked.warnings]
  : [{ ...checked, level: "error", message: checked.error.replace(/^[^:]*:\d+:\d+: /, "") }];

const isError = ({ level }) => level === "error";

function showFindings(checked) {
  const findings = findingsOf(checked);
  const errors = findings.filter(isError);
  // An error at a line counts for more than a doubt at the same.
  const marks = new Map([...findings].reverse().map(({ line, level }) => [line, level]));
  for (const { line } of errors) marks.set(line, "error");
  number(marks);
  form.policy.setAttribute("aria-invalid", String(errors.length > 0));
  const shown = findings.slice(0, MOST).map(({ level, line, column, message }) =>
    el("li", { class: level }, ...(line === undefined ? [] : [place(line, column), ": "]), ...prose(message)));
  if (findings.length > MOST) shown.push(el("li", { class: "note" }, `and ${findings.length - MOST} more`));
  $("problems").replaceChildren(...shown);
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const state = $("policy-state");
  state.className = `state ${errors.length ? "bad" : "good"}`;
  write(state, errors.length ? count(errors.length, "error") : findings.length ? `valid, ${count(findings.length, "remark")}` : "valid");
}

// The outcome

function showPrediction(checked, told) {
  story = told.error === undefined ? told : undefined;
  $("fix").hidden = true;
  if (story === undefined) {
    $("story").replaceChildren();
    const [first] = findingsOf(checked).filter(isError);
    if (first === undefined) verdict("predicted", "bad", "This is no call", `${told.error}.`);
    else verdict("predicted", "bad", "The policy is invalid", `No server starts with it. ${first.line ? `Line ${first.line}: ` : ""}${first.message}.`);
    return;
  }
  if (story.allowed) verdict("predicted", "good", "The page reads the response", readWhy(story.readable));
  else verdict("predicted", "bad", "The page reads nothing", failedWhy(story));
  if (story.fix) showFix(story.fix);
  $("story").replaceChildren(...drawn(story));
}

// The server's reason where it has one, as that is what there is to change.
function failedWhy({ exchanges, failure }) {
  const decided = exchanges.at(-1)?.decision;
  const why = decided?.allowed === false ? reasonOf(decided) : failure.message;
  return `Stopped in ${failure.algorithm}: ${why}.`;
}

// The explanation without the console's sentence, which is shown apart.
const reasonOf = ({ explain }) => explain.replace(/; a browser's console is likely to say: .*$/s, "");

function readWhy({ status, fields, hidden }) {
  const names = fields.map(([name]) => name.toLowerCase()).join(", ") || "none";
  return `Status ${status}; headers: ${names}${hidden.length ? `; hidden: ${hidden.join(", ")}` : ""}.`;
}

function showFix({ works, changes, advice }) {
  $("fix").hidden = changes.length + advice.length === 0;
  $("changes").replaceChildren(...changes.map(({ toml }) => el("li", {}, el("code", {}, toml))));
  $("advice").replaceChildren(...advice.map((text) => el("li", {}, ...prose(text))));
  $("apply").hidden = !works || changes.length === 0;
}

async function apply() {
  const fixed = await ask("/api/fix", { ...policyText(), call: call() });
  if (fixed.policy === undefined) return;
  setPolicy(fixed.policy);
  await predict();
  $("outcome").focus();
}

// Puts a text into the editor so that Ctrl+Z brings the old one back.
function setPolicy(text) {
  form.policy.focus({ preventScroll: true });
  form.policy.select();
  if (!document.execCommand("insertText", false, text)) form.policy.value = text;
  form.policy.setSelectionRange(0, 0);
  edited();
}

// The exchange

function drawn(told) {
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
    el("div", { class: "call mono" }, written(told)),
    ...told.notes.map((note) => el("p", { class: "end" }, note)),
    el("div", { class: "lanes", "aria-hidden": "true" }, el("span", {}, "Browser"), el("span", {}, "Server")),
    el("div", { class: "timeline" }, ...parts),
    ending(told),
  ];
}

// The call as a script has it.
function written(told) {
  const { headers, credentials } = call();
  const pairs = headers.map((line) => {
    const [name, ...value] = line.split(":");
    return `${JSON.stringify(name.trim())}: ${JSON.stringify(value.join(":").trim())}`;
  });
  const init = [`method: ${JSON.stringify(told.method)}`];
  if (pairs.length) init.push(`headers: { ${pairs.join(", ")} }`);
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

function decision({ decision, decided_by: bases }) {
  if (decision === null) return el("div", { class: "decision" }, "The page asks its own origin: nothing for CORS to decide.");
  const [kind, word] = { true: ["good", "Allowed"], false: ["bad", "Refused"] }[decision.allowed] ?? ["", "No CORS"];
  const parts = [el("b", {}, word), ": ", reasonOf(decision)];
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

// The call for real

const frames = new Map(); // by origin: a frame of that origin, loaded

function frameOf({ origin, frame, is_sandboxed: sandboxed }) {
  if (!frames.has(origin)) {
    frames.set(origin, new Promise((resolve) => {
      const element = el("iframe", { src: frame, sandbox: sandboxed ? "allow-scripts" : undefined, tabindex: "-1", title: `A page of ${origin}` });
      element.addEventListener("load", () => resolve(element), { once: true });
      $("frames").append(element);
    }));
  }
  return frames.get(origin);
}

async function callFrom(target, question) {
  const element = await frameOf(target);
  const id = crypto.randomUUID();
  return new Promise((resolve) => {
    const done = (answer) => {
      clearTimeout(late);
      removeEventListener("message", heard);
      resolve(answer);
    };
    const heard = ({ source, origin, data }) => {
      if (source === element.contentWindow && origin === target.origin && data?.id === id) done(data);
    };
    const late = setTimeout(() => done(undefined), PATIENCE);
    addEventListener("message", heard);
    // A sandboxed frame has no origin that could be named.
    element.contentWindow.postMessage({ id, ...question }, target.is_sandboxed ? "*" : target.origin);
  });
}

function whyNot() {
  if (story === undefined) return "There is nothing to call before the errors are gone.";
  if (page() === undefined) return "Predicted only: no page on this machine has that origin.";
  return "";
}

function readyToRun() {
  const why = whyNot();
  // It keeps its place in the order of Tab: what is typed in haste is predicted only a moment later.
  $("run").setAttribute("aria-disabled", String(why !== ""));
  write($("run-note"), why || "or Ctrl+Enter");
  if ($("real").dataset.made === undefined) {
    verdict("real", "", why ? "Cannot be asked" : "Not asked yet", why || "Make the call to see what it does.");
  }
}

function forgetReal() {
  delete $("real").dataset.made;
  verdict("real", "", "Not asked yet", "Make the call to see what it does.");
  write($("agreement"), "");
  $("story").querySelector(".arrived")?.remove();
}

async function run() {
  if ($("outcome").hasAttribute("aria-busy")) await predict();
  if (whyNot() !== "") return readyToRun();
  const asked = edits;
  const target = page();
  const { method, headers, credentials, response } = call();
  $("real").setAttribute("aria-busy", "true");
  verdict("real", "", "Asking …", "");
  try {
    const real = await answered(target, { method, headers, credentials, response });
    if (asked === edits) showReal(real);
  } catch {
    if (asked === edits) verdict("real", "bad", "No answer", "The playground's server does not answer: it may have been ended.");
  }
  $("real").removeAttribute("aria-busy");
}

// Posts the policy, makes the call, and asks what arrived.
async function answered(target, { method, headers, credentials, response }) {
  const opened = await ask("/api/cases", { ...policyText(), response });
  if (opened.error !== undefined) return { unable: opened.error };
  const pairs = headers.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]);
  const url = `${setup.api}/${opened.id}${PATH}`;
  const answer = await callFrom(target, { url, method, headers: pairs, credentials: credentials ? "include" : "same-origin" });
  if (answer === undefined) return { unable: `This browser shows no page of ${target.origin}, or the call takes too long.` };
  const { arrivals } = await (await fetch(`/api/cases/${opened.id}`)).json();
  return { ...answer, arrivals };
}

function showReal(real) {
  $("real").dataset.made = "";
  if (real.unable !== undefined) return verdict("real", "", "Could not be asked", real.unable);
  if (real.error === undefined) {
    const names = real.headers.map(([name]) => name).join(", ") || "none";
    verdict("real", "good", "The page reads the response", `Status ${real.status}; headers: ${names}.`);
  } else {
    verdict("real", "bad", "The page reads nothing", `fetch() says: ${real.error}.`);
  }
  const differences = compared(story, real);
  $("agreement").className = `agreement ${differences.length ? "bad" : "good"}`;
  write($("agreement"), differences.length
    ? `They differ: ${differences.join("; ")}.`
    : `They agree, ${["with nothing sent", "on one request", "on both requests"][real.arrivals.length] ?? "on every request"}.`);
  $("story").append(arrived(real.arrivals));
}

// Where prediction and browser part. Names that the server's HTTP library adds are no difference.
function compared(told, real) {
  const differences = [];
  if (told.allowed !== (real.error === undefined)) differences.push("whether the page reads the response");
  if (told.exchanges.length !== real.arrivals.length) differences.push("how many requests are sent");
  told.exchanges.slice(0, real.arrivals.length).forEach(({ request }, index) => {
    const sent = (fields, name) => fields.find(([field]) => field.toLowerCase() === name)?.[1];
    for (const name of ["origin", "access-control-request-method", "access-control-request-headers"]) {
      const [expected, found] = [sent(request.fields, name), sent(real.arrivals[index].fields, name)];
      if (expected !== found) differences.push(`${name} is ${found ?? "not sent"} in place of ${expected ?? "none"}`);
    }
  });
  if (told.allowed && real.error === undefined) {
    const seen = new Set(real.headers.map(([name]) => name));
    const missing = told.readable.fields.map(([name]) => name.toLowerCase()).filter((name) => !seen.delete(name));
    const more = [...seen].filter((name) => name !== "content-length");
    if (missing.length) differences.push(`the page does not see ${missing.join(", ")}`);
    if (more.length) differences.push(`the page also sees ${more.join(", ")}`);
  }
  return differences;
}

function arrived(arrivals) {
  const parts = arrivals.map(({ method, target, fields, status }) => {
    const main = fields.filter(([name]) => SENT.test(name));
    const rest = fields.filter(([name]) => !SENT.test(name));
    return el("div", { class: "message" }, el("p", { class: "line" }, `${method} ${target} → ${status}`), fieldList(main, KEPT),
      el("details", {}, el("summary", {}, `${rest.length} more headers`), fieldList(rest, KEPT)));
  });
  const none = el("p", { class: "never" }, "Nothing arrived.");
  return el("section", { class: "arrived", "aria-labelledby": "arrived-title" },
    el("h3", { id: "arrived-title" }, "What this browser sent"), ...(parts.length ? parts : [none]),
    el("p", { class: "aside" }, "Each call has a path of its own, so that no remembered preflight answers it."));
}

// The table of mistakes

// The roles are said because rows that are laid out as a grid lose them in some browsers.
function showPresets() {
  $("presets").replaceChildren(...setup.presets.map((preset) => {
    const [row, title, button] = ["preset", "title", "try"].map((part) => `${part}-${preset.id}`);
    const attempt = el("button", { type: "button", id: button, "aria-labelledby": `${button} ${title}`, onclick: () => tryOut(preset) }, "Try");
    return el("tr", { id: row, role: "row" },
      el("th", { scope: "row", id: title, role: "rowheader" }, ...prose(preset.title)),
      el("td", { role: "cell" }, ...prose(preset.wrong)),
      el("td", { role: "cell" }, attempt));
  }));
}

function takeCall({ from, method, headers, credentials, response }) {
  chooseFrom(from);
  form.method.value = method;
  form.headers.value = headers.join("\n");
  form.credentials.checked = credentials;
  form.response.value = response.join("\n");
}

const textOf = ({ policy }) => `${policy.join("\n")}\n`;

function chooseFrom(origin) {
  const at = setup.pages.findIndex((known) => known.origin === origin);
  form.from.selectedIndex = at === -1 ? setup.pages.length : at;
  if (at === -1) form.other.value = origin;
}

async function tryOut(preset) {
  document.querySelector(".mistakes .current")?.classList.remove("current");
  $(`preset-${preset.id}`).classList.add("current");
  takeCall(preset.call);
  setPolicy(textOf(preset));
  $("outcome").focus({ preventScroll: true });
  scrollTo({ top: matchMedia("(min-width: 900px)").matches ? 0 : $("outcome").offsetTop - 12 });
  await run();
}

// The start

async function start() {
  setup = await (await fetch("/api/setup")).json();
  write($("version"), setup.version);
  form.from.replaceChildren(
    ...setup.pages.map(({ origin, what }) => el("option", {}, `${origin} (${what})`)), el("option", {}, "another origin"));
  showPresets();
  const [first] = setup.presets;
  takeCall(setup.policy === null ? first.call : { ...first.call, from: setup.from ?? first.call.from, credentials: false });
  form.policy.value = setup.policy ?? textOf(first);
  edited();
  for (const field of Object.values(form)) field.addEventListener("input", edited);
  form.policy.addEventListener("scroll", follow);
  new ResizeObserver(follow).observe(form.policy);
  $("apply").addEventListener("click", apply);
  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
}

start();
