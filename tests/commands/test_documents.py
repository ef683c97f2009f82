"""`certhub documents`: add, list, export."""

import hashlib
import json
import re
from pathlib import Path

from tests.commands.terminal import certhub

TEXT = "query Me { me { key } }"
OTHER = "query Sources { sources { name } }"


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_documents_are_registered_listed_and_exported(tmp_path: Path) -> None:
    """From a file and from both kinds of manifest; once each, and exported as a map of hashes."""
    (tmp_path / "me.graphql").write_text(f"{TEXT}\n", "utf-8")
    (tmp_path / "relay.json").write_text(json.dumps({hash_of(OTHER): OTHER}), "utf-8")
    apollo = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        {"id": hash_of(TEXT), "name": "Me", "type": "query", "body": TEXT}
    ]}  # fmt: skip
    (tmp_path / "apollo.json").write_text(json.dumps(apollo), "utf-8")

    added = certhub("documents", "add", "me.graphql", "relay.json", at=tmp_path)
    again = certhub("documents", "add", "apollo.json", at=tmp_path)
    listed = certhub("documents", "list", at=tmp_path)
    exported = certhub("documents", "export", at=tmp_path)

    assert added.out == "registered: 2; were so already: 0."
    assert again.out == "registered: 0; were so already: 1."
    assert re.search(rf"{hash_of(TEXT)[:20]}.*me\.graphql", listed.out)
    assert json.loads(exported.out) == {hash_of(TEXT): TEXT, hash_of(OTHER): OTHER}


def test_what_is_not_valid_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    """Nothing of the call is registered, and every document in disorder is named."""
    (tmp_path / "good.graphql").write_text(TEXT, "utf-8")
    (tmp_path / "bad.graphql").write_text("{\n  mee { key }\n}", "utf-8")
    person = 'query P { certificate(type: "x", subject: {person: {residentId: "330203199003076712"}}) { record } }'
    (tmp_path / "person.graphql").write_text(person, "utf-8")

    done = certhub("documents", "add", "good.graphql", "bad.graphql", "person.graphql", at=tmp_path)
    exported = certhub("documents", "export", at=tmp_path)

    assert done.code == 1
    assert "bad.graphql: line 2, column 3, Cannot query field 'mee' on type 'Query'." in done.err
    assert "person.graphql: it holds an identifier" in done.err
    assert "330203199003076712" not in done.err
    assert "good.graphql" not in done.err
    assert json.loads(exported.out) == {}


def test_manifests_that_are_none(tmp_path: Path) -> None:
    """Another hash, no JSON, no manifest, no file: each is told with its name."""
    (tmp_path / "hash.json").write_text(json.dumps({"ab": TEXT}), "utf-8")
    (tmp_path / "text.json").write_text("{", "utf-8")
    (tmp_path / "list.json").write_text("[]", "utf-8")

    told = {
        name: certhub("documents", "add", name, at=tmp_path).err
        for name in ("hash.json", "text.json", "list.json", "none.graphql")
    }

    assert "ab… is not the SHA-256 of its document" in told["hash.json"]
    assert "it is not JSON" in told["text.json"]
    assert "it is no manifest" in told["list.json"]
    assert "there is no such file" in told["none.graphql"]
