"""The programs of docs/guides/clients.md, by the section that they stand in."""

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "clients.md"
TITLE = "Reach an agent from any client"
RUN_HERE = {
    (TITLE, "js"),
    ("Chat Completions", "python"),
    ("Responses", "python"),
    ("AG-UI", "js"),
    ("MCP", "python"),
    ("curl", "sh"),
}
"""Run by `test_client_snippets`."""
RUN_IN_BROWSERS = {("AI SDK", "tsx"), ("CopilotKit", "tsx"), ("CopilotKit", "js")}
"""Run by `test_copilotkit_pages`."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def snippets() -> dict[tuple[str, str], str]:
    """Return programs by section and language; what a section has in one language is one program."""
    found: dict[tuple[str, str], str] = {}
    for part in re.split(r"^## |^# (?=Reach)", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        section, _, text = part.partition("\n")
        for language, code in _BLOCK.findall(text):
            found[section, language] = found.get((section, language), "") + code
    return found
