// The view of webhooks.

import { bodySection, createElement, field, hint, link, plural, read, showSections, view } from "./elements.js";

let webhookUrl = "";

/** Shows the webhooks that the mock has sent, and a form that sends one. `poll` reads the changes. */
export async function webhooks(parameters, api, poll) {
  const { deliveries, more } = await read("webhooks");
  const number = parameters.get("number");
  const list = createElement("section", {}, createElement("h2", {}, "Webhooks"),
    deliveries.length ? null : hint("No webhooks have been sent yet."),
    createElement("ul", { class: "rows" }, deliveries.map((delivery) => {
      const last = delivery.attempts.at(-1);
      return createElement("li", {}, createElement("a", { href: link("webhooks", { number: delivery.number }), "aria-current": String(delivery.number) === number && "true" },
        createElement("span", { class: "method" }, delivery.method),
        createElement("span", { class: "grow" }, createElement("code", {}, delivery.event), createElement("small", {}, delivery.url),
          delivery.attempts.length > 1 ? createElement("small", {}, plural(delivery.attempts.length, "attempt")) : null),
        attemptResult(last, delivery.pending)));
    })),
    more ? hint(`and ${more} earlier webhooks`) : null);
  const selected = deliveries.find((delivery) => String(delivery.number) === number);
  if (number !== null) return showSections(list, selected ? deliveryDetails(selected) : createElement("section", {}, hint("This webhook is no longer recorded.")));
  // The form stays when the list changes, so that it keeps its values and the focus.
  if (view.querySelector("section.send")) return view.firstElementChild.replaceWith(list);
  return api.webhooks.length ? showSections(list, webhookForm(api, poll)) : showSections(list);
}

function attemptResult(attempt, pending) {
  if (!attempt) return createElement("b", { class: "quiet" }, pending ? "waiting" : "");
  const good = attempt.status >= 200 && attempt.status < 300;
  return createElement("b", { class: good ? "good" : "bad" }, attempt.status === null ? "failed" : String(attempt.status));
}

function deliveryDetails(delivery) {
  return createElement("section", {}, createElement("p", { class: "crumbs" }, createElement("a", { href: "#/webhooks" }, "Webhooks"), " / ", String(delivery.number)),
    createElement("h2", {}, delivery.event), createElement("p", {}, `${delivery.method} ${delivery.url}`),
    createElement("h3", {}, delivery.pending ? "Attempts so far" : "Attempts"),
    delivery.attempts.length ? createElement("ul", { class: "rows" }, delivery.attempts.map((attempt) => createElement("li", {}, createElement("a", {},
      createElement("span", { class: "grow" }, new Date(attempt.milliseconds).toLocaleTimeString(), createElement("small", {}, attempt.error ?? attempt.effect ?? "")),
      attemptResult(attempt))))) : hint("The webhook is waiting to be sent."),
    bodySection("Payload", delivery.payload));
}

/** Creates the form that sends a webhook of the document. */
function webhookForm(api, poll) {
  const event = createElement("select", {}, api.webhooks.map(({ name }) => createElement("option", {}, name)));
  const url = createElement("input", { type: "url", placeholder: "http://127.0.0.1:3000/hook", value: webhookUrl });
  const payload = createElement("textarea", { class: "tall", spellcheck: "false" });
  const about = createElement("p", { class: "quiet" });
  const result = createElement("p", { role: "status" });
  const choose = () => {
    const webhook = api.webhooks.find(({ name }) => name === event.value);
    about.textContent = webhook.summary ?? "";
    payload.value = webhook.payload === null ? "" : JSON.stringify(webhook.payload, null, 2);
  };
  event.addEventListener("change", choose);
  choose();
  const send = async (submit) => {
    submit.preventDefault();
    webhookUrl = url.value;
    const response = await fetch(`/__mock/webhooks?${new URLSearchParams({ event: event.value, url: url.value })}`, { method: "POST", body: payload.value });
    result.className = response.ok ? "quiet" : "bad";
    result.textContent = await response.text();
    await poll();
  };
  return createElement("section", { class: "send" }, createElement("h2", {}, "Send a webhook"),
    createElement("form", { onsubmit: send }, field("webhook", event, ""), about, field("URL", url, "empty: the URL with which the mock was started"),
      field("payload", payload, "JSON; empty: a generated payload"), createElement("div", { class: "actions" }, createElement("button", {}, "Send")), result));
}
