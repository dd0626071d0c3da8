"""`/request-logs`: calls that could change something, as merchants see them (guides/dashboard/request-logs)."""

from __future__ import annotations

from mock_odus.api.resource import Resource
from mock_odus.journal import RequestLog

request_logs = Resource(
    RequestLog, "/request-logs", "REQUEST_LOG", kept=lambda caller: caller.journal.logs(caller.sandbox.serial)
)
