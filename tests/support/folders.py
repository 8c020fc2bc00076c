"""Temporary folders that the embedded PostgreSQL's account can reach.

As root, PostgreSQL runs under an account of its own, which must be able to pass through the folders on the
way to its data. pytest closes its common folder to others again whenever another run begins, so a run as
root has a folder of its own.
"""

import os
import shutil
import tempfile

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder, unless somebody did (for a worker of xdist: the process that started it)."""
    if os.geteuid() == 0 and config.option.basetemp is None:
        config.option.basetemp = tempfile.mkdtemp(prefix="medea-tests-")
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))
