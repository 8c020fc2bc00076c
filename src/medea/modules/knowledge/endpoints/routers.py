"""All routers of this module."""

import re

from medea.modules.knowledge.endpoints import bases, contents, documents, questions, search, sources

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
    search.router,
)

UPLOADS = (re.compile(r"/v1/knowledge-bases/[^/]+/(?:documents|preview)"), re.compile(r"/v1/documents/[^/]+/content"))
"""Paths that take files."""
