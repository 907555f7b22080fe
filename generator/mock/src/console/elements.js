// Functions that the scripts of the web page share.

export const view = document.getElementById("view");

/** Creates an element. Strings become text nodes, so that strings from the API or from requests are never parsed as HTML. */
export function createElement(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export async function read(path, parameters = {}) {
  const response = await fetch(`/__mock/${path}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.headers.get("content-type") === "application/json" ? response.json() : response.text();
}

export function link(name, parameters) {
  return `#/${name}?${new URLSearchParams(parameters)}`;
}

/** Creates an element for a path, with line break opportunities before the slashes. */
export const pathText = (path) => createElement("code", { class: "grow" }, path.split("/").flatMap((part, index) => (index ? [createElement("wbr"), `/${part}`] : [part])));

export const hint = (text) => createElement("p", { class: "quiet" }, text);
export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
export const statusClass = (status) => (status < 400 ? "good" : "bad");

export function showSections(...sections) {
  view.className = sections.length > 1 ? "split" : "";
  view.replaceChildren(...sections);
}

export const bodySection = (title, text) => (text ? [createElement("h3", {}, title), createElement("pre", {}, prettyJson(text))] : null);

export function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export const field = (name, input, description) =>
  createElement("label", {}, createElement("span", {}, createElement("code", {}, name), createElement("small", {}, description)), input);
