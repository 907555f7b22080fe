// The page of the mock. It shows what `/__mock/…` says, and sends requests as any other client would.

const view = document.getElementById("view");
const live = document.getElementById("live");
let api = { operations: [] };
let seen = {};

/** Makes an element. Text is always text: nothing that the API or a request contains becomes HTML. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

async function read(path, parameters = {}) {
  const response = await fetch(`/__mock/${path}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.headers.get("content-type") === "application/json" ? response.json() : response.text();
}

/** The view that the address names, and its parameters. */
function place() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { name: path || "records", parameters: new URLSearchParams(query) };
}

function link(name, parameters) {
  return `#/${name}?${new URLSearchParams(parameters)}`;
}

const recordLink = (path) => {
  const end = path.lastIndexOf("/");
  return link("records", { in: path.slice(0, end), key: decode(path.slice(end + 1)) });
};

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A path that goes on in another line before a slash rather than within a word. */
const pathText = (path) => el("code", { class: "grow" }, path.split("/").flatMap((part, index) => (index ? [el("wbr"), `/${part}`] : [part])));

const quiet = (text) => el("p", { class: "quiet" }, text);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const tone = (status) => (status < 400 ? "good" : "bad");

function show(...sections) {
  view.className = sections.length > 1 ? "split" : "";
  view.replaceChildren(...sections);
}

// Records

async function records(parameters) {
  const { collections, more } = await read("collections");
  const collection = parameters.get("in");
  const list = el("ul", { class: "rows" }, collections.map(({ path, count }) =>
    el("li", {}, el("a", { href: link("records", { in: path }), "aria-current": path === collection && "true" },
      pathText(path), el("b", {}, String(count))))));
  const left = el("section", {}, el("h2", {}, "Collections"),
    collections.length ? list : quiet("No records are stored. Send a POST request, or try one under Operations."),
    more ? quiet(`and ${more} more`) : null);
  if (collection === null) return show(left);
  const key = parameters.get("key");
  return show(left, key === null ? await listed(collection, parameters.get("after")) : await opened(collection, key));
}

async function listed(collection, after) {
  const page = await read("records", { collection, after: after ?? 0 });
  return el("section", {}, crumbs(collection), el("h2", {}, plural(page.count, "record")),
    page.records.length ? null : quiet("No records are left."),
    el("ul", { class: "rows" }, page.records.map(({ key, record }) =>
      el("li", {}, el("a", { href: link("records", { in: collection, key }) },
        el("span", { class: "grow" }, el("code", {}, key || "(the only one)"), el("small", {}, summary(record))))))),
    el("div", { class: "actions" },
      after ? el("a", { href: link("records", { in: collection }) }, "First page") : null,
      page.next ? el("a", { href: link("records", { in: collection, after: page.next }) }, "Next page") : null));
}

/** What a person would know a record by. */
function summary(record) {
  if (typeof record !== "object" || record === null) return String(record);
  const known = ["friendly_name", "unique_name", "name", "title", "identity", "body", "label", "description"];
  const text = known.map((name) => record[name]).find((value) => typeof value === "string" && value);
  return text ?? "";
}

async function opened(collection, key) {
  const found = await read("record", { collection, key });
  const path = key ? `${collection}/${encodeURIComponent(key)}` : collection;
  if (!found.record) return el("section", {}, crumbs(collection), quiet("This record no longer exists."));
  const operations = api.operations.map((operation) => [operation, match(operation.path, path)])
    .filter(([, values]) => values);
  return el("section", {}, crumbs(collection, key), fields(found.record),
    found.below.length ? el("h3", {}, "Below it") : null,
    el("ul", { class: "rows" }, found.below.map(({ path, count }) =>
      el("li", {}, el("a", { href: link("records", { in: path }) }, pathText(path), el("b", {}, String(count)))))),
    operations.length ? el("h3", {}, "Try") : null,
    el("ul", { class: "rows" }, operations.map(([operation, values]) =>
      el("li", {}, el("a", { href: link("operations", { id: operation.id, ...values }) },
        el("span", { class: "method" }, operation.method), el("span", { class: "grow" }, operation.summary || operation.id))))));
}

/** The parents of a record, each a link. */
function crumbs(collection, key) {
  const parts = collection.split("/").slice(1);
  const known = (path) => api.operations.some((operation) => match(operation.path, path));
  const trail = [el("a", { href: "#/records" }, "Records")];
  let path = "";
  parts.forEach((part) => {
    path += `/${part}`;
    const isRecord = api.operations.some(({ path: template }) => /\}$/.test(template) && match(template, path));
    const target = !known(path) ? null : isRecord ? recordLink(path) : link("records", { in: path });
    trail.push("/", target ? el("a", { href: target }, decode(part)) : part);
  });
  if (key) trail.push("/", el("strong", {}, key));
  return el("p", { class: "crumbs" }, trail);
}

/** The values that a path has for a template's parameters; null if it is none of that template. */
function match(template, path) {
  const names = [];
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{([^}]*)\}/g, (_, name) => {
    names.push(name);
    return "([^/]+)";
  });
  const found = new RegExp(`^${escaped}$`).exec(path);
  return found && Object.fromEntries(names.map((name, index) => [`path.${name}`, decode(found[index + 1])]));
}

/** A JSON value: objects as lists of their properties, and URLs of this server as links to what they name. */
function fields(value) {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) return JSON.stringify(value);
    return value.map((item) => fields(item));
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value);
    return entries.length ? el("dl", {}, entries.map(([name, inner]) => [el("dt", {}, name), el("dd", {}, fields(inner))])) : "{}";
  }
  if (typeof value === "string") {
    const target = here(value);
    return target ? el("a", { href: target, title: value }, value.replace(/^https?:\/\/[^/]*/, "")) : value === "" ? '""' : value;
  }
  return el("span", { class: value === null ? "quiet" : null }, String(value));
}

/** The view of what a URL of this server names. */
function here(text) {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (![location.host, "localhost"].includes(url.host)) return null;
  for (const base of ["", ...api.basePaths]) {
    const path = url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : null;
    const operation = path && api.operations.find((one) => one.method === "GET" && match(one.path, path));
    if (operation) return operation.path.endsWith("}") ? recordLink(path) : link("records", { in: path });
  }
  return null;
}

// Requests

async function requests(parameters) {
  const { requests, more } = await read("requests");
  const number = parameters.get("number");
  const list = el("section", {}, el("h2", {}, "Requests"),
    requests.length ? null : quiet("None yet."),
    el("ul", { class: "rows" }, requests.map((one) =>
      el("li", {}, el("a", { href: link("requests", { number: one.number }), "aria-current": String(one.number) === number && "true" },
        el("span", { class: "method" }, one.method),
        el("span", { class: "grow" }, pathText(one.path), el("small", {}, one.reason ?? one.operation ?? "")),
        el("b", { class: tone(one.status) }, String(one.status)))))),
    more ? quiet(`and ${more} earlier ones`) : null);
  return number === null ? show(list) : show(list, await request(number));
}

async function request(number) {
  const one = await read("requests", { number });
  return el("section", {}, el("p", { class: "crumbs" }, el("a", { href: "#/requests" }, "Requests"), " / ", String(number)),
    el("h2", {}, `${one.method} ${one.path}`),
    el("p", {}, el("b", { class: tone(one.status) }, String(one.status)), one.operation ? ` ${one.operation}` : ""),
    one.reason ? el("p", { class: "bad" }, one.reason) : null,
    pairs("Query", one.query), pairs("Headers", one.headers),
    body("Body", one.body), body("Answer", one.response));
}

const pairs = (title, all) =>
  all.length ? [el("h3", {}, title), el("dl", {}, all.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]))] : null;

const body = (title, text) => (text ? [el("h3", {}, title), el("pre", {}, pretty(text))] : null);

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// Operations

let filterText = "";

function operations(parameters) {
  const id = parameters.get("id");
  const rows = api.operations.map((one) => {
    const row = el("li", {}, el("a", { href: link("operations", { id: one.id }), "aria-current": one.id === id && "true" },
      el("span", { class: "method" }, one.method),
      el("span", { class: "grow" }, pathText(one.path), el("small", {}, one.summary || one.id))));
    return { row, text: `${one.method} ${one.path} ${one.id} ${one.summary}`.toLowerCase() };
  });
  const narrow = () => {
    filterText = filter.value;
    rows.forEach(({ row, text }) => (row.hidden = !text.includes(filterText.toLowerCase())));
  };
  const filter = el("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the operations", value: filterText, oninput: narrow });
  narrow();
  const list = el("section", {}, el("h2", {}, plural(rows.length, "operation")), filter,
    el("ul", { class: "rows" }, rows.map(({ row }) => row)));
  const operation = api.operations.find((one) => one.id === id);
  return operation ? show(list, attempt(operation, parameters)) : show(list);
}

/** The form that sends a request of an operation. */
function attempt(operation, given) {
  const inputs = operation.params.map((param) => ({ param, input: input(param, given) }));
  const credentials = operation.credentials.map((one) => ({ ...one, input: el("input", { value: one.value }) }));
  const result = el("div", { role: "status" });
  const send = el("button", {}, "Send");
  const form = el("form", { onsubmit: async (event) => {
    event.preventDefault();
    send.disabled = true;
    result.replaceChildren(await sent(operation, inputs, credentials));
    send.disabled = false;
    result.scrollIntoView({ block: "nearest" });
  } },
    inputs.map(({ param, input }) => field(param.name, input, note(param))),
    credentials.map(({ place, name, input }) => field(name, input, `credentials, ${place}`)),
    el("div", { class: "actions" }, send));
  return el("section", {}, el("p", { class: "crumbs" }, el("a", { href: "#/operations" }, "Operations"), " / ", operation.id),
    el("h2", {}, `${operation.method} ${operation.path}`), operation.summary ? el("p", {}, operation.summary) : null,
    operation.deprecated ? quiet("Deprecated.") : null, form, result);
}

const field = (name, input, note) => el("label", {}, el("span", {}, el("code", {}, name), el("small", {}, note)), input);

function note(param) {
  const place = { form: "", json: "body, JSON", text: "body", bytes: "body", file: "file" }[param.place] ?? param.place;
  const kind = ["json", "file", "bytes"].includes(param.place) ? "" : param.type;
  const raw = param.raw ? `written as ${param.name}…=…` : "";
  const list = param.list && !param.raw ? "one in each line" : "";
  return [param.required ? "required" : "", place, kind, list, raw].filter(Boolean).join(", ");
}

function input(param, given) {
  const required = param.required;
  const example = typeof param.example === "string" ? param.example : JSON.stringify(param.example);
  const known = given.get(`${param.place}.${param.name}`);
  if (param.place === "file" || param.place === "bytes") return el("input", { type: "file", required, multiple: param.list });
  if (param.place === "json") return el("textarea", { class: "tall", required, spellcheck: "false" }, JSON.stringify(param.example, null, 2));
  if (param.place === "text") return el("textarea", { required }, param.example ? example : "");
  if (param.list) return el("textarea", { required, placeholder: param.values.join("\n") });
  if (param.values.length) {
    return el("select", { required }, el("option", { value: "" }, "–"), param.values.map((value) => el("option", {}, String(value))));
  }
  const placeholder = param.default ?? (param.example === null ? null : example);
  return el("input", { required, value: known, placeholder, autocomplete: "off" });
}

/** Sends the request and shows its answer. */
async function sent(operation, inputs, credentials) {
  const query = new URLSearchParams();
  const raw = [];
  const headers = new Headers();
  const form = operation.form === "multipart" ? new FormData() : new URLSearchParams();
  let path = operation.path;
  let content = operation.form ? form : undefined;
  for (const { param, input } of inputs) {
    const files = input.files ? [...input.files] : [];
    const values = param.list ? input.value.split("\n").filter(Boolean) : input.value === "" ? [] : [input.value];
    if (param.place === "path") path = path.replaceAll(`{${param.name}}`, values.map(encodeURIComponent).join(","));
    else if (param.raw) raw.push(...values);
    else if (param.place === "query") values.forEach((value) => query.append(param.name, value));
    else if (param.place === "header") values.forEach((value) => headers.append(param.name, value));
    else if (param.place === "cookie") setCookie(param.name, values[0]);
    else if (param.place === "form") values.forEach((value) => form.append(param.name, value));
    else if (param.place === "file") files.forEach((file) => form.append(param.name, file));
    else if (param.place === "bytes") [content] = files;
    else if (values.length) [content] = values;
    const whole = { json: "application/json", text: "text/plain", bytes: "application/octet-stream" }[param.place];
    // The name of a parameter that is the whole body is its media type.
    if (whole && content !== undefined) headers.set("content-type", param.name.includes("/") ? param.name : whole);
  }
  for (const { place, name, input } of credentials) {
    if (input.value === "") continue;
    if (place === "header") headers.set(name, input.value);
    else if (place === "query") query.append(name, input.value);
    else setCookie(name, input.value);
  }
  const search = [query.toString(), ...raw].filter(Boolean).join("&");
  try {
    const response = await fetch(path + (search ? `?${search}` : ""), { method: operation.method, headers, body: content });
    const text = await response.text();
    return el("div", {}, el("h3", {}, "Answer"),
      el("p", {}, el("b", { class: tone(response.status) }, String(response.status)), ` ${response.statusText}`),
      text ? el("pre", {}, pretty(text)) : quiet("No body."));
  } catch (error) {
    return el("p", { class: "bad" }, `The request failed: ${error.message}`);
  }
}

function setCookie(name, value) {
  document.cookie = value === undefined ? `${name}=; max-age=0; path=/` : `${name}=${encodeURIComponent(value)}; path=/; SameSite=Strict`;
}

// Faults

function faults() {
  const kinds = [["status=503", "status 503"], ["status=429; retry-after=1", "status 429, Retry-After 1 s"], ["status=500", "status 500"],
    ["latency=2000", "answer after 2 s"], ["drip=50", "body a byte at a time"], ["truncate", "connection ends within the body"],
    ["reset", "connection reset, request carried out"], ["malformed", "body is no JSON"], ["unknown-enum", "unknown enum values"],
    ["extra-field", "unknown properties"]];
  const kind = el("select", {}, kinds.map(([value, text]) => el("option", { value }, text)));
  const operation = el("select", {}, el("option", { value: "" }, "every operation"), api.operations.map((one) => el("option", {}, one.id)));
  const times = el("input", { type: "number", min: 1, value: 1 });
  const share = el("input", { type: "number", min: 0, max: 1, step: 0.05, placeholder: "1" });
  const result = el("p", { role: "status" });
  const add = async (event) => {
    event.preventDefault();
    const parts = [operation.value && `operation=${operation.value}`, kind.value, times.value && `times=${times.value}`,
      share.value && `probability=${share.value}`];
    const response = await fetch("/__mock/faults", { method: "POST", body: parts.filter(Boolean).join("; ") });
    result.className = response.ok ? "quiet" : "bad";
    result.textContent = await response.text();
    await poll();
  };
  const active = el("section", {}, el("h2", {}, "Faults"));
  const list = () => {
    const now = seen.faults ?? [];
    active.replaceChildren(el("h2", {}, "Faults"), now.length ? "" : quiet("No active faults. Responses follow the document."),
      el("ul", { class: "rows" }, now.map((fault) => el("li", {}, el("a", {}, el("code", { class: "grow" }, fault),
        /times=/.test(fault) ? "" : el("small", {}, "stays until removed"))))),
      now.length ? el("div", { class: "actions" }, el("button", { class: "plain", onclick: async () => {
        await fetch("/__mock/faults", { method: "DELETE" });
        await poll();
      } }, "Remove all")) : "");
  };
  list();
  whenChanged = list;
  show(active, el("section", {}, el("h2", {}, "Add a fault"),
    el("form", { onsubmit: add }, field("what happens", kind, ""), field("operation", operation, ""),
      field("times", times, "empty: until it is removed"), field("share of the requests", share, "0 to 1"),
      el("div", { class: "actions" }, el("button", {}, "Add")), result)));
}

// What changes by itself

// Without the names that every object has.
const views = { __proto__: null, records, requests, operations, faults };
let whenChanged = () => {};

async function render() {
  const { name } = place();
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  whenChanged = name === "records" || name === "requests" ? () => refresh() : () => {};
  await refresh();
}

async function refresh() {
  const { name, parameters } = place();
  view.classList.toggle("open", parameters.size > 0);
  const scrolled = [...view.children].map((section) => section.scrollTop);
  try {
    await (views[name] ?? records)(parameters);
  } catch (error) {
    show(el("section", {}, el("p", { class: "bad" }, error.message)));
  }
  view.classList.toggle("open", parameters.size > 0);
  [...view.children].forEach((section, index) => (section.scrollTop = scrolled[index] ?? 0));
}

async function poll() {
  try {
    const now = await read("changes");
    live.className = "up";
    live.textContent = plural(now.requests, "request");
    const changed = JSON.stringify(now) !== JSON.stringify(seen);
    seen = now;
    if (changed) await whenChanged();
  } catch {
    live.className = "down";
    live.textContent = "not running";
  }
}

api = await read("api");
document.getElementById("title").textContent = api.title;
document.getElementById("version").textContent = `Mock of version ${api.version}. Nothing here is real, and nothing is sent anywhere.`;
document.title = `${api.title} (mock)`;
await poll();
await render();
addEventListener("hashchange", () => {
  view.replaceChildren();
  render();
  scrollTo(0, 0);
});
setInterval(() => document.hidden || poll(), 1000);
