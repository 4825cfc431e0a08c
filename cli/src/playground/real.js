// The call for real: made from a frame of its origin, and held against what was predicted for the same form.
"use strict";

const PATIENCE = 10_000; // milliseconds after which a frame or a call is given up
const SENT = /^(?:access-control-|origin$|sec-fetch-site$|content-type$|authorization$|cookie$)/i;

const frames = new Map(); // by origin: a frame of that origin, and a promise that it has loaded
let runs = 0; // counts the calls and what makes them stale, so that an overtaken one is dropped

class Late extends Error {}

const inTime = (promise) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Late()), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

function frameOf({ origin, frame, is_sandboxed: sandboxed }) {
  if (!frames.has(origin)) {
    const element = el("iframe", { src: frame, sandbox: sandboxed ? "allow-scripts" : undefined, tabindex: "-1", title: `A page of ${origin}` });
    const loaded = new Promise((resolve) => {
      element.addEventListener("load", resolve, { once: true });
    });
    frames.set(origin, { element, loaded });
    $("frames").append(element);
  }
  return frames.get(origin);
}

async function callFrom(target, question) {
  const frame = frameOf(target);
  const listening = new AbortController();
  try {
    await inTime(frame.loaded);
    const id = crypto.randomUUID();
    const { contentWindow } = frame.element;
    const answer = new Promise((resolve) => {
      addEventListener("message", ({ source, origin, data }) => {
        if (source === contentWindow && origin === target.origin && data?.id === id) resolve(data);
      }, { signal: listening.signal });
    });
    // A sandboxed frame has no origin that could be named.
    contentWindow.postMessage({ id, ...question }, target.is_sandboxed ? "*" : target.origin);
    return await inTime(answer);
  } catch (error) {
    // The next call gets a fresh frame.
    frame.element.remove();
    if (frames.get(target.origin) === frame) frames.delete(target.origin);
    throw error;
  } finally {
    listening.abort();
  }
}

function whyNot() {
  if (shown?.story === undefined) return shown?.lack ?? "There is nothing to call before the errors are gone.";
  if (shown.target === undefined) return "Predicted only: no page on this machine has that origin.";
  return "";
}

function readyToRun() {
  const why = whyNot();
  // It keeps its place in the order of Tab: what is typed in haste is predicted only a moment later.
  $("run").setAttribute("aria-disabled", String(why !== ""));
  write($("run-note"), why || "or Ctrl+Enter");
  if ($("real").dataset.made === undefined && !$("real").hasAttribute("aria-busy")) {
    verdict("real", "", why ? "Cannot be asked" : "Not asked yet", why || "Make the call to see what it does.");
  }
}

function forgetReal() {
  runs += 1;
  delete $("real").dataset.made;
  $("real").removeAttribute("aria-busy");
  verdict("real", "", "Not asked yet", "Make the call to see what it does.");
  write($("agreement"), "");
  $("story").querySelector(".arrived")?.remove();
}

// An edit or another call on the way makes this one stale: `forgetReal` counts both.
async function run() {
  forgetReal();
  const mine = runs;
  if ($("outcome").hasAttribute("aria-busy")) await predict();
  if (mine !== runs) return;
  if (whyNot() !== "") return readyToRun();
  const { question, target, story } = shown;
  $("real").setAttribute("aria-busy", "true");
  verdict("real", "", "Asking …", "");
  let real;
  try {
    real = await answered(target, question);
  } catch (error) {
    const lost = `This browser shows no page of ${target.origin}, or the call takes too long.`;
    real = { unable: error instanceof Late ? lost : reasonFor(error) };
  }
  if (mine !== runs) return;
  $("real").removeAttribute("aria-busy");
  showReal(story, real);
}

// Posts the policy, makes the call, and asks what arrived.
async function answered(target, { policy, name, call: { method, headers, credentials, response } }) {
  const opened = await ask("/api/cases", { policy, name, response });
  if (opened.error !== undefined) return { unable: `${opened.error}.` };
  const url = `${setup.api}/${opened.id}${PATH}`;
  const answer = await callFrom(target, { url, method, headers: headers.map(pair), credentials: credentials ? "include" : "same-origin" });
  const { arrivals } = await documentOf(await fetch(`/api/cases/${opened.id}`));
  return { ...answer, arrivals };
}

function showReal(story, real) {
  $("real").dataset.made = "";
  if (real.unable !== undefined) return verdict("real", "", "Could not be asked", real.unable);
  const added = addedBeside(story);
  if (real.error === undefined) {
    const names = real.headers.map(([name]) => name);
    const own = names.filter((name) => !added.includes(name)).join(", ") || "none";
    const extra = names.filter((name) => added.includes(name)).join(" and ");
    verdict("real", "good", "The page reads the response",
      `Status ${real.status}; headers: ${own}${extra && `; and ${extra}, which the server's HTTP library adds`}.`);
  } else {
    verdict("real", "bad", "The page reads nothing", `fetch() says: ${real.error}.`);
  }
  const differences = compared(story, real, added);
  $("agreement").className = `agreement ${differences.length ? "bad" : "good"}`;
  write($("agreement"), differences.length
    ? `They differ: ${differences.join("; ")}.`
    : `They agree, ${["with nothing sent", "on one request", "on both requests"][real.arrivals.length] ?? "on every request"}.`);
  $("story").append(arrived(real.arrivals));
}

// What the server's HTTP library adds to the last response; a field that the response has already is left as it is.
function addedBeside({ exchanges }) {
  const sent = new Set(exchanges.at(-1)?.response.fields.map(([name]) => name.toLowerCase()));
  return setup.added.filter((name) => !sent.has(name));
}

// As the server writes values: UTF-8 where they are that, and else byte by byte, as fetch() has them all.
function valueText(value) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(value, (byte) => byte.charCodeAt(0)));
  } catch {
    return value;
  }
}

// One value for each name, in lower case: fields of one name are joined, as fetch() does.
function byName(fields) {
  const values = new Map();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    values.set(key, values.has(key) ? `${values.get(key)}, ${value}` : value);
  }
  return values;
}

// Where prediction and browser part. Only what `added` names may be there without having been predicted.
function compared(told, real, added) {
  const differences = [];
  const differ = (what, expected, found) => {
    if (expected !== found) differences.push(`${what} is ${found ?? "not there"} in place of ${expected ?? "none"}`);
  };
  if (told.allowed !== (real.error === undefined)) differences.push("whether the page reads the response");
  if (told.exchanges.length !== real.arrivals.length) differences.push("how many requests are sent");
  told.exchanges.slice(0, real.arrivals.length).forEach(({ request, response }, index) => {
    const arrival = real.arrivals[index];
    differ("the method", request.method, arrival.method);
    differ("the status", response.status, arrival.status);
    const [expected, found] = [byName(request.fields), byName(arrival.fields)];
    for (const name of ["origin", "access-control-request-method", "access-control-request-headers"]) {
      differ(name, expected.get(name), found.get(name));
    }
  });
  if (told.allowed && real.error === undefined) {
    differ("the status that the page sees", told.readable.status, real.status);
    const [expected, found] = [byName(told.readable.fields), byName(real.headers)];
    const missing = [...expected.keys()].filter((name) => !found.has(name));
    const more = [...found.keys()].filter((name) => !expected.has(name) && !added.includes(name));
    if (missing.length) differences.push(`the page does not see ${missing.join(", ")}`);
    if (more.length) differences.push(`the page also sees ${more.join(", ")}`);
    for (const [name, value] of expected) {
      if (found.has(name)) differ(name, value, valueText(found.get(name)));
    }
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
