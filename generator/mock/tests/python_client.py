"""Twilio's own Python client against a mock, whose URL is the only argument.

Services live and die, and in one of them, as in the default one, conversations, participants, messages, webhooks, roles and users.
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


class Redirected(TwilioHttpClient):
    """Sends what is meant for the real API to the mock."""

    def __init__(self, url):
        super().__init__()
        self.mock = url

    def request(self, method, url, *args, **kwargs):
        url = url.replace("https://conversations.twilio.com", self.mock)
        return super().request(method, url, *args, **kwargs)


def main(url):
    client = Client("AC" + "0" * 32, "secret", http_client=Redirected(url))
    api = client.conversations.v1
    whole_life_of_services(api.services)

    service = api.services.create(friendly_name="Support")
    for place in (api, api.services(service.sid)):
        whole_life_of_conversations(place.conversations)
        whole_life_of_roles(place.roles)
        whole_life_of_users(place.users)
        memberships(place)
    webhook_configuration(api, api.services(service.sid))

    api.conversations.create(friendly_name="Mine")
    assert api.services(service.sid).conversations.list() == [], "what the default Service has is in no other"
    inside = api.services(service.sid).conversations.create(friendly_name="Inside")
    assert inside.chat_service_sid == service.sid and f"/v1/Services/{service.sid}/" in inside.url, inside.url
    assert api.services(service.sid).delete()
    fails(404, lambda: api.services(service.sid).conversations(inside.sid).fetch())
    print("the session is as it should be")


def whole_life_of_services(services):
    created = [services.create(friendly_name=f"Desk {index}") for index in range(7)]
    first = created[0]
    assert first.friendly_name == "Desk 0" and first.date_created.year >= 2026
    assert first.url.endswith(f"/v1/Services/{first.sid}") and first.links["conversations"].startswith(first.url)
    assert services(first.sid).fetch().account_sid == first.account_sid
    pages(services, created)
    goes(services, created)
    fails(400, lambda: services.create(friendly_name="x" * 257))


def whole_life_of_conversations(conversations):
    created = [conversations.create(friendly_name=f"Talk {index}", attributes="{}") for index in range(7)]
    first = created[0]
    assert (first.friendly_name, first.attributes, first.state) == ("Talk 0", "{}", "active"), first.state
    changed = conversations(first.sid).update(friendly_name="Renamed", state="closed")
    assert (changed.sid, changed.friendly_name, changed.state) == (first.sid, "Renamed", "closed")
    assert conversations(first.sid).fetch().friendly_name == "Renamed"
    assert first.update(state="active").state == "active"
    fails(400, lambda: conversations(first.sid).update(state="asleep"))
    pages(conversations, created)
    names_and_filters(conversations, created)
    whole_life_of_participants(first.sid, conversations(first.sid).participants)
    webhooks_of_a_conversation(conversations(first.sid).webhooks)
    messages = conversations(first.sid).messages
    left = whole_life_of_messages(first.sid, messages)
    goes(conversations, created)
    fails(404, lambda: messages(left.sid).fetch())
    fails(404, lambda: messages.create(body="to nobody"))


def names_and_filters(conversations, created):
    """Names identify, and no two conversations have the same; lists are filtered by state and date."""
    first, second = created[:2]
    assert first.update(unique_name="parcel 12").unique_name == "parcel 12"
    assert conversations("parcel 12").fetch().sid == first.sid
    assert conversations("parcel 12").messages.list() == []
    fails(409, lambda: second.update(unique_name="parcel 12"))
    fails(409, lambda: conversations.create(unique_name="parcel 12"))
    fails(400, lambda: conversations.create(attributes="{"))
    second.update(state="closed")
    assert [one.sid for one in conversations.list(state="closed")] == [second.sid]
    assert len(conversations.list(state="active")) == 6
    old = conversations.create(date_created=datetime.datetime(2020, 1, 2), friendly_name="Old")
    assert old.attributes == "{}"
    assert [one.sid for one in conversations.list(end_date="2020-12-31T23:59:59Z")] == [old.sid]
    assert len(conversations.list(start_date="2021-01-01T00:00:00Z")) == 7
    assert old.delete()


def webhooks_of_a_conversation(webhooks):
    """There are five at most."""
    for index in range(5):
        url = f"https://example.com/{index}"
        created = webhooks.create(target="webhook", configuration_url=url, configuration_filters=["onMessageAdded"])
        assert (created.target, created.configuration["url"]) == ("webhook", url), created.configuration
        assert created.configuration["filters"] == ["onMessageAdded"], created.configuration
    fails(400, lambda: webhooks.create(target="webhook"))
    changed = webhooks(created.sid).update(configuration_method="post")
    assert (changed.configuration["method"], changed.configuration["url"]) == ("post", "https://example.com/4")
    assert webhooks(created.sid).delete() and len(webhooks.list()) == 4


def webhook_configuration(api, service):
    """The webhooks of the account and of a Service."""
    changed = api.configuration.webhooks().update(method="POST", filters=["onMessageAdded"], target="webhook")
    assert (changed.method, changed.filters, changed.target) == ("POST", ["onMessageAdded"], "webhook")
    assert api.configuration.webhooks().fetch().filters == ["onMessageAdded"]
    hooks = service.configuration.webhooks()
    assert hooks.update(post_webhook_url="https://example.com/after", method="GET").method == "GET"
    assert hooks.fetch().post_webhook_url == "https://example.com/after"
    assert service.configuration().update(reachability_enabled=True).reachability_enabled is True
    assert service.configuration().fetch().reachability_enabled is True
    assert service.configuration.notifications().update(new_message_enabled=True).new_message["enabled"] is True


def memberships(place):
    """Participants appear among the conversations of their users, and in those found by identity or address."""
    ana = place.users.create(identity="ana")
    conversation = place.conversations.create(unique_name="memberships", friendly_name="Both")
    participants = place.conversations(conversation.sid).participants
    member = participants.create(identity="ana")
    participants.create(messaging_binding_address="+12025550123", messaging_binding_proxy_address="+12025550100")
    own = place.users("ana").user_conversations
    assert [one.conversation_sid for one in own.list()] == [conversation.sid]
    seen = own(conversation.sid).update(notification_level="muted", last_read_message_index=3)
    assert (seen.notification_level, seen.last_read_message_index, seen.user_sid) == ("muted", 3, ana.sid)
    assert own("memberships").fetch().friendly_name == "Both"
    assert own(conversation.sid).update(last_read_message_index="").last_read_message_index is None
    found = place.participant_conversations.list(identity="ana")
    assert [(one.conversation_sid, one.participant_sid) for one in found] == [(conversation.sid, member.sid)]
    found = place.participant_conversations.list(address="+12025550123")
    assert [one.participant_messaging_binding["proxy_address"] for one in found] == ["+12025550100"]
    assert member.delete() and own.list() == []

    given = [json.dumps(one) for one in ({"identity": "ana"}, {"messaging_binding.address": "+12025550124"})]
    together = place.conversation_with_participants.create(friendly_name="Together", participant=given)
    there = place.conversations(together.sid).participants.list()
    assert [one.identity for one in there] == ["ana", None]
    assert [one.conversation_sid for one in own.list()] == [together.sid]
    assert place.conversations(together.sid).delete() and own.list() == []
    assert conversation.delete() and ana.delete()


def whole_life_of_participants(conversation, participants):
    created = [participants.create(identity=f"guest {index}") for index in range(7)]
    first = created[0]
    assert (first.conversation_sid, first.identity) == (conversation, "guest 0")
    assert participants(first.sid).update(attributes='{"seat": 1}').attributes == '{"seat": 1}'
    assert participants(first.sid).fetch().attributes == '{"seat": 1}'
    assert participants("guest 0").fetch().sid == first.sid
    assert participants("guest 0").update(last_read_message_index=5).last_read_message_index == 5
    assert participants("guest 0").update(last_read_message_index="").last_read_message_index is None
    fails(409, lambda: participants.create(identity="guest 0"))
    fails(400, lambda: participants.create(identity="guest", messaging_binding_address="+12025550123"))
    fails(400, lambda: participants.create(attributes="{}"))
    pages(participants, created)
    goes(participants, created)


def whole_life_of_messages(conversation, messages):
    created = [messages.create(author="ana", body=f"Grüße & {index}") for index in range(7)]
    first = created[0]
    assert (first.conversation_sid, first.author, first.body) == (conversation, "ana", "Grüße & 0")
    assert messages(first.sid).update(body="edited").body == "edited"
    assert messages(first.sid).fetch().author == "ana"
    pages(messages, created)
    assert [one.index for one in messages.list()] == list(range(7))
    assert [one.index for one in messages.list(order="desc")] == list(range(6, -1, -1))
    assert [one.index for one in messages.stream(order="desc", page_size=3)] == list(range(6, -1, -1))
    assert [one.index for one in messages.page(order="desc", page_size=3).next_page()] == [3, 2, 1]
    assert [one.index for one in messages.page(order="desc", page_size=3, page_number=2)] == [0]
    goes(messages, created)
    system = messages.create(body="nobody in particular")
    assert (system.author, system.index, system.attributes) == ("system", 7, "{}"), (system.author, system.index)
    assert system.delete()
    fails(400, lambda: messages.create(media_sid="no such thing"))
    return messages.create(body="the last word")


def whole_life_of_roles(roles):
    created = [
        roles.create(friendly_name=f"role {index}", type="conversation", permission=["sendMessage", "leaveConversation"])
        for index in range(7)
    ]
    first = created[0]
    assert (first.friendly_name, first.type) == ("role 0", "conversation")
    assert first.permissions == ["sendMessage", "leaveConversation"]
    assert roles(first.sid).update(permission=["sendMessage"]).permissions == ["sendMessage"]
    assert roles(first.sid).fetch().permissions == ["sendMessage"]
    pages(roles, created)
    goes(roles, created)
    fails(400, lambda: roles.create(friendly_name="x", type="planet", permission=["sendMessage"]))


def whole_life_of_users(users):
    created = [users.create(identity=f"user {index}", friendly_name="Ana") for index in range(7)]
    first = created[0]
    assert (first.identity, first.friendly_name) == ("user 0", "Ana")
    assert users(first.sid).update(friendly_name="Bea").friendly_name == "Bea"
    assert users(first.sid).fetch().friendly_name == "Bea"
    assert users("user 0").fetch().sid == first.sid
    assert users("user 0").update(attributes='{"a": 1}').attributes == '{"a": 1}'
    fails(409, lambda: users.create(identity="user 0"))
    fails(404, lambda: users("nobody").fetch())
    pages(users, created)
    goes(users, created)


def pages(collection, created):
    """Seven instances come in the order in which they were created, in pages that lead to each other."""
    sids = [one.sid for one in created]
    assert len(set(sids)) == 7
    assert [one.sid for one in collection.stream(page_size=3)] == sids
    assert len(collection.list(limit=5, page_size=2)) == 5
    second = collection.page(page_size=3).next_page()
    assert [one.sid for one in second] == sids[3:6]
    assert [one.sid for one in second.previous_page()] == sids[:3]


def goes(collection, created):
    """Instances are gone once they are deleted."""
    for one in created:
        assert collection(one.sid).delete()
    assert collection.list() == []
    fails(404, lambda: collection(created[0].sid).fetch())


def fails(status, request):
    try:
        request()
    except TwilioRestException as error:
        assert (error.status, error.code) == (status, 20000 + status), error
    else:
        raise AssertionError(f"no error {status}")


main(sys.argv[1])
