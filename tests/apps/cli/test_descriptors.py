"""How many connections a process may have, whatever shell it was started from."""

import resource
import subprocess
import sys

import pytest

from medea.apps.cli.descriptors import WANTED

HARD = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
MANY = 10_000 if HARD == resource.RLIM_INFINITY else min(10_000, HARD)  # nobody may allow himself more
CALLED = """
import resource
from medea.apps.cli.descriptors import allow_many
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
allow_many()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "expected"), [(256, 300, 300), (256, 256, 256), (64, MANY, min(MANY, WANTED))]
)
def test_what_the_system_allows_is_used(soft: int, hard: int, expected: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALLED.format(soft=soft, hard=hard)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == expected
