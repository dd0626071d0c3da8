"""Prints the digest and all bodies of one history, for a test that starts this in a process of its own."""

import json
import sys

from tests.properties.conftest import Mock, history


def main() -> None:
    account = Mock().open(name="replay", seed=7)
    bodies = [raw.decode() for raw in history(account)]
    sys.stdout.write(json.dumps({"digest": account.digest, "bodies": bodies}))


if __name__ == "__main__":
    main()
