"""Twilio's own Python client against a mock, whose URL is the only argument: a life of some Services."""

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
    services = client.conversations.v1.services

    created = [services.create(friendly_name=f"Desk {index}") for index in range(7)]
    assert len({service.sid for service in created}) == 7
    first = created[0]
    assert first.friendly_name == "Desk 0" and first.date_created.year >= 2026
    assert first.url.endswith(f"/v1/Services/{first.sid}") and first.links["conversations"].startswith(first.url)

    fetched = services(first.sid).fetch()
    assert (fetched.sid, fetched.account_sid) == (first.sid, first.account_sid)

    listed = [service.sid for service in services.stream(page_size=3)]
    assert listed == [service.sid for service in created], listed
    assert len(services.list(limit=5, page_size=2)) == 5

    page = services.page(page_size=3)
    second = page.next_page()
    assert [service.sid for service in second] == listed[3:6]
    assert [service.sid for service in second.previous_page()] == listed[:3]

    for service in created:
        assert services(service.sid).delete()
    assert services.list() == []

    for wrong, status in [
        (lambda: services(first.sid).fetch(), 404),
        (lambda: services.create(friendly_name="x" * 257), 400),
    ]:
        try:
            wrong()
        except TwilioRestException as error:
            assert (error.status, error.code) == (status, 20000 + status), error
        else:
            raise AssertionError(f"no error {status}")
    print("the session is as it should be")


main(sys.argv[1])
