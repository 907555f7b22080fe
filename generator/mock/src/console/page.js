// The web page of the mock. It shows the data from the endpoints below `/__mock/`, and sends requests to the API like
// any client.

import { bodySection, createElement, field, hint, link, pathText, plural, prettyJson, read, showSections, statusClass, view } from "./elements.js";
import { webhooks } from "./webhooks.js";

const connectionStatus = document.getElementById("live");
let api = { operations: [] };
let lastChanges = {};

/** Returns the name of the view in the address, and its parameters. */
function currentView() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { name: path || "records", parameters: new URLSearchParams(query) };
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

async function records(parameters) {
  const { collections, more } = await read("collections");
  const collection = parameters.get("in");
  const list = createElement("ul", { class: "rows" }, collections.map(({ path, count }) =>
    createElement("li", {}, createElement("a", { href: link("records", { in: path }), "aria-current": path === collection && "true" },
      pathText(path), createElement("b", {}, String(count))))));
  const collectionList = createElement("section", {}, createElement("h2", {}, "Collections"),
    collections.length ? list : hint("No records are stored. Send a POST request, or try one under Operations."),
    more ? hint(`and ${more} more collections`) : null);
  if (collection === null) return showSections(collectionList);
  const key = parameters.get("key");
  return showSections(collectionList, key === null ? await recordList(collection, parameters.get("after")) : await recordDetails(collection, key));
}

async function recordList(collection, after) {
  const page = await read("records", { collection, after: after ?? 0 });
  return createElement("section", {}, breadcrumbs(collection), createElement("h2", {}, plural(page.count, "record")),
    page.records.length ? null : hint("This collection has no records on this page."),
    createElement("ul", { class: "rows" }, page.records.map(({ key, record }) =>
      createElement("li", {}, createElement("a", { href: link("records", { in: collection, key }) },
        createElement("span", { class: "grow" }, createElement("code", {}, key || "(singleton)"), createElement("small", {}, summary(record))))))),
    createElement("div", { class: "actions" },
      after ? createElement("a", { href: link("records", { in: collection }) }, "First page") : null,
      page.next ? createElement("a", { href: link("records", { in: collection, after: page.next }) }, "Next page") : null));
}

/** Returns the name or text by which a user recognises a record. */
function summary(record) {
  if (typeof record !== "object" || record === null) return String(record);
  const nameProperties = ["friendly_name", "unique_name", "name", "title", "identity", "body", "label", "description"];
  const text = nameProperties.map((name) => record[name]).find((value) => typeof value === "string" && value);
  return text ?? "";
}

async function recordDetails(collection, key) {
  const found = await read("record", { collection, key });
  const path = key ? `${collection}/${encodeURIComponent(key)}` : collection;
  if (!found.record) return createElement("section", {}, breadcrumbs(collection), hint("This record no longer exists."));
  const operations = api.operations.map((operation) => [operation, match(operation.path, path)])
    .filter(([, values]) => values);
  return createElement("section", {}, breadcrumbs(collection, key), jsonView(found.record),
    found.children.length ? createElement("h3", {}, "Child collections") : null,
    createElement("ul", { class: "rows" }, found.children.map(({ path, count }) =>
      createElement("li", {}, createElement("a", { href: link("records", { in: path }) }, pathText(path), createElement("b", {}, String(count)))))),
    operations.length ? createElement("h3", {}, "Operations on this record") : null,
    createElement("ul", { class: "rows" }, operations.map(([operation, values]) =>
      createElement("li", {}, createElement("a", { href: link("operations", { id: operation.id, ...values }) },
        createElement("span", { class: "method" }, operation.method), createElement("span", { class: "grow" }, operation.summary || operation.id))))));
}

/** Creates a breadcrumb navigation with links to the parents of a record. */
function breadcrumbs(collection, key) {
  const parts = collection.split("/").slice(1);
  const isDocumented = (path) => api.operations.some((operation) => match(operation.path, path));
  const trail = [createElement("a", { href: "#/records" }, "Records")];
  let path = "";
  parts.forEach((part) => {
    path += `/${part}`;
    const isRecord = api.operations.some(({ path: template }) => /\}$/.test(template) && match(template, path));
    const target = !isDocumented(path) ? null : isRecord ? recordLink(path) : link("records", { in: path });
    trail.push("/", target ? createElement("a", { href: target }, decode(part)) : part);
  });
  if (key) trail.push("/", createElement("strong", {}, key));
  return createElement("p", { class: "crumbs" }, trail);
}

/** Returns the values of the parameters of a path template in a path. Returns null if the path does not match the template. */
function match(template, path) {
  const names = [];
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{([^}]*)\}/g, (_, name) => {
    names.push(name);
    return "([^/]+)";
  });
  const found = new RegExp(`^${escaped}$`).exec(path);
  return found && Object.fromEntries(names.map((name, index) => [`path.${name}`, decode(found[index + 1])]));
}

/** Shows a JSON value. Objects become lists of their properties. URLs of this server become links to the view of the record. */
function jsonView(value) {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) return JSON.stringify(value);
    return value.map((item) => jsonView(item));
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value);
    return entries.length ? createElement("dl", {}, entries.map(([name, inner]) => [createElement("dt", {}, name), createElement("dd", {}, jsonView(inner))])) : "{}";
  }
  if (typeof value === "string") {
    const target = viewOfUrl(value);
    return target ? createElement("a", { href: target, title: value }, value.replace(/^https?:\/\/[^/]*/, "")) : value === "" ? '""' : value;
  }
  return createElement("span", { class: value === null ? "quiet" : null }, String(value));
}

/** Returns the address of the view of the record or collection at a URL of this server. Returns null for other URLs. */
function viewOfUrl(text) {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (![location.host, "localhost"].includes(url.host)) return null;
  for (const base of ["", ...api.basePaths]) {
    const path = url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : null;
    const operation = path && api.operations.find((candidate) => candidate.method === "GET" && match(candidate.path, path));
    if (operation) return operation.path.endsWith("}") ? recordLink(path) : link("records", { in: path });
  }
  return null;
}

async function requests(parameters) {
  const { requests, more } = await read("requests");
  const number = parameters.get("number");
  const list = createElement("section", {}, createElement("h2", {}, "Requests"),
    requests.length ? null : hint("No requests yet."),
    createElement("ul", { class: "rows" }, requests.map((recorded) =>
      createElement("li", {}, createElement("a", { href: link("requests", { number: recorded.number }), "aria-current": String(recorded.number) === number && "true" },
        createElement("span", { class: "method" }, recorded.method),
        createElement("span", { class: "grow" }, pathText(recorded.path), createElement("small", {}, recorded.reason ?? recorded.operation ?? "")),
        createElement("b", { class: statusClass(recorded.status) }, String(recorded.status)))))),
    more ? hint(`and ${more} earlier requests`) : null);
  return number === null ? showSections(list) : showSections(list, await request(number));
}

async function request(number) {
  const recorded = await read("requests", { number });
  return createElement("section", {}, createElement("p", { class: "crumbs" }, createElement("a", { href: "#/requests" }, "Requests"), " / ", String(number)),
    createElement("h2", {}, `${recorded.method} ${recorded.path}`),
    createElement("p", {}, createElement("b", { class: statusClass(recorded.status) }, String(recorded.status)), recorded.operation ? ` ${recorded.operation}` : ""),
    recorded.reason ? createElement("p", { class: "bad" }, recorded.reason) : null,
    nameValueList("Query", recorded.query), nameValueList("Headers", recorded.headers),
    bodySection("Body", recorded.body), bodySection("Response", recorded.response));
}

const nameValueList = (title, all) =>
  all.length ? [createElement("h3", {}, title), createElement("dl", {}, all.map(([name, value]) => [createElement("dt", {}, name), createElement("dd", {}, value)]))] : null;

let filterText = "";

function operations(parameters) {
  const id = parameters.get("id");
  const rows = api.operations.map((operation) => {
    const row = createElement("li", {}, createElement("a", { href: link("operations", { id: operation.id }), "aria-current": operation.id === id && "true" },
      createElement("span", { class: "method" }, operation.method),
      createElement("span", { class: "grow" }, pathText(operation.path), createElement("small", {}, operation.summary || operation.id))));
    return { row, text: `${operation.method} ${operation.path} ${operation.id} ${operation.summary}`.toLowerCase() };
  });
  const applyFilter = () => {
    filterText = filter.value;
    rows.forEach(({ row, text }) => (row.hidden = !text.includes(filterText.toLowerCase())));
  };
  const filter = createElement("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the operations", value: filterText, oninput: applyFilter });
  applyFilter();
  const list = createElement("section", {}, createElement("h2", {}, plural(rows.length, "operation")), filter,
    createElement("ul", { class: "rows" }, rows.map(({ row }) => row)));
  const selected = api.operations.find((operation) => operation.id === id);
  return selected ? showSections(list, requestForm(selected, parameters)) : showSections(list);
}

/** Creates the form that sends a request of an operation. */
function requestForm(operation, parameters) {
  const inputs = operation.params.map((param) => ({ param, input: input(param, parameters) }));
  const credentials = operation.credentials.map((credential) => ({ ...credential, input: createElement("input", { value: credential.value }) }));
  const result = createElement("div", { role: "status" });
  const send = createElement("button", {}, "Send");
  const form = createElement("form", { onsubmit: async (event) => {
    event.preventDefault();
    send.disabled = true;
    result.replaceChildren(await sendRequest(operation, inputs, credentials));
    send.disabled = false;
    result.scrollIntoView({ block: "nearest" });
  } },
    inputs.map(({ param, input }) => field(param.name, input, parameterDescription(param))),
    credentials.map(({ location, name, input }) => field(name, input, `credentials, ${location}`)),
    createElement("div", { class: "actions" }, send));
  return createElement("section", {}, createElement("p", { class: "crumbs" }, createElement("a", { href: "#/operations" }, "Operations"), " / ", operation.id),
    createElement("h2", {}, `${operation.method} ${operation.path}`), operation.summary ? createElement("p", {}, operation.summary) : null,
    operation.deprecated ? hint("Deprecated.") : null, form, result);
}

function parameterDescription(param) {
  const location = { form: "", json: "body, JSON", text: "body", bytes: "body", file: "file" }[param.location] ?? param.location;
  const kind = ["json", "file", "bytes"].includes(param.location) ? "" : param.type;
  const style = param.style ? `enter name=value, serialized in the style ${param.style}` : "";
  const list = param.list && !param.style ? "one value per line" : "";
  return [param.required ? "required" : "", location, kind, list, style].filter(Boolean).join(", ");
}

function input(param, parameters) {
  const required = param.required;
  const example = typeof param.example === "string" ? param.example : JSON.stringify(param.example);
  const value = parameters.get(`${param.location}.${param.name}`);
  if (param.location === "file" || param.location === "bytes") return createElement("input", { type: "file", required, multiple: param.list });
  if (param.location === "json") return createElement("textarea", { class: "tall", required, spellcheck: "false" }, JSON.stringify(param.example, null, 2));
  if (param.location === "text") return createElement("textarea", { required }, param.example ? example : "");
  if (param.list) return createElement("textarea", { required, placeholder: param.values.join("\n") });
  if (param.values.length) {
    return createElement("select", { required }, createElement("option", { value: "" }, "–"), param.values.map((value) => createElement("option", {}, String(value))));
  }
  const placeholder = param.default ?? (param.example === null ? null : example);
  return createElement("input", { required, value, placeholder, autocomplete: "off" });
}

/** Sends a request, and creates an element with the response. */
async function sendRequest(operation, inputs, credentials) {
  const query = new URLSearchParams();
  const serializedParameters = [];
  const headers = new Headers();
  const form = operation.form === "multipart" ? new FormData() : new URLSearchParams();
  let path = operation.path;
  let content = operation.form ? form : undefined;
  for (const { param, input } of inputs) {
    const files = input.files ? [...input.files] : [];
    const values = param.list ? input.value.split("\n").filter(Boolean) : input.value === "" ? [] : [input.value];
    if (param.location === "path") path = path.replaceAll(`{${param.name}}`, values.map(encodeURIComponent).join(","));
    else if (param.style) serializedParameters.push(...values);
    else if (param.location === "query") values.forEach((value) => query.append(param.name, value));
    else if (param.location === "header") values.forEach((value) => headers.append(param.name, value));
    else if (param.location === "cookie") setCookie(param.name, values[0]);
    else if (param.location === "form") values.forEach((value) => form.append(param.name, value));
    else if (param.location === "file") files.forEach((file) => form.append(param.name, file));
    else if (param.location === "bytes") [content] = files;
    else if (values.length) [content] = values;
    const bodyMediaType = { json: "application/json", text: "text/plain", bytes: "application/octet-stream" }[param.location];
    // A parameter for the whole body can have a media type as its name.
    if (bodyMediaType && content !== undefined) headers.set("content-type", param.name.includes("/") ? param.name : bodyMediaType);
  }
  for (const { location, name, input } of credentials) {
    if (input.value === "") continue;
    if (location === "header") headers.set(name, input.value);
    else if (location === "query") query.append(name, input.value);
    else setCookie(name, input.value);
  }
  const search = [query.toString(), ...serializedParameters].filter(Boolean).join("&");
  try {
    const response = await fetch(path + (search ? `?${search}` : ""), { method: operation.method, headers, body: content });
    const text = await response.text();
    return createElement("div", {}, createElement("h3", {}, "Response"),
      createElement("p", {}, createElement("b", { class: statusClass(response.status) }, String(response.status)), ` ${response.statusText}`),
      text ? createElement("pre", {}, prettyJson(text)) : hint("The response has no body."));
  } catch (error) {
    return createElement("p", { class: "bad" }, `The request failed: ${error.message}`);
  }
}

function setCookie(name, value) {
  document.cookie = value === undefined ? `${name}=; max-age=0; path=/` : `${name}=${encodeURIComponent(value)}; path=/; SameSite=Strict`;
}

function faults() {
  const kinds = [["status=503", "respond with status 503"], ["status=429; retry-after=1", "respond with status 429 and Retry-After: 1"], ["status=500", "respond with status 500"],
    ["latency=2000", "respond after 2 seconds"], ["drip=50", "send the body byte by byte"], ["truncate", "close the connection in the middle of the body"],
    ["reset", "execute the request, then reset the connection"], ["malformed", "send invalid JSON"], ["unknown-enum", "undocumented enum values"],
    ["extra-field", "undocumented properties"], ["stall", "send the first half of a stream, then nothing"], ["reorder", "reverse the items of a stream"],
    ["error-item", "add an item that reports an error to a stream"]];
  const kind = createElement("select", {}, kinds.map(([value, text]) => createElement("option", { value }, text)));
  const operation = createElement("select", {}, createElement("option", { value: "" }, "all operations"), api.operations.map((operation) => createElement("option", {}, operation.id)));
  const times = createElement("input", { type: "number", min: 1, value: 1 });
  const probability = createElement("input", { type: "number", min: 0, max: 1, step: 0.05, placeholder: "1" });
  const result = createElement("p", { role: "status" });
  const add = async (event) => {
    event.preventDefault();
    const parts = [operation.value && `operation=${operation.value}`, kind.value, times.value && `times=${times.value}`,
      probability.value && `probability=${probability.value}`];
    const response = await fetch("/__mock/faults", { method: "POST", body: parts.filter(Boolean).join("; ") });
    result.className = response.ok ? "quiet" : "bad";
    result.textContent = await response.text();
    await poll();
  };
  const active = createElement("section", {}, createElement("h2", {}, "Faults"));
  const list = () => {
    const activeFaults = lastChanges.faults ?? [];
    active.replaceChildren(createElement("h2", {}, "Faults"), activeFaults.length ? "" : hint("No active faults."),
      createElement("ul", { class: "rows" }, activeFaults.map((fault) => createElement("li", {}, createElement("a", {}, createElement("code", { class: "grow" }, fault),
        /times=/.test(fault) ? "" : createElement("small", {}, "until it is removed"))))),
      activeFaults.length ? createElement("div", { class: "actions" }, createElement("button", { class: "plain", onclick: async () => {
        await fetch("/__mock/faults", { method: "DELETE" });
        await poll();
      } }, "Remove all")) : "");
  };
  list();
  whenChanged = list;
  showSections(active, createElement("section", {}, createElement("h2", {}, "Add a fault"),
    createElement("form", { onsubmit: add }, field("fault", kind, ""), field("operation", operation, ""),
      field("times", times, "empty: until the fault is removed"), field("probability", probability, "0 to 1"),
      createElement("div", { class: "actions" }, createElement("button", {}, "Add")), result)));
}

// Without a prototype, so that names such as `constructor` are not views.
const views = { __proto__: null, records, requests, operations, webhooks: (parameters) => webhooks(parameters, api, poll), faults };
let whenChanged = () => {};

async function render() {
  const { name } = currentView();
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  whenChanged = ["records", "requests", "webhooks"].includes(name) ? () => refresh() : () => {};
  await refresh();
}

async function refresh() {
  const { name, parameters } = currentView();
  view.classList.toggle("open", parameters.size > 0);
  const scrolled = [...view.children].map((section) => section.scrollTop);
  try {
    await (views[name] ?? records)(parameters);
  } catch (error) {
    showSections(createElement("section", {}, createElement("p", { class: "bad" }, error.message)));
  }
  view.classList.toggle("open", parameters.size > 0);
  [...view.children].forEach((section, index) => (section.scrollTop = scrolled[index] ?? 0));
}

async function poll() {
  try {
    const changes = await read("changes");
    connectionStatus.className = "up";
    connectionStatus.textContent = plural(changes.requests, "request");
    const hasChanged = JSON.stringify(changes) !== JSON.stringify(lastChanges);
    lastChanges = changes;
    if (hasChanged) await whenChanged();
  } catch {
    connectionStatus.className = "down";
    connectionStatus.textContent = "the mock is not running";
  }
}

api = await read("api");
document.getElementById("title").textContent = api.title;
document.getElementById("version").textContent = `Mock of version ${api.version}. No requests are sent to the real API.`;
document.title = `${api.title} (mock)`;
await poll();
await render();
addEventListener("hashchange", () => {
  view.replaceChildren();
  render();
  scrollTo(0, 0);
});
setInterval(() => document.hidden || poll(), 1000);
