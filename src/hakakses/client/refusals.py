"""Why there is no answer.  No message holds a value that was asked with."""

from __future__ import annotations

import msgspec


class HakaksesError(Exception):
    """No answer was given."""


class Problem(msgspec.Struct, frozen=True):
    """The body of a refusal (RFC 9457), as far as programs need it."""

    code: str
    final: bool
    title: str = ""
    title_en: str = ""
    clause: str = ""
    part: str = ""


class Refused(HakaksesError):
    """The service refused, and would refuse the same request again.

    code: stable, for programs.  title: Indonesian.  clause: of the agreement.  part: of the request.
    """

    def __init__(self, problem: Problem, status: int) -> None:
        self.code, self.title, self.title_en = problem.code, problem.title, problem.title_en
        self.clause, self.part, self.status = problem.clause, problem.part, status
        where = ", ".join(filter(None, (problem.part, problem.clause)))
        super().__init__(f"{problem.code}: {problem.title_en}{f' ({where})' if where else ''}")


class TryLater(Refused):
    """The service refused for now.

    retry_after: seconds, where the service said so.  key: send the same ask under it again and it is charged once.
    """

    def __init__(self, problem: Problem, status: int, retry_after: int | None, key: str) -> None:
        super().__init__(problem, status)
        self.retry_after, self.key = retry_after, key


class Unreachable(HakaksesError):
    """No reply came.  The ask may have been answered: send it again under the same key and it is charged once."""

    def __init__(self, key: str) -> None:
        super().__init__("The service could not be reached in time.")
        self.key = key


class CredentialRefused(HakaksesError):
    """No token was given (RFC 6749 §5.2)."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code


class NotUnderstood(HakaksesError):
    """The reply is not what the service documents; something between may have answered.

    The ask may have been answered: send it again under the same key and it is charged once.
    """

    def __init__(self, status: int, key: str) -> None:
        # Nothing of the reply: it could hold a value.
        super().__init__(f"The reply with status {status} is not as documented.")
        self.key = key
