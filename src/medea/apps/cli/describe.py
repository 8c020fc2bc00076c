"""`medea openapi`: the API's description."""

import json
import sys
from pathlib import Path

from medea.apps.api.application import describe, make_app
from medea.kernel.settings import Settings


def run_openapi(output: Path | None) -> None:
    """Write the OpenAPI document, the same on every machine: no setting shows in it."""
    document = describe(make_app(Settings.model_construct()))
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
