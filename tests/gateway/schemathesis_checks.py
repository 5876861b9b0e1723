"""What schemathesis must hold against every door beside its own checks."""

from __future__ import annotations

from typing import Any

import schemathesis


class EveryOperationAnswers:
    """An operation that only ever refuses has not been tested."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.answered: set[str] = set()

    def after_response(self, _: Any, response: schemathesis.Response, case: schemathesis.Case) -> None:
        self.asked.add(case.operation.label)
        if response.status_code == 200:
            self.answered.add(case.operation.label)

    def after_run(self, _: Any) -> None:
        assert self.answered == self.asked, sorted(self.asked - self.answered)
