"""Whoever asked before the hub was told to end has an answer."""

import json
import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.commands.running import grace
from hub.settings import read_settings
from tests.commands.terminal import running, sourced

QUERY = """
query ($subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) {
    __typename trail { said }
  }
}
"""


def sent(url: str, method: str, document: object, **headers: str) -> bytes:
    """The answer to a JSON document."""
    request = urllib.request.Request(url, json.dumps(document).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        body: bytes = answer.read()
        return body


def test_a_lookup_outlives_the_end(tmp_path: Path) -> None:
    """Ctrl-C while two platforms hang: the lookup runs to its end, nothing is cut off."""
    words = ("demo", "--data", tmp_path / "data", "--port", "0", "--sandbox-port", "0")
    with running(*words, at=tmp_path) as begun, ThreadPoolExecutor(1) as pool:
        begun.says("Ctrl-C ends it")
        given = sourced(tmp_path / "data" / "environment")
        pairs = [one.partition("=") for one in given["CERTHUB_ENDPOINTS"].split(",")]
        for _, _, url in (one for one in pairs if one[2] != "embedded"):
            sent(f"{url}/sandbox/dials", "PUT", {"hang_rate": 1.0})
        found = re.search(r'"residentId": "([0-9X]{18})", "name": "(\w+)"', begun.out)
        assert found
        variables = {
            "subject": {"person": {"residentId": found[1], "name": found[2]}},
            "purpose": {"item": "许可-00757-000", "case": "1", "operator": "op-001"},
        }
        headers = {
            "Authorization": f"Bearer {given['CERTHUB_API_KEY']}",
            "Content-Type": "application/json",
        }
        document = {"query": QUERY, "variables": variables}
        asked = pool.submit(sent, given["CERTHUB_URL"], "POST", document, **headers)
        time.sleep(0.5)

        ended = begun.interrupt()

        answer: dict[str, Any] = json.loads(asked.result())
    assert answer["data"]["certificate"] == {
        "__typename": "Unavailable",
        "trail": [{"said": "TIMED_OUT"}, {"said": "TIMED_OUT"}, {"said": "NOT_HELD"}],
    }
    assert ended.code == 0
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(("most", "seconds"), [("10", 15), ("3.3", 9), ("60", 65)])
def test_the_grace_follows_the_longest_query(most: str, seconds: int) -> None:
    """Whoever lets sources be slower gives requests longer to end."""
    assert grace(read_settings({"CERTHUB_WITHIN_MOST": most})) == seconds
