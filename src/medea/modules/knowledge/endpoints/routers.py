"""All routers of this module."""

from medea.modules.knowledge.endpoints import bases, contents, documents, questions, sources

ROUTERS = (
    bases.router,
    bases.usage,
    documents.of_base,
    documents.router,
    contents.router,
    contents.of_base,
    sources.of_base,
    sources.router,
    questions.router,
)
