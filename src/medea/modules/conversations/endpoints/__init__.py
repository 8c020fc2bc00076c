"""HTTP of conversations, one file per kind; `ROUTERS` is all of it."""

from medea.modules.conversations.endpoints import ai_sdk, conversations, openai, turns, widget

ROUTERS = (conversations.router, turns.router, widget.router, ai_sdk.router, openai.router)
ERROR_STYLES = openai.ERROR_STYLES
