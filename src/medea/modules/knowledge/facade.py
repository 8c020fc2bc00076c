"""What other modules and the pages may ask of knowledge, within the bound tenant."""

from medea.modules.knowledge.citations import Citation, Support, check_support, find_quote
from medea.modules.knowledge.links import link_to, media_type_of
from medea.modules.knowledge.retrieval.searching import search
from medea.modules.knowledge.service.places import Place, draw_place, find_place
from medea.modules.knowledge.values import Filter, Passage, SearchResult

__all__ = [
    "Citation",
    "Filter",
    "Passage",
    "Place",
    "SearchResult",
    "Support",
    "check_support",
    "draw_place",
    "find_place",
    "find_quote",
    "link_to",
    "media_type_of",
    "search",
]
