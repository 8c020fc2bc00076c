"""The statement that finds candidates, put together for the bases of a search.

Exact BM25 (Robertson and Zaragoza 2009) over postings, exact or indexed nearest vectors, both scores for whatever
either found, and the best of the fused. All of it is bound by `tenant_id = $1` besides the policy; `=` on
numbers is leakproof, so the indexes are used under row-level security.
"""

from dataclasses import dataclass
from functools import lru_cache

K1, B = 0.9, 0.4
CANDIDATES = 100
"""Of each kind."""
RANKED = 50
"""Of the fused ones that are put in order."""

BASES = """
SELECT b.id, b.name, b.settings, i.number, coalesce(i.chunk_count, 0) AS chunk_count,
    coalesce(i.term_count, 0) AS term_count, i.languages, i.embedding_model, i.embedding_version,
    i.embedding_dimensions, i.has_graph
FROM knowledge_bases AS b
LEFT JOIN knowledge_indexes AS i ON i.tenant_id = b.tenant_id AND i.base_id = b.id
WHERE b.tenant_id = $1 AND b.id = ANY($2::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Leg:
    """Vectors of one base in a search.

    Attributes:
        number: of the base, where its vectors are indexed: the planner takes a partial index only for a literal.
        version: likewise.
        dimensions: likewise.
        slot: which of the search's vectors is compared.
    """

    slot: int
    number: int | None = None
    version: int | None = None
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement depends on; everything else are its parameters.

    Attributes:
        has_many_bases: more than one.
        has_filter: documents' metadata are asked for.
        has_words: vectors of words are wanted.
        legs: one for each base with vectors; its number, version and slot come as parameters.
    """

    has_many_bases: bool
    has_filter: bool
    has_words: bool
    legs: tuple[Leg, ...]


PARAMETERS = 9
"""Before those of the legs."""


@lru_cache(maxsize=512)
def search_statement(shape: Shape) -> str:
    """Return the statement for a shape.

    Parameters: `$1` tenant, `$2` numbers of bases (or the only one), `$3` terms, `$4` as `length_weight` says,
    `$5` chunks in all, `$6` languages that the vectors understand (NULL: all), `$7` weight of vectors, `$8`
    whether cosines are stretched to 0..1 among the candidates, `$9` limit; then for each leg number, version and
    vector; at the end, where there is one, the filter as JSON and the ids of bases.
    """
    of_base = "= ANY($2::int[])" if shape.has_many_bases else "= $2::int"
    parts = [_TERMS.format(of_base=of_base), _lexical(of_base, _join(shape, "p"))]
    if shape.has_filter:
        last = PARAMETERS + 3 * len(shape.legs)
        parts.insert(0, _ALLOWED.format(asked=f"${last + 1}", bases=f"${last + 2}"))
    near = [_near(leg, PARAMETERS + 1 + 3 * place, shape) for place, leg in enumerate(shape.legs)]
    parts.append(f"near AS MATERIALIZED ({' UNION ALL '.join(near) or _NOTHING})")
    parts.append(_CANDIDATES)
    cosines = [_cosine(leg, PARAMETERS + 1 + 3 * place) for place, leg in enumerate(shape.legs)]
    parts.append(_SCORED.format(cosine=f"coalesce({', '.join(['c.cosine', *cosines])})"))
    column, table = ("w.vectors", _WORDS.format(version=_version(shape))) if shape.has_words else ("NULL::bytea", "")
    return f"WITH {', '.join(parts)} {_BEST.format(words=column, join_words=table)}"


_NOTHING = "SELECT 0 AS base_number, 0 AS chunk_number, 0::float8 AS cosine WHERE false"

_ALLOWED = """
allowed AS MATERIALIZED (
    SELECT c.base_number, c.number FROM knowledge_documents AS d
    JOIN knowledge_chunks AS c ON c.tenant_id = d.tenant_id AND c.document_id = d.id
    WHERE d.tenant_id = $1 AND d.base_id = ANY({bases}::uuid[]) AND NOT EXISTS (
        SELECT FROM jsonb_each({asked}::jsonb) AS f WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(
                CASE jsonb_typeof(d.metadata -> f.key) WHEN 'array' THEN d.metadata -> f.key
                ELSE jsonb_build_array(d.metadata -> f.key) END
            ) AS had WHERE f.value @> had
        )
    )
)
"""

_TERMS = """
terms AS MATERIALIZED (
    SELECT term, ln(1 + ($5::float8 - sum(chunk_count) + 0.5) / (sum(chunk_count) + 0.5)) AS idf
    FROM knowledge_terms WHERE tenant_id = $1 AND base_number {of_base} AND term = ANY($3::int[])
    GROUP BY term
)
"""

_LEXICAL = """
lexical AS MATERIALIZED (
    SELECT p.base_number, p.chunk_number, sum(
        t.idf * {gain}::float8 * p.frequency / (p.frequency + {short}::float8 + $4::float8 * p.length)
    ) AS bm25
    FROM terms AS t CROSS JOIN LATERAL (
        SELECT base_number, chunk_number, frequency, length FROM knowledge_postings
        WHERE tenant_id = $1 AND base_number {of_base} AND term = t.term OFFSET 0
    ) AS p
    {allowed} GROUP BY p.base_number, p.chunk_number
)
"""


def _lexical(of_base: str, allowed: str) -> str:
    return _LEXICAL.format(of_base=of_base, allowed=allowed, gain=K1 + 1, short=K1 * (1 - B))


def length_weight(mean_length: float) -> float:
    """Return what each term of a chunk's length adds to the denominator of BM25."""
    return K1 * B / max(mean_length, 1.0)


def _join(shape: Shape, table: str) -> str:
    if not shape.has_filter:
        return ""
    number = "chunk_number"
    return f"JOIN allowed AS a ON a.base_number = {table}.base_number AND a.number = {table}.{number}"


def _near(leg: Leg, first: int, shape: Shape) -> str:
    """The nearest vectors of a base: by its own index where it has one, else by comparing all."""
    vector, stored = f"${first + 2}::halfvec", "v.embedding"
    place = f"v.base_number = ${first}::int AND v.version = ${first + 1}::smallint"
    if leg.number is not None and not shape.has_filter:
        vector, stored = f"{vector}({leg.dimensions})", f"{stored}::halfvec({leg.dimensions})"
        place = (
            f"v.base_number = {leg.number} AND v.version = {leg.version}"
            f" AND ${first}::int IS NOT NULL AND ${first + 1}::smallint IS NOT NULL"
        )
    return (
        f"(SELECT v.base_number, v.chunk_number, 1 - ({stored} <=> {vector}) AS cosine FROM knowledge_vectors AS v"
        f" {_join(shape, 'v')} WHERE v.tenant_id = $1 AND {place}"
        f" ORDER BY {stored} <=> {vector} LIMIT {CANDIDATES})"
    )


def _version(shape: Shape) -> str:
    """The generation of vectors of the base of a row `f`."""
    cases = [
        f"WHEN ${first}::int THEN ${first + 1}::smallint"
        for first in range(PARAMETERS + 1, PARAMETERS + 1 + 3 * len(shape.legs), 3)
    ]
    return f"CASE f.base_number {' '.join(cases)} END"


def _cosine(_leg: Leg, first: int) -> str:
    """The cosine of what was found by words alone: looked up, one by one."""
    return (
        f"(SELECT 1 - (v.embedding <=> ${first + 2}::halfvec) FROM knowledge_vectors AS v"
        f" WHERE v.tenant_id = $1 AND v.base_number = c.base_number AND v.version = ${first + 1}::smallint"
        f" AND v.chunk_number = c.chunk_number AND c.base_number = ${first}::int)"
    )


# Where a row is looked up by its key, a subquery with OFFSET 0 stands: the planner then uses the whole key whatever it
# believes of the number of rows. Just after a base was filled, before statistics are there, it believes in one.

_CANDIDATES = f"""
found AS MATERIALIZED (
    SELECT coalesce(n.base_number, l.base_number) AS base_number,
        coalesce(n.chunk_number, l.chunk_number) AS chunk_number, coalesce(l.bm25, 0) AS bm25, n.cosine
    FROM lexical AS l FULL JOIN near AS n ON n.base_number = l.base_number AND n.chunk_number = l.chunk_number
),
candidates AS MATERIALIZED (
    SELECT * FROM found WHERE cosine IS NOT NULL
    UNION ALL (
        SELECT * FROM found WHERE cosine IS NULL ORDER BY bm25 DESC, base_number, chunk_number LIMIT {CANDIDATES}
    )
)
"""
"""A full join is made by hashing, whatever the planner believes of the number of rows."""

_SCORED = """
scored AS MATERIALIZED (
    SELECT c.base_number, c.chunk_number, c.bm25, {cosine}::float8 AS cosine, coalesce(k.language, '') AS language
    FROM candidates AS c CROSS JOIN LATERAL (
        SELECT language FROM knowledge_chunks
        WHERE tenant_id = $1 AND base_number = c.base_number AND number = c.chunk_number OFFSET 0
    ) AS k
)
"""

_BEST = """
SELECT f.*, c.id, c.document_id, c.text, c.heading_path, c.page_from, c.char_from, c.char_to, c.ordinal,
    c.terms, c.heading_terms, c.language, {words} AS words, d.name, d.kind, d.metadata, d.url, d.base_id,
    CASE WHEN row_number() OVER () = 1 THEN (SELECT array_agg(term) FROM terms) END AS found_terms,
    CASE WHEN row_number() OVER () = 1 THEN (SELECT array_agg(idf) FROM terms) END AS idfs
FROM (
    SELECT base_number, chunk_number, bm25, cosine, share, lexical, CASE
            WHEN cosine IS NULL OR (language <> '' AND language <> ALL($6::text[])) THEN lexical
            ELSE $7::float8 * share + (1 - $7::float8) * lexical
        END AS fused
    FROM (
        SELECT *, coalesce(bm25 / nullif(max(bm25) OVER (), 0), 0) AS lexical, CASE
                WHEN $8 THEN coalesce(
                    (cosine - min(cosine) OVER ()) / nullif(max(cosine) OVER () - min(cosine) OVER (), 0), 1)
                ELSE greatest(cosine, 0)
            END AS share
        FROM scored
    ) AS shared
    ORDER BY fused DESC, base_number, chunk_number LIMIT $9::int
) AS f
CROSS JOIN LATERAL (
    SELECT * FROM knowledge_chunks
    WHERE tenant_id = $1 AND base_number = f.base_number AND number = f.chunk_number OFFSET 0
) AS c
CROSS JOIN LATERAL (
    SELECT name, kind, metadata, url, base_id FROM knowledge_documents
    WHERE tenant_id = $1 AND id = c.document_id OFFSET 0
) AS d
{join_words}
ORDER BY f.fused DESC, f.base_number, f.chunk_number
"""

_WORDS = """
LEFT JOIN LATERAL (
    SELECT vectors FROM knowledge_token_vectors
    WHERE tenant_id = $1 AND base_number = f.base_number AND version = ({version}) AND chunk_number = f.chunk_number
    OFFSET 0
) AS w ON true
"""
