"""Writes the examples of both OpenAPI documents anew: what the mock answers in the stories that call every operation.

Run it as `python -m scripts.openapi_examples` when a record or a body has changed.
"""

import json
from pathlib import Path
from typing import Any

import mock_odus
from mock_odus.app import Server, create_app
from tests.api import story as odus
from tests.conftest import Account, Answer
from tests.control import story as control
from tests.described import JSON, Document, documents

PACKAGE = Path(mock_odus.__file__).parent
HOST = {"Host": "127.0.0.1:4010"}  # where the documents say that they are served


class Recorder:
    """A client that keeps the fullest answer of each kind, and the first body of each."""

    def __init__(self, client: Account, document: Document) -> None:
        self.client, self.document = client, document
        self.answers: dict[str, Any] = {}
        self.bodies: dict[str, Any] = {}

    def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        answer: Answer = self.client(method, path, body, headers=HOST)
        operation = self.document.find(method, path.partition("?")[0])
        if answer.headers["content-type"] == JSON:
            self._keep(operation["responses"][str(answer.status)]["content"][JSON]["schema"], answer.json)
        if body:
            name = operation["requestBody"]["content"][JSON]["schema"].get("$ref", operation["operationId"])
            self.bodies.setdefault(name.rpartition("/")[2], body)
        return answer

    def _keep(self, schema: Any, value: Any) -> None:
        name = schema.get("$ref", "").rpartition("/")[2]
        if name.endswith("Page"):
            name, value = name.removesuffix("Page"), max(value["data"], key=_size, default=None)
        elif "items" in schema:
            name, value = schema["items"]["$ref"].rpartition("/")[2], max(value, key=_size, default=None)
        if name and value is not None and _size(value) > _size(self.answers.get(name)):
            measured = {key: 1.2 for key in ("durationMs", "uptimeSeconds") if value.get(key)}  # other in every run
            self.answers[name] = value | measured


def _size(value: Any) -> int:
    return len(json.dumps(value)) if value is not None else 0


def main() -> None:
    server = Server(create_app(scenario="starter"))
    server.start()
    for story, document, folder in zip((odus, control), documents(), ("api", "control"), strict=True):
        opener = Account(server.url, {"secretKey": "skey_mock", "publishableKey": "", "name": "mock", "world": {}})
        made = opener.made("/_mock/sandboxes", {"name": f"shop-{folder}", "scenario": "starter"})
        client = Account(server.url, made)
        recorder = Recorder(client, document)
        story.played(recorder, client)
        text = json.dumps({"answers": recorder.answers, "bodies": recorder.bodies}, indent=1, ensure_ascii=False)
        (PACKAGE / folder / "examples.json").write_text(text + "\n", encoding="utf-8")
        opener.close()
        client.close()
    server.stop()


if __name__ == "__main__":
    main()
