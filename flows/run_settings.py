"""What the environment sets for a run, looked at before anything is started: a run of hours must not end in a typo.

In: the environment, and where to publish if an option says so. Out: the place to publish to, or one line that says
what is of no use.

>>> check_run_settings("/srv/www/fazhi")
'/srv/www/fazhi'
"""

import os

from flows.notify import webhook
from flows.publish_target import open_target
from flows.settings import PUBLISH_VARIABLE, worker_count


def check_run_settings(publish_to: str | None = None) -> str | None:
    """Return where to publish, if anywhere; raise FazhiError where workers, webhook, place or keys are of no use."""
    worker_count()
    webhook()
    return publish_place(publish_to)


def publish_place(named: str | None) -> str | None:
    """Return the place that is named, else that of `FAZHI_PUBLISH`; raise FazhiError where it can be none."""
    place = named or os.environ.get(PUBLISH_VARIABLE)
    if place:
        open_target(place)
    return place
