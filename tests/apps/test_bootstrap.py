"""What is built of the settings before anything is asked."""

import os
from pathlib import Path

from medea.apps.bootstrap import make_keyring
from medea.kernel.settings import Settings

SECRET = "a secret of the tests, long enough for a key"


def test_a_secret_that_is_there_is_only_read(tmp_path: Path) -> None:
    """It may be mounted where nothing can be written, and files kept in a bucket."""
    (tmp_path / "secret.key").write_text(SECRET)
    os.utime(tmp_path, (0, 0))
    make_keyring(Settings(_env_file=None, data_dir=tmp_path))
    assert tmp_path.stat().st_mtime == 0, "nothing was written there"


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")
    made = make_keyring(settings).encrypt(b"told", "once")
    assert make_keyring(settings).decrypt(made, "once") == b"told"
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]
