// Twilio's own Node client against a mock, whose URL is the only argument.
//
// In the default Service and in another one, conversations, participants, messages, webhooks, roles and users live and die.

"use strict";

const assert = require("node:assert/strict");

let twilio;
try {
  twilio = require("twilio");
} catch {
  console.log("skipped: the package `twilio` is not installed");
  process.exit(77);
}

/** Sends what is meant for the real API to the mock. */
class Redirected extends twilio.RequestClient {
  constructor(url) {
    super();
    this.mock = url;
  }

  request(options) {
    const uri = options.uri.replace("https://conversations.twilio.com", this.mock);
    return super.request({ ...options, uri });
  }
}

async function main(url) {
  const client = twilio("AC" + "0".repeat(32), "secret", { httpClient: new Redirected(url) });
  const api = client.conversations.v1;
  await services(api.services);
  const service = await api.services.create({ friendlyName: "Support" });
  for (const place of [api, api.services(service.sid)]) {
    await conversations(place.conversations);
    await roles(place.roles);
    await users(place.users);
    await memberships(place);
  }
  await configuration(api, api.services(service.sid));
  assert.equal(await api.services(service.sid).remove(), true);
  await fails(404, () => api.services(service.sid).fetch());
  console.log("the session is as it should be");
}

async function services(services) {
  const created = await several((index) => services.create({ friendlyName: `Desk ${index}` }));
  assert.equal(created[0].friendlyName, "Desk 0");
  assert.ok(created[0].dateCreated.getFullYear() >= 2026);
  assert.equal((await services(created[0].sid).fetch()).accountSid, created[0].accountSid);
  await pages(services, created);
  await go(services, created);
  await fails(400, () => services.create({ friendlyName: "x".repeat(257) }));
}

async function conversations(conversations) {
  const created = await several((index) => conversations.create({ friendlyName: `Talk ${index}` }));
  const [first, second] = created;
  assert.deepEqual([first.friendlyName, first.attributes, first.state], ["Talk 0", "{}", "active"]);
  await pages(conversations, created);
  assert.equal((await conversations(first.sid).update({ uniqueName: "parcel-12" })).uniqueName, "parcel-12");
  assert.equal((await conversations("parcel-12").fetch()).sid, first.sid);
  await fails(409, () => conversations(second.sid).update({ uniqueName: "parcel-12" }));
  await fails(409, () => conversations.create({ uniqueName: "parcel-12" }));
  await fails(400, () => conversations.create({ attributes: "{" }));
  await conversations(second.sid).update({ state: "closed" });
  assert.deepEqual(sids(await conversations.list({ state: "closed" })), [second.sid]);
  const old = await conversations.create({ dateCreated: new Date(Date.UTC(2020, 0, 2)) });
  assert.deepEqual(sids(await conversations.list({ endDate: "2020-12-31T23:59:59Z" })), [old.sid]);
  assert.equal((await conversations.list({ startDate: "2021-01-01T00:00:00Z" })).length, 7);
  assert.equal(await conversations(old.sid).remove(), true);
  await participants(first.sid, conversations(first.sid).participants);
  await messages(first.sid, conversations("parcel-12").messages);
  await webhooks(conversations(first.sid).webhooks);
  await go(conversations, created);
  await fails(404, () => conversations(first.sid).messages.create({ body: "to nobody" }));
}

async function participants(conversation, participants) {
  const created = await several((index) => participants.create({ identity: `guest-${index}` }));
  const first = created[0];
  assert.deepEqual([first.conversationSid, first.identity, first.attributes], [conversation, "guest-0", "{}"]);
  assert.equal((await participants("guest-0").fetch()).sid, first.sid);
  assert.equal((await participants(first.sid).update({ lastReadMessageIndex: 5 })).lastReadMessageIndex, 5);
  assert.equal((await participants(first.sid).update({ lastReadMessageIndex: "" })).lastReadMessageIndex, null);
  await fails(409, () => participants.create({ identity: "guest-0" }));
  await fails(400, () => participants.create({ identity: "guest", "messagingBinding.address": "+12025550123" }));
  await fails(400, () => participants.create({ attributes: "{}" }));
  await pages(participants, created);
  await go(participants, created);
}

async function messages(conversation, messages) {
  const created = await several((index) => messages.create({ body: `Grüße & ${index}` }));
  assert.deepEqual([created[0].conversationSid, created[0].author], [conversation, "system"]);
  assert.equal((await messages(created[0].sid).update({ body: "edited" })).body, "edited");
  const indices = (list) => list.map((message) => message.index);
  assert.deepEqual(indices(await messages.list()), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(indices(await messages.list({ order: "desc", pageSize: 3 })), [6, 5, 4, 3, 2, 1, 0]);
  const page = await messages.page({ order: "desc", pageSize: 3 });
  assert.deepEqual(indices((await page.nextPage()).instances), [3, 2, 1]);
  await pages(messages, created);
  await go(messages, created);
  const last = await messages.create({ author: "ana", body: "the last word" });
  assert.deepEqual([last.author, last.index], ["ana", 7]);
  await fails(400, () => messages.create({ mediaSid: "no such thing" }));
}

async function webhooks(webhooks) {
  const given = { target: "webhook", "configuration.url": "https://example.com/a", "configuration.filters": ["onMessageAdded"] };
  const created = [];
  for (let index = 0; index < 5; index++) created.push(await webhooks.create(given));
  assert.deepEqual([created[0].configuration.url, created[0].configuration.filters], ["https://example.com/a", ["onMessageAdded"]]);
  await fails(400, () => webhooks.create(given));
  await go(webhooks, created);
}

async function roles(roles) {
  const permission = ["sendMessage", "leaveConversation"];
  const created = await several((index) => roles.create({ friendlyName: `role ${index}`, type: "conversation", permission }));
  assert.deepEqual(created[0].permissions, permission);
  assert.deepEqual((await roles(created[0].sid).update({ permission: ["sendMessage"] })).permissions, ["sendMessage"]);
  await pages(roles, created);
  await go(roles, created);
  await fails(400, () => roles.create({ friendlyName: "x", type: "planet", permission }));
}

async function users(users) {
  const created = await several((index) => users.create({ identity: `user-${index}`, friendlyName: "Ana" }));
  assert.equal((await users("user-0").fetch()).sid, created[0].sid);
  assert.equal((await users("user-0").update({ friendlyName: "Bea" })).friendlyName, "Bea");
  await fails(409, () => users.create({ identity: "user-0" }));
  await fails(404, () => users("nobody").fetch());
  await pages(users, created);
  await go(users, created);
}

async function memberships(place) {
  const ana = await place.users.create({ identity: "ana" });
  const conversation = await place.conversations.create({ uniqueName: "memberships", friendlyName: "Both" });
  const participants = place.conversations(conversation.sid).participants;
  const member = await participants.create({ identity: "ana" });
  await participants.create({ "messagingBinding.address": "+12025550123", "messagingBinding.proxyAddress": "+12025550100" });
  const own = place.users("ana").userConversations;
  assert.deepEqual((await own.list()).map((one) => one.conversationSid), [conversation.sid]);
  const seen = await own(conversation.sid).update({ notificationLevel: "muted" });
  assert.deepEqual([seen.notificationLevel, seen.friendlyName, seen.userSid], ["muted", "Both", ana.sid]);
  const found = await place.participantConversations.list({ identity: "ana" });
  assert.deepEqual(found.map((one) => one.participantSid), [member.sid]);
  const other = await place.participantConversations.list({ address: "+12025550123" });
  assert.deepEqual(other.map((one) => one.participantMessagingBinding.proxy_address), ["+12025550100"]);
  assert.equal(await participants(member.sid).remove(), true);
  assert.deepEqual(await own.list(), []);

  const participant = ['{"identity":"ana"}', '{"messaging_binding.address":"+12025550124"}'];
  const together = await place.conversationWithParticipants.create({ friendlyName: "Together", participant });
  const there = await place.conversations(together.sid).participants.list();
  assert.deepEqual(there.map((one) => one.identity), ["ana", null]);
  assert.equal(await place.conversations(together.sid).remove(), true);
  assert.equal(await place.conversations(conversation.sid).remove(), true);
  assert.equal(await place.users(ana.sid).remove(), true);
}

async function configuration(api, service) {
  const hooks = api.configuration.webhooks();
  assert.deepEqual((await hooks.update({ method: "POST", filters: ["onMessageAdded"] })).filters, ["onMessageAdded"]);
  assert.equal((await hooks.fetch()).method, "POST");
  const own = service.configuration.webhooks();
  await own.update({ postWebhookUrl: "https://example.com/after" });
  assert.equal((await own.fetch()).postWebhookUrl, "https://example.com/after");
  assert.equal((await service.configuration().update({ reachabilityEnabled: true })).reachabilityEnabled, true);
}

/** Creates seven, one after the other. */
async function several(create) {
  const created = [];
  for (let index = 0; index < 7; index++) created.push(await create(index));
  return created;
}

function sids(list) {
  return list.map((one) => one.sid);
}

/** Seven instances come in the order in which they were created, in pages that lead to each other. */
async function pages(collection, created) {
  const all = sids(created);
  assert.equal(new Set(all).size, 7);
  assert.deepEqual(sids(await collection.list({ pageSize: 3 })), all);
  assert.equal((await collection.list({ limit: 5, pageSize: 2 })).length, 5);
  const second = await (await collection.page({ pageSize: 3 })).nextPage();
  assert.deepEqual(sids(second.instances), all.slice(3, 6));
  assert.deepEqual(sids((await second.previousPage()).instances), all.slice(0, 3));
}

/** Instances are gone once they are deleted. */
async function go(collection, created) {
  for (const one of created) assert.equal(await collection(one.sid).remove(), true);
  assert.deepEqual(await collection.list(), []);
  await fails(404, () => collection(created[0].sid).fetch());
}

async function fails(status, request) {
  await assert.rejects(request, (error) => {
    assert.deepEqual([error.status, error.code], [status, 20000 + status], String(error));
    return true;
  });
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
