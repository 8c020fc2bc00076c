"""Whether this container's process can do its work: asks its `/readyz`, which every kind of process has."""

import os
import sys
import urllib.request

url = f"http://127.0.0.1:{os.environ.get('MEDEA_TELEMETRY__METRICS_PORT', '9464')}/readyz"
try:
    with urllib.request.urlopen(url, timeout=3) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError as error:
    sys.exit(f"{url}: {error}")
