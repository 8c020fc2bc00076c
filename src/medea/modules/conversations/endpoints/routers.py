"""All HTTP of conversations, as the registry takes it."""

from medea.modules.conversations.endpoints import (
    ag_ui,
    ai_sdk,
    answers,
    conversations,
    mcp,
    openai,
    openai_wire,
    responses,
    reviews,
    turns,
    widget,
)

ROUTERS = (
    conversations.router,
    turns.router,
    answers.router,
    reviews.router,
    widget.router,
    ai_sdk.router,
    openai.router,
    responses.router,
    ag_ui.router,
)
ROOTS = (mcp.router,)
ERROR_STYLES = (*openai_wire.ERROR_STYLES, *ag_ui.ERROR_STYLES)
