"""Tests a mock with Twilio's Python client. The only argument is the URL of the mock.

Creates, changes, lists and deletes Services. Does the same with conversations, participants, messages, webhooks, roles and users,
in the default Service and in another Service.
"""

import datetime
import json
import sys

try:
    from twilio.base.exceptions import TwilioRestException
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client
except ImportError:
    print("skipped: the package `twilio` is not installed")
    sys.exit(77)


class MockHttpClient(TwilioHttpClient):
    """Sends the requests for the real API to the mock."""

    def __init__(self, url):
        super().__init__()
        self.mock = url

    def request(self, method, url, *args, **kwargs):
        url = url.replace("https://conversations.twilio.com", self.mock)
        return super().request(method, url, *args, **kwargs)


def main(url):
    client = Client("AC" + "0" * 32, "secret", http_client=MockHttpClient(url))
    api = client.conversations.v1
    test_services(api.services)

    service = api.services.create(friendly_name="Support")
    for service_api in (api, api.services(service.sid)):
        test_conversations(service_api.conversations)
        test_roles(service_api.roles)
        test_users(service_api.users)
        test_memberships(service_api)
    test_webhook_configuration(api, api.services(service.sid))

    api.conversations.create(friendly_name="Mine")
    assert api.services(service.sid).conversations.list() == [], "a conversation of the default Service is not in another Service"
    service_conversation = api.services(service.sid).conversations.create(friendly_name="Inside")
    assert service_conversation.chat_service_sid == service.sid and f"/v1/Services/{service.sid}/" in service_conversation.url, service_conversation.url
    assert api.services(service.sid).delete()
    assert_fails(404, lambda: api.services(service.sid).conversations(service_conversation.sid).fetch())
    print("all checks passed")


def test_services(services):
    created = [services.create(friendly_name=f"Desk {index}") for index in range(7)]
    first = created[0]
    assert first.friendly_name == "Desk 0" and first.date_created.year >= 2026
    assert first.url.endswith(f"/v1/Services/{first.sid}") and first.links["conversations"].startswith(first.url)
    assert services(first.sid).fetch().account_sid == first.account_sid
    assert_pages(services, created)
    assert_deletable(services, created)
    assert_fails(400, lambda: services.create(friendly_name="x" * 257))


def test_conversations(conversations):
    created = [conversations.create(friendly_name=f"Talk {index}", attributes="{}") for index in range(7)]
    first = created[0]
    assert (first.friendly_name, first.attributes, first.state) == ("Talk 0", "{}", "active"), first.state
    changed = conversations(first.sid).update(friendly_name="Renamed", state="closed")
    assert (changed.sid, changed.friendly_name, changed.state) == (first.sid, "Renamed", "closed")
    assert conversations(first.sid).fetch().friendly_name == "Renamed"
    assert first.update(state="active").state == "active"
    assert_fails(400, lambda: conversations(first.sid).update(state="asleep"))
    assert_pages(conversations, created)
    test_names_and_filters(conversations, created)
    test_participants(first.sid, conversations(first.sid).participants)
    test_conversation_webhooks(conversations(first.sid).webhooks)
    messages = conversations(first.sid).messages
    last_message = test_messages(first.sid, messages)
    assert_deletable(conversations, created)
    assert_fails(404, lambda: messages(last_message.sid).fetch())
    assert_fails(404, lambda: messages.create(body="to nobody"))


def test_names_and_filters(conversations, created):
    """Unique names are unique and can be used in paths. Lists are filtered by state and date."""
    first, second = created[:2]
    assert first.update(unique_name="parcel 12").unique_name == "parcel 12"
    assert conversations("parcel 12").fetch().sid == first.sid
    assert conversations("parcel 12").messages.list() == []
    assert_fails(409, lambda: second.update(unique_name="parcel 12"))
    assert_fails(409, lambda: conversations.create(unique_name="parcel 12"))
    assert_fails(400, lambda: conversations.create(attributes="{"))
    second.update(state="closed")
    assert [record.sid for record in conversations.list(state="closed")] == [second.sid]
    assert len(conversations.list(state="active")) == 6
    old = conversations.create(date_created=datetime.datetime(2020, 1, 2), friendly_name="Old")
    assert old.attributes == "{}"
    assert [record.sid for record in conversations.list(end_date="2020-12-31T23:59:59Z")] == [old.sid]
    assert len(conversations.list(start_date="2021-01-01T00:00:00Z")) == 7
    assert old.delete()


def test_conversation_webhooks(webhooks):
    """A conversation has at most five webhooks."""
    for index in range(5):
        url = f"https://example.com/{index}"
        created = webhooks.create(target="webhook", configuration_url=url, configuration_filters=["onMessageAdded"])
        assert (created.target, created.configuration["url"]) == ("webhook", url), created.configuration
        assert created.configuration["filters"] == ["onMessageAdded"], created.configuration
    assert_fails(400, lambda: webhooks.create(target="webhook"))
    changed = webhooks(created.sid).update(configuration_method="post")
    assert (changed.configuration["method"], changed.configuration["url"]) == ("post", "https://example.com/4")
    assert webhooks(created.sid).delete() and len(webhooks.list()) == 4


def test_webhook_configuration(api, service):
    """Configures the webhooks of the account and of a Service."""
    changed = api.configuration.webhooks().update(method="POST", filters=["onMessageAdded"], target="webhook")
    assert (changed.method, changed.filters, changed.target) == ("POST", ["onMessageAdded"], "webhook")
    assert api.configuration.webhooks().fetch().filters == ["onMessageAdded"]
    hooks = service.configuration.webhooks()
    assert hooks.update(post_webhook_url="https://example.com/after", method="GET").method == "GET"
    assert hooks.fetch().post_webhook_url == "https://example.com/after"
    assert service.configuration().update(reachability_enabled=True).reachability_enabled is True
    assert service.configuration().fetch().reachability_enabled is True
    assert service.configuration.notifications().update(new_message_enabled=True).new_message["enabled"] is True


def test_memberships(service_api):
    """A participant appears in the conversation list of the user, and in the lists by identity and by address."""
    ana = service_api.users.create(identity="ana")
    conversation = service_api.conversations.create(unique_name="memberships", friendly_name="Both")
    participants = service_api.conversations(conversation.sid).participants
    member = participants.create(identity="ana")
    participants.create(messaging_binding_address="+12025550123", messaging_binding_proxy_address="+12025550100")
    user_conversations = service_api.users("ana").user_conversations
    assert [record.conversation_sid for record in user_conversations.list()] == [conversation.sid]
    muted = user_conversations(conversation.sid).update(notification_level="muted", last_read_message_index=3)
    assert (muted.notification_level, muted.last_read_message_index, muted.user_sid) == ("muted", 3, ana.sid)
    assert user_conversations("memberships").fetch().friendly_name == "Both"
    assert user_conversations(conversation.sid).update(last_read_message_index="").last_read_message_index is None
    found = service_api.participant_conversations.list(identity="ana")
    assert [(record.conversation_sid, record.participant_sid) for record in found] == [(conversation.sid, member.sid)]
    found = service_api.participant_conversations.list(address="+12025550123")
    assert [record.participant_messaging_binding["proxy_address"] for record in found] == ["+12025550100"]
    assert member.delete() and user_conversations.list() == []

    new_participants = [json.dumps(record) for record in ({"identity": "ana"}, {"messaging_binding.address": "+12025550124"})]
    conversation_with_participants = service_api.conversation_with_participants.create(friendly_name="Together", participant=new_participants)
    participants_of_conversation = service_api.conversations(conversation_with_participants.sid).participants.list()
    assert [record.identity for record in participants_of_conversation] == ["ana", None]
    assert [record.conversation_sid for record in user_conversations.list()] == [conversation_with_participants.sid]
    assert service_api.conversations(conversation_with_participants.sid).delete() and user_conversations.list() == []
    assert conversation.delete() and ana.delete()


def test_participants(conversation, participants):
    created = [participants.create(identity=f"guest {index}") for index in range(7)]
    first = created[0]
    assert (first.conversation_sid, first.identity) == (conversation, "guest 0")
    assert participants(first.sid).update(attributes='{"seat": 1}').attributes == '{"seat": 1}'
    assert participants(first.sid).fetch().attributes == '{"seat": 1}'
    assert participants("guest 0").fetch().sid == first.sid
    assert participants("guest 0").update(last_read_message_index=5).last_read_message_index == 5
    assert participants("guest 0").update(last_read_message_index="").last_read_message_index is None
    assert_fails(409, lambda: participants.create(identity="guest 0"))
    assert_fails(400, lambda: participants.create(identity="guest", messaging_binding_address="+12025550123"))
    assert_fails(400, lambda: participants.create(attributes="{}"))
    assert_pages(participants, created)
    assert_deletable(participants, created)


def test_messages(conversation, messages):
    created = [messages.create(author="ana", body=f"Grüße & {index}") for index in range(7)]
    first = created[0]
    assert (first.conversation_sid, first.author, first.body) == (conversation, "ana", "Grüße & 0")
    assert messages(first.sid).update(body="edited").body == "edited"
    assert messages(first.sid).fetch().author == "ana"
    assert_pages(messages, created)
    assert [record.index for record in messages.list()] == list(range(7))
    assert [record.index for record in messages.list(order="desc")] == list(range(6, -1, -1))
    assert [record.index for record in messages.stream(order="desc", page_size=3)] == list(range(6, -1, -1))
    assert [record.index for record in messages.page(order="desc", page_size=3).next_page()] == [3, 2, 1]
    assert [record.index for record in messages.page(order="desc", page_size=3, page_number=2)] == [0]
    assert_deletable(messages, created)
    system = messages.create(body="nobody in particular")
    assert (system.author, system.index, system.attributes) == ("system", 7, "{}"), (system.author, system.index)
    assert system.delete()
    assert_fails(400, lambda: messages.create(media_sid="no such thing"))
    return messages.create(body="the last word")


def test_roles(roles):
    created = [
        roles.create(friendly_name=f"role {index}", type="conversation", permission=["sendMessage", "leaveConversation"])
        for index in range(7)
    ]
    first = created[0]
    assert (first.friendly_name, first.type) == ("role 0", "conversation")
    assert first.permissions == ["sendMessage", "leaveConversation"]
    assert roles(first.sid).update(permission=["sendMessage"]).permissions == ["sendMessage"]
    assert roles(first.sid).fetch().permissions == ["sendMessage"]
    assert_pages(roles, created)
    assert_deletable(roles, created)
    assert_fails(400, lambda: roles.create(friendly_name="x", type="planet", permission=["sendMessage"]))


def test_users(users):
    created = [users.create(identity=f"user {index}", friendly_name="Ana") for index in range(7)]
    first = created[0]
    assert (first.identity, first.friendly_name) == ("user 0", "Ana")
    assert users(first.sid).update(friendly_name="Bea").friendly_name == "Bea"
    assert users(first.sid).fetch().friendly_name == "Bea"
    assert users("user 0").fetch().sid == first.sid
    assert users("user 0").update(attributes='{"a": 1}').attributes == '{"a": 1}'
    assert_fails(409, lambda: users.create(identity="user 0"))
    assert_fails(404, lambda: users("nobody").fetch())
    assert_pages(users, created)
    assert_deletable(users, created)


def assert_pages(collection, created):
    """A list contains the seven records in the order of creation. Its pages have links to the next and the previous page."""
    sids = [record.sid for record in created]
    assert len(set(sids)) == 7
    assert [record.sid for record in collection.stream(page_size=3)] == sids
    assert len(collection.list(limit=5, page_size=2)) == 5
    second = collection.page(page_size=3).next_page()
    assert [record.sid for record in second] == sids[3:6]
    assert [record.sid for record in second.previous_page()] == sids[:3]


def assert_deletable(collection, created):
    """Deletes all records, and checks that they no longer exist."""
    for record in created:
        assert collection(record.sid).delete()
    assert collection.list() == []
    assert_fails(404, lambda: collection(created[0].sid).fetch())


def assert_fails(status, request):
    """Checks that a request fails with a status and the matching error code."""
    try:
        request()
    except TwilioRestException as error:
        assert (error.status, error.code) == (status, 20000 + status), error
    else:
        raise AssertionError(f"no error {status}")


main(sys.argv[1])
