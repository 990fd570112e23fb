"""What a validation found: one result an expectation, the rows to set aside, and whether a release may go on.

In: what the suites returned. Out: `Validation`, and its summary for `quality/validation.json`.

>>> validation.passed, [result.name for result in validation.critical]
(True, [])
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import polars as pl

Severity = Literal["critical", "row", "warning"]
SEVERITIES: tuple[Severity, ...] = ("critical", "row", "warning")
SAMPLE = 10
# The column that says, beside the key of a failing row, what is wrong with it.
REASON = "reason"


@dataclass(frozen=True)
class Result:
    """What became of one expectation; `sample` holds keys of failing rows, never their text."""

    suite: str
    expectation: str
    type: str
    severity: Severity
    success: bool
    n_checked: int
    n_failed: int
    sample: tuple[str, ...]
    message: str
    observed: float | None = None


@dataclass(frozen=True, eq=False)
class Validation:
    """Results of all suites; `failing_rows` holds by table the keys of rows to set aside, with a `reason`.

    `documents` holds, by suite, what great-expectations returned, for the Data Docs.
    """

    results: tuple[Result, ...]
    failing_rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    documents: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: "Validation") -> "Validation":
        """Return what both found."""
        return Validation(
            self.results + other.results, {**self.failing_rows, **other.failing_rows},
            {**self.documents, **other.documents},
        )

    @property
    def critical(self) -> list[Result]:
        """Failures that stop a release."""
        return self.failures("critical")

    @property
    def warnings(self) -> list[Result]:
        """Failures that are published and stop nothing."""
        return self.failures("warning")

    @property
    def passed(self) -> bool:
        """Whether a release may be made of what is left after the quarantine."""
        return not self.critical

    def failures(self, severity: Severity) -> list[Result]:
        """Return the failed expectations of a severity."""
        return [result for result in self.results if result.severity == severity and not result.success]

    def summary(self) -> dict[str, Any]:
        """Return all of it as plain values in a fixed order, without any clock."""
        failed = Counter(result.severity for result in self.results if not result.success)
        return {
            "passed": self.passed,
            "expectations": len(self.results),
            "failed": {severity: failed[severity] for severity in SEVERITIES},
            "quarantined_rows": {name: frame.height for name, frame in sorted(self.failing_rows.items())},
            "results": [asdict(result) for result in self.results],
        }
