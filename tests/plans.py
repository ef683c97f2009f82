"""Whether the hubs of the tests run operations by plan: CERTHUB_TEST_PLAN is on or off, else on.

`make test` runs everything once, and what opens the face in the tests' own process once more with
it off. What is about plans says itself what it wants.
"""

import os
from collections.abc import Mapping

from hub.settings import read_settings
from resolvers.documents.planning import Planner, unplanned
from resolvers.plan.plan import planned


def plan_of(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The setting of a hub as these variables want it for the tests."""
    wanted = environ.get("CERTHUB_TEST_PLAN")
    return {} if wanted is None else {"CERTHUB_PLAN": wanted}


PLAN = plan_of(os.environ)
PLANNER: Planner = planned if read_settings(PLAN).plan else unplanned
