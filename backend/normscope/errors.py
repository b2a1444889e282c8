"""The exceptions of NormScope. Each says what was expected, what came, and where.

NormScopeError
├── SpecError                 a spec that is well-formed but cannot be run
│   └── CostLimitError        the estimated cost exceeds the limit of this server
├── DataSetError
│   ├── DataSetUnavailable    not on this machine, and it could not be downloaded
│   └── DataSetCorrupt        the content's checksum or shape is not the published one
├── StoreError
│   ├── RunNotFound           no run has this id
│   ├── SweepNotFound         no sweep has this id
│   ├── TrialNotFound         no trial of a claim has this id
│   ├── LeaseLost             the fencing token is no longer the run's: the writer must end
│   ├── CommandRefused        the run's state does not allow the command
│   ├── ExportRefused         the run cannot be written as a file of this kind
│   ├── StoreLocked           another server owns this data directory
│   ├── CheckpointUnreadable  its file is absent, damaged, or of another version
│   └── StoreUnavailable      the database is locked for too long, full, or cannot be read
└── ExecutionError
    └── LauncherUnavailable   the warm launcher could not be started or does not answer
"""


class NormScopeError(Exception):
    """Base of every error this package raises on purpose."""


class SpecError(NormScopeError):
    """A spec that is well-formed but cannot be run."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path
        """Dotted path of the field at fault, e.g. ``arms.1.norm.groups``; empty for the whole spec."""


class CostLimitError(SpecError):
    """The estimated cost exceeds the limit of this server."""


class DataSetError(NormScopeError):
    """A data set that cannot be read."""


class DataSetUnavailable(DataSetError):
    """Not on this machine, and it could not be downloaded."""


class DataSetCorrupt(DataSetError):
    """The content's checksum or shape is not the published one."""


class StoreError(NormScopeError):
    """A request the store refused."""


class RunNotFound(StoreError):
    """No run has this id."""


class SweepNotFound(StoreError):
    """No sweep has this id."""


class TrialNotFound(StoreError):
    """No trial of a claim has this id."""


class LeaseLost(StoreError):
    """The fencing token is no longer the run's: the writer must end."""


class CommandRefused(StoreError):
    """The run's state does not allow the command."""


class ExportRefused(StoreError):
    """The run cannot be written as a file of this kind."""


class StoreLocked(StoreError):
    """Another server owns this data directory."""


class CheckpointUnreadable(StoreError):
    """A checkpoint's file is absent, damaged, or of another version of this package."""


class StoreUnavailable(StoreError):
    """The database is locked for too long, full, or cannot be read; trying again later may help."""


class ExecutionError(NormScopeError):
    """A process that could not be started or ended."""


class LauncherUnavailable(ExecutionError):
    """The warm launcher could not be started or does not answer."""
