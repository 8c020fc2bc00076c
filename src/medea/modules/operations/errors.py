"""Refusals of operations."""

from medea.kernel.errors import Conflict, NotFound


class NotForYou(NotFound):
    """There is no such thing here."""

    code = "operations.not_found"


class JobNotFound(NotFound):
    """There is no such job: what is done leaves no trace."""

    code = "operations.job_not_found"


class JobNotDead(Conflict):
    """Only a job that was given up can be retried or purged; this one waits or runs."""

    code = "operations.job_not_dead"
