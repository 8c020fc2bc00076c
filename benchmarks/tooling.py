"""What a tool step adds to a turn: recording the call and its result, the second prompt, the frames."""

import statistics
from collections.abc import Iterator

from benchmarks.row import MILLI, Row
from benchmarks.stage import Stage, prompt

STEPS = 4
_AGENT = "bench-tools"


def tool_steps(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """Added time of a step with one call, without the tool's and the model's own time."""
    number, repeats = (30, 1) if is_quick else (100, 3)
    _publish(stage)
    plain, acting = [prompt(1, 0)] * number, [f"{prompt(1, 0)} t={STEPS}"] * number
    stage.ask_medea([acting[:5]], is_each_new=True, agent=_AGENT)  # code is warm
    added: list[float] = []
    for _ in range(repeats):
        # each in a new conversation: earlier turns' calls would lengthen the prompts
        model = stage.ask_model([plain]).wall / number
        without = stage.ask_medea([plain], is_each_new=True, agent=_AGENT).wall / number
        within = stage.ask_medea([acting], is_each_new=True, agent=_AGENT).wall / number
        added.append(((within - without) / STEPS - model) * MILLI)
    middle = statistics.median(added)
    yield Row(
        f"added by a tool step with one call, of {STEPS} in a turn, without the tool's and the model's own time",
        "<= 5 ms",
        f"{middle:.1f} ms",
        is_met=middle <= 5.0,
    )


def _publish(stage: Stage) -> None:
    agent = {"name": "Tools", "slug": _AGENT, "system_prompt": "Answer.", "tools": [{"name": "calculator"}]}
    with stage.client() as client:
        client.post("/v1/agents", json=agent).raise_for_status()
        client.post(f"/v1/agents/{_AGENT}/publish", json={}).raise_for_status()
