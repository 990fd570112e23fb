"""Take secrets out of text that leaves the machine: what the environment holds as one, and passwords in addresses.

In: text. Out: text with `***` in their place.

>>> without_secrets("https://someone:word@example.org/a cannot be read", {})
'https://***@example.org/a cannot be read'
"""

import os
import re
from collections.abc import Mapping

SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|WEBHOOK$|ACCESS_KEY|API_KEY|AUTH_STRING", re.I)
SHORTEST_SECRET = 6
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")
_IN_QUERY = re.compile(r"(?i)([?&;](?:[\w-]*(?:token|secret|signature|password|key|credential)[\w-]*)=)[^&\s#]+")


def without_secrets(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the text without the values of secret variables, and without passwords and tokens in addresses."""
    values = (value for name, value in environment.items() if SECRET_NAME.search(name))
    for value in sorted((value for value in values if len(value) >= SHORTEST_SECRET), key=len, reverse=True):
        text = text.replace(value, "***")
    return _IN_QUERY.sub(r"\1***", _IN_ADDRESS.sub("***@", text))
