"""What can go wrong, one class for each of the program's exit codes."""

from __future__ import annotations


class Error(Exception):
    """Anything that Orograph refuses or that fails in it."""


class InputError(Error):
    """A fault in a file: a model, a run folder, an array (exit code 1)."""


class UsageError(Error):
    """Something was asked for that cannot be meant (exit code 2)."""


class Interrupted(Error):
    """The command was interrupted; the same call goes on where it stopped (exit code 3)."""


class Fault(Error):
    """A fault of the program (exit code 4, and any other)."""


class LauncherNotFound(Error):
    """The program itself is not where it was looked for; the message says where that was."""


class NoSuchFinding(Error, KeyError):
    """A run has nothing by that name."""

    def __str__(self) -> str:
        return str(self.args[0])


BY_CODE = {1: InputError, 2: UsageError, 3: Interrupted}
