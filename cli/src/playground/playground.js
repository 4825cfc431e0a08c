// The page of corsac's playground. It has no CORS logic: it asks the server, has exchange.js draw the answer, and real.js make the call.
"use strict";

const $ = (id) => document.getElementById(id);
const form = {
  policy: $("policy"), from: $("from"), other: $("other"), method: $("method"),
  credentials: $("credentials"), headers: $("headers"), response: $("response"),
};
const PATH = "/items/7";
const PAUSE = 150; // milliseconds after the last key before the server is asked
const MOST = 20; // findings that are shown

let setup; // what the server says of itself
// What is predicted: the question, the page that can ask it for real, and the document of `corsac explain`, or else what is lacking.
// Undefined between an edit and its answer.
let shown;
let asking; // aborts the question of the last edit
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

// The same for a list of elements.
function redraw(element, children) {
  const fresh = element.cloneNode(false);
  fresh.append(...children);
  if (!fresh.isEqualNode(element)) element.replaceChildren(...fresh.childNodes);
}

function verdict(id, kind, word, why) {
  const box = $(id);
  box.className = `verdict ${kind}`;
  write(box.querySelector(".word"), word);
  write(box.querySelector(".why"), why);
}

// The server

// What the server does not take as a question. A no that answers one is a document.
class Unasked extends Error {}

async function ask(path, question, signal) {
  const body = new Blob([JSON.stringify(question)], { type: "application/json" });
  // Said here, as a server that refuses a long body may hang up before its answer is read.
  if (body.size > setup.most_bytes) {
    throw new Unasked(`The policy and the call are too long for the playground: ${body.size} bytes as JSON, of at most ${setup.most_bytes}.`);
  }
  return documentOf(await fetch(path, { method: "POST", body, signal }));
}

async function documentOf(response) {
  if (response.ok) return response.json();
  throw new Unasked(`The playground's server answers ${response.status}: ${(await response.text()).trim()}.`);
}

const reasonFor = (error) =>
  error instanceof Unasked ? error.message : "The playground's server does not answer: it may have been ended.";

const lines = (field) => field.value.split("\n").filter((line) => line.trim() !== "");
// Blanks around a value are those of HTTP alone.
const pair = (line) => {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, "")];
};
const page = () => setup.pages[form.from.selectedIndex];

function questionOfForm() {
  const call = {
    from: page()?.origin ?? form.other.value.trim(),
    method: form.method.value.trim() || "GET",
    url: setup.api + PATH,
    headers: lines(form.headers),
    credentials: form.credentials.checked,
    response: lines(form.response),
  };
  return { policy: form.policy.value, name: setup.name ?? "policy.toml", call };
}

// Prediction, after every edit

function edited() {
  asking?.abort();
  shown = undefined;
  $("apply").disabled = true;
  $("outcome").setAttribute("aria-busy", "true");
  $("other-field").hidden = page() !== undefined;
  forgetReal();
  number();
  clearTimeout(timer);
  timer = setTimeout(predict, PAUSE);
}

async function predict() {
  clearTimeout(timer);
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const question = questionOfForm();
  const target = page();
  try {
    const [checked, told] = await Promise.all([
      ask("/api/check", { policy: question.policy, name: question.name }, signal),
      ask("/api/explain", question, signal),
    ]);
    if (signal.aborted) return;
    shown = { question, target, story: told.error === undefined ? told : undefined };
    showFindings(checked);
    showPrediction(checked, told);
  } catch (error) {
    if (signal.aborted) return;
    showLack(question, reasonFor(error));
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
  form.policy.setSelectionRange(at, at);
  form.policy.focus();
  const height = parseFloat(getComputedStyle(form.policy).lineHeight);
  const top = (line - 1) * height;
  const { scrollTop, clientHeight } = form.policy;
  if (top < scrollTop || top + 2 * height > scrollTop + clientHeight) form.policy.scrollTop = top - clientHeight / 2;
}

const place = (line, column) =>
  el("button", { type: "button", "data-column": column, onclick: () => goTo(line, column) }, `Line ${line}`);

// What is no TOML at all has one error.
const findingsOf = (checked) => checked.error === undefined
  ? [...checked.problems, ...checked.warnings]
  : [{ ...checked, level: "error", message: checked.message ?? checked.error }];

const isError = ({ level }) => level === "error";

function showFindings(checked) {
  const findings = findingsOf(checked);
  const errors = findings.filter(isError);
  // An error at a line counts for more than a doubt at the same.
  const marks = new Map([...findings].reverse().map(({ line, level }) => [line, level]));
  for (const { line } of errors) marks.set(line, "error");
  number(marks);
  form.policy.setAttribute("aria-invalid", String(errors.length > 0));
  const items = findings.slice(0, MOST).map(({ level, line, column, message }) =>
    el("li", { class: level }, ...(line === undefined ? [] : [place(line, column), ": "]), ...prose(message)));
  if (findings.length > MOST) items.push(el("li", { class: "note" }, `and ${findings.length - MOST} more`));
  redraw($("problems"), items);
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const state = $("policy-state");
  state.className = `state ${errors.length ? "bad" : "good"}`;
  write(state, errors.length ? count(errors.length, "error") : findings.length ? `valid, ${count(findings.length, "remark")}` : "valid");
}

// The outcome

function showPrediction(checked, told) {
  const { question, story } = shown;
  showWrong(told);
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
  $("story").replaceChildren(...drawn(story, question.call));
}

// Where there is no answer, nothing of an older one may stay.
function showLack(question, lack) {
  shown = { question, lack };
  verdict("predicted", "bad", "No answer", lack);
  showWrong({});
  redraw($("problems"), []);
  form.policy.removeAttribute("aria-invalid");
  $("policy-state").className = "state";
  write($("policy-state"), "not checked");
  $("fix").hidden = true;
  $("story").replaceChildren();
}

// Tells beside a field of the call that it is what cannot be read.
function showWrong({ field, error }) {
  for (const id of ["other", "method", "headers", "response"]) {
    const isWrong = field === (id === "other" ? "from" : id);
    $(id).setAttribute("aria-invalid", String(isWrong));
    write($(`${id}-wrong`), isWrong ? `${error}.` : "");
    if (isWrong && id === "response") $(id).closest("details").open = true;
  }
}

// The server's reason where it has one, as that is what there is to change.
function failedWhy({ exchanges, failure }) {
  const last = exchanges.at(-1);
  const why = last?.decision?.allowed === false ? last.why : failure.message;
  return `Stopped in ${failure.algorithm}: ${why}.`;
}

function readWhy({ status, fields, hidden }) {
  const names = fields.map(([name]) => name.toLowerCase()).join(", ") || "none";
  return `Status ${status}; headers: ${names}${hidden.length ? `; hidden: ${hidden.join(", ")}` : ""}.`;
}

function showFix({ works, changes, advice }) {
  $("fix").hidden = changes.length + advice.length === 0;
  $("changes").replaceChildren(...changes.map(({ toml }) => el("li", {}, el("code", {}, toml))));
  $("advice").replaceChildren(...advice.map((text) => el("li", {}, ...prose(text))));
  $("apply").hidden = !works || changes.length === 0;
  $("apply").disabled = false;
  write($("fix-note"), "");
}

async function apply() {
  const taken = shown;
  try {
    const fixed = await ask("/api/fix", taken.question);
    // What was typed meanwhile is newer than the fix.
    if (shown !== taken) return;
    if (fixed.error !== undefined) throw new Unasked(`${fixed.error}.`);
    setPolicy(fixed.policy);
    await predict();
    $("outcome").focus();
  } catch (error) {
    if (shown === taken) write($("fix-note"), reasonFor(error));
  }
}

// Puts a text into the editor so that Ctrl+Z brings the old one back.
function setPolicy(text) {
  form.policy.focus({ preventScroll: true });
  form.policy.select();
  if (!document.execCommand("insertText", false, text)) form.policy.value = text;
  form.policy.setSelectionRange(0, 0);
  edited();
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
  setup = await documentOf(await fetch("/api/setup"));
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
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (setup !== undefined) run();
});

start().catch((error) => {
  showLack(undefined, reasonFor(error));
  readyToRun();
});
