"""All HTTP of conversations, as the registry takes it."""

from medea.modules.conversations.endpoints import ai_sdk, answers, conversations, openai, turns, widget

ROUTERS = (conversations.router, turns.router, answers.router, widget.router, ai_sdk.router, openai.router)
ERROR_STYLES = openai.ERROR_STYLES
