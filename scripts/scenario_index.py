"""Writes scenarios/README.md anew: one line for each scenario that comes with the package."""

from mock_odus.scripting import loader
from mock_odus.scripting.summaries import summaries


def index() -> str:
    rows = [f"| [{name}]({name}.yaml) | {about} |" for name, about in summaries().items()]
    head = "# Scenarios that come with mock-odus\n\n`mock-odus play NAME` plays one. Copy what you need.\n\n"
    return head + "| name | story |\n|---|---|\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (loader.shipped() / "README.md").write_text(index(), encoding="utf-8")
