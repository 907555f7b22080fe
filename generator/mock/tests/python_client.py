"""Twilio's own Python client against a mock, whose URL is the only argument.

Services live and die, and in one of them, as in the default one, conversations, participants, messages, roles and users.
"""

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
    whole_life_of_participants(first.sid, conversations(first.sid).participants)
    messages = conversations(first.sid).messages
    left = whole_life_of_messages(first.sid, messages)
    goes(conversations, created)
    fails(404, lambda: messages(left.sid).fetch())
    fails(404, lambda: messages.create(body="to nobody"))


def whole_life_of_participants(conversation, participants):
    created = [participants.create(identity=f"guest {index}") for index in range(7)]
    first = created[0]
    assert (first.conversation_sid, first.identity) == (conversation, "guest 0")
    assert participants(first.sid).update(attributes='{"seat": 1}').attributes == '{"seat": 1}'
    assert participants(first.sid).fetch().attributes == '{"seat": 1}'
    pages(participants, created)
    goes(participants, created)


def whole_life_of_messages(conversation, messages):
    created = [messages.create(author="ana", body=f"Grüße & {index}") for index in range(7)]
    first = created[0]
    assert (first.conversation_sid, first.author, first.body) == (conversation, "ana", "Grüße & 0")
    assert messages(first.sid).update(body="edited").body == "edited"
    assert messages(first.sid).fetch().author == "ana"
    pages(messages, created)
    goes(messages, created)
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
