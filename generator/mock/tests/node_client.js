// Tests a mock with Twilio's Node client. The only argument is the URL of the mock.
//
// Creates, changes, lists and deletes Services. Does the same with conversations, participants, messages, webhooks,
// roles and users, in the default Service and in another Service.

"use strict";

const assert = require("node:assert/strict");

let twilio;
try {
  twilio = require("twilio");
} catch {
  console.log("skipped: the package `twilio` is not installed");
  process.exit(77);
}

/** Sends the requests for the real API to the mock. */
class MockRequestClient extends twilio.RequestClient {
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
  const client = twilio("AC" + "0".repeat(32), "secret", { httpClient: new MockRequestClient(url) });
  const api = client.conversations.v1;
  await testServices(api.services);
  const service = await api.services.create({ friendlyName: "Support" });
  for (const serviceApi of [api, api.services(service.sid)]) {
    await testConversations(serviceApi.conversations);
    await testRoles(serviceApi.roles);
    await testUsers(serviceApi.users);
    await testMemberships(serviceApi);
  }
  await testConfiguration(api, api.services(service.sid));
  assert.equal(await api.services(service.sid).remove(), true);
  await assertFails(404, () => api.services(service.sid).fetch());
  console.log("all checks passed");
}

async function testServices(services) {
  const created = await createSeven((index) => services.create({ friendlyName: `Desk ${index}` }));
  assert.equal(created[0].friendlyName, "Desk 0");
  assert.ok(created[0].dateCreated.getFullYear() >= 2026);
  assert.equal((await services(created[0].sid).fetch()).accountSid, created[0].accountSid);
  await assertPages(services, created);
  await assertDeletable(services, created);
  await assertFails(400, () => services.create({ friendlyName: "x".repeat(257) }));
}

async function testConversations(conversations) {
  const created = await createSeven((index) => conversations.create({ friendlyName: `Talk ${index}` }));
  const [first, second] = created;
  assert.deepEqual([first.friendlyName, first.attributes, first.state], ["Talk 0", "{}", "active"]);
  await assertPages(conversations, created);
  assert.equal((await conversations(first.sid).update({ uniqueName: "parcel-12" })).uniqueName, "parcel-12");
  assert.equal((await conversations("parcel-12").fetch()).sid, first.sid);
  await assertFails(409, () => conversations(second.sid).update({ uniqueName: "parcel-12" }));
  await assertFails(409, () => conversations.create({ uniqueName: "parcel-12" }));
  await assertFails(400, () => conversations.create({ attributes: "{" }));
  await conversations(second.sid).update({ state: "closed" });
  assert.deepEqual(sids(await conversations.list({ state: "closed" })), [second.sid]);
  const old = await conversations.create({ dateCreated: new Date(Date.UTC(2020, 0, 2)) });
  assert.deepEqual(sids(await conversations.list({ endDate: "2020-12-31T23:59:59Z" })), [old.sid]);
  assert.equal((await conversations.list({ startDate: "2021-01-01T00:00:00Z" })).length, 7);
  assert.equal(await conversations(old.sid).remove(), true);
  await testParticipants(first.sid, conversations(first.sid).participants);
  await testMessages(first.sid, conversations("parcel-12").messages);
  await testWebhooks(conversations(first.sid).webhooks);
  await assertDeletable(conversations, created);
  await assertFails(404, () => conversations(first.sid).messages.create({ body: "to nobody" }));
}

async function testParticipants(conversation, participants) {
  const created = await createSeven((index) => participants.create({ identity: `guest-${index}` }));
  const first = created[0];
  assert.deepEqual([first.conversationSid, first.identity, first.attributes], [conversation, "guest-0", "{}"]);
  assert.equal((await participants("guest-0").fetch()).sid, first.sid);
  assert.equal((await participants(first.sid).update({ lastReadMessageIndex: 5 })).lastReadMessageIndex, 5);
  assert.equal((await participants(first.sid).update({ lastReadMessageIndex: "" })).lastReadMessageIndex, null);
  await assertFails(409, () => participants.create({ identity: "guest-0" }));
  await assertFails(400, () => participants.create({ identity: "guest", "messagingBinding.address": "+12025550123" }));
  await assertFails(400, () => participants.create({ attributes: "{}" }));
  await assertPages(participants, created);
  await assertDeletable(participants, created);
}

async function testMessages(conversation, messages) {
  const created = await createSeven((index) => messages.create({ body: `Grüße & ${index}` }));
  assert.deepEqual([created[0].conversationSid, created[0].author], [conversation, "system"]);
  assert.equal((await messages(created[0].sid).update({ body: "edited" })).body, "edited");
  const indices = (list) => list.map((message) => message.index);
  assert.deepEqual(indices(await messages.list()), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(indices(await messages.list({ order: "desc", pageSize: 3 })), [6, 5, 4, 3, 2, 1, 0]);
  const page = await messages.page({ order: "desc", pageSize: 3 });
  assert.deepEqual(indices((await page.nextPage()).instances), [3, 2, 1]);
  await assertPages(messages, created);
  await assertDeletable(messages, created);
  const last = await messages.create({ author: "ana", body: "the last word" });
  assert.deepEqual([last.author, last.index], ["ana", 7]);
  await assertFails(400, () => messages.create({ mediaSid: "no such thing" }));
}

async function testWebhooks(webhooks) {
  const webhook = { target: "webhook", "configuration.url": "https://example.com/a", "configuration.filters": ["onMessageAdded"] };
  const created = [];
  for (let index = 0; index < 5; index++) created.push(await webhooks.create(webhook));
  assert.deepEqual([created[0].configuration.url, created[0].configuration.filters], ["https://example.com/a", ["onMessageAdded"]]);
  await assertFails(400, () => webhooks.create(webhook));
  await assertDeletable(webhooks, created);
}

async function testRoles(roles) {
  const permission = ["sendMessage", "leaveConversation"];
  const created = await createSeven((index) => roles.create({ friendlyName: `role ${index}`, type: "conversation", permission }));
  assert.deepEqual(created[0].permissions, permission);
  assert.deepEqual((await roles(created[0].sid).update({ permission: ["sendMessage"] })).permissions, ["sendMessage"]);
  await assertPages(roles, created);
  await assertDeletable(roles, created);
  await assertFails(400, () => roles.create({ friendlyName: "x", type: "planet", permission }));
}

async function testUsers(users) {
  const created = await createSeven((index) => users.create({ identity: `user-${index}`, friendlyName: "Ana" }));
  assert.equal((await users("user-0").fetch()).sid, created[0].sid);
  assert.equal((await users("user-0").update({ friendlyName: "Bea" })).friendlyName, "Bea");
  await assertFails(409, () => users.create({ identity: "user-0" }));
  await assertFails(404, () => users("nobody").fetch());
  await assertPages(users, created);
  await assertDeletable(users, created);
}

async function testMemberships(serviceApi) {
  const ana = await serviceApi.users.create({ identity: "ana" });
  const conversation = await serviceApi.conversations.create({ uniqueName: "memberships", friendlyName: "Both" });
  const participants = serviceApi.conversations(conversation.sid).participants;
  const member = await participants.create({ identity: "ana" });
  await participants.create({ "messagingBinding.address": "+12025550123", "messagingBinding.proxyAddress": "+12025550100" });
  const userConversations = serviceApi.users("ana").userConversations;
  assert.deepEqual((await userConversations.list()).map((record) => record.conversationSid), [conversation.sid]);
  const muted = await userConversations(conversation.sid).update({ notificationLevel: "muted" });
  assert.deepEqual([muted.notificationLevel, muted.friendlyName, muted.userSid], ["muted", "Both", ana.sid]);
  const byIdentity = await serviceApi.participantConversations.list({ identity: "ana" });
  assert.deepEqual(byIdentity.map((record) => record.participantSid), [member.sid]);
  const byAddress = await serviceApi.participantConversations.list({ address: "+12025550123" });
  assert.deepEqual(byAddress.map((record) => record.participantMessagingBinding.proxy_address), ["+12025550100"]);
  assert.equal(await participants(member.sid).remove(), true);
  assert.deepEqual(await userConversations.list(), []);

  const participant = ['{"identity":"ana"}', '{"messaging_binding.address":"+12025550124"}'];
  const conversationWithParticipants = await serviceApi.conversationWithParticipants.create({ friendlyName: "Together", participant });
  const participantsOfConversation = await serviceApi.conversations(conversationWithParticipants.sid).participants.list();
  assert.deepEqual(participantsOfConversation.map((record) => record.identity), ["ana", null]);
  assert.equal(await serviceApi.conversations(conversationWithParticipants.sid).remove(), true);
  assert.equal(await serviceApi.conversations(conversation.sid).remove(), true);
  assert.equal(await serviceApi.users(ana.sid).remove(), true);
}

async function testConfiguration(api, service) {
  const webhooks = api.configuration.webhooks();
  assert.deepEqual((await webhooks.update({ method: "POST", filters: ["onMessageAdded"] })).filters, ["onMessageAdded"]);
  assert.equal((await webhooks.fetch()).method, "POST");
  const serviceWebhooks = service.configuration.webhooks();
  await serviceWebhooks.update({ postWebhookUrl: "https://example.com/after" });
  assert.equal((await serviceWebhooks.fetch()).postWebhookUrl, "https://example.com/after");
  assert.equal((await service.configuration().update({ reachabilityEnabled: true })).reachabilityEnabled, true);
}

/** Creates seven records, one after the other. */
async function createSeven(create) {
  const created = [];
  for (let index = 0; index < 7; index++) created.push(await create(index));
  return created;
}

function sids(list) {
  return list.map((record) => record.sid);
}

/** A list contains the seven records in the order of creation. Its pages have links to the next and the previous page. */
async function assertPages(collection, created) {
  const all = sids(created);
  assert.equal(new Set(all).size, 7);
  assert.deepEqual(sids(await collection.list({ pageSize: 3 })), all);
  assert.equal((await collection.list({ limit: 5, pageSize: 2 })).length, 5);
  const second = await (await collection.page({ pageSize: 3 })).nextPage();
  assert.deepEqual(sids(second.instances), all.slice(3, 6));
  assert.deepEqual(sids((await second.previousPage()).instances), all.slice(0, 3));
}

/** Deletes all records, and checks that they no longer exist. */
async function assertDeletable(collection, created) {
  for (const record of created) assert.equal(await collection(record.sid).remove(), true);
  assert.deepEqual(await collection.list(), []);
  await assertFails(404, () => collection(created[0].sid).fetch());
}

/** Checks that a request fails with a status and the matching error code. */
async function assertFails(status, request) {
  await assert.rejects(request, (error) => {
    assert.deepEqual([error.status, error.code], [status, 20000 + status], String(error));
    return true;
  });
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
