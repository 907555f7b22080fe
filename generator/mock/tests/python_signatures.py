"""Checks signed requests with Twilio's Python client. The arguments are the auth token and a file with a request as JSON in each line."""

import json
import sys
from urllib.parse import parse_qs

try:
    from twilio.request_validator import RequestValidator
except ImportError:
    print("skipped: the package `twilio` is not installed")
    sys.exit(77)



class Form(dict):
    """The fields of a form, as Python web frameworks represent them."""

    def getall(self, name):
        return self[name]


token, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    requests = [json.loads(line) for line in file]
for request in requests:
    is_form = request["content_type"] == "application/x-www-form-urlencoded"
    body = Form(parse_qs(request["body"], keep_blank_values=True)) if is_form else request["body"]
    params = body or {}
    assert RequestValidator(token).validate(request["url"], params, request["signature"]), request
    assert not RequestValidator("other").validate(request["url"], params, request["signature"]), request
print(f"{len(requests)} requests are valid")
