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
POSTINGS = 4_000
"""From how many postings on the most frequent words are only looked up for what the rarer ones found."""
_ENOUGH = 500
"""Postings that are added up in any case."""
_LITTLE = 0.2
"""Share of the question's idf that the words which are only looked up may have together."""
_LOOKED_UP = 1_000
"""Of the best by the rarer words, for how many the most frequent are looked up."""
UNTOLD = 2_000
"""Of changes that a store has yet to be told of, how many a search makes up for; with more it asks it nothing."""

_BY_GRAPH = "".join(
    f"; SET LOCAL {setting}"
    for setting in (
        "hnsw.ef_search = 200",
        "hnsw.iterative_scan = relaxed_order",
        # one plan for every tenant; it must not be for tables that were small when it was made
        "plan_cache_mode = force_generic_plan",
        "enable_seqscan = off",
        "enable_bitmapscan = off",
        # left to itself it believes in a usual tenant's few rows, and compares and sorts them all
        "enable_sort = off",
    )
)


def search_settings(shape: "Shape") -> str:
    """Return what is to be set where the statement of a shape is run: something where a leg has a graph."""
    if shape.has_filter or all(leg.number is None for leg in shape.legs):
        return ""
    return _BY_GRAPH


BASES = """
SELECT b.id, b.name, b.settings, i.number, coalesce(i.chunk_count, 0) AS chunk_count,
    coalesce(i.term_count, 0) AS term_count, i.languages, i.embedding_model, i.embedding_version,
    i.embedding_dimensions, i.has_graph
FROM knowledge_bases AS b
LEFT JOIN knowledge_indexes AS i ON i.tenant_id = b.tenant_id AND i.base_id = b.id
WHERE b.tenant_id = $1 AND b.id = ANY($2::uuid[])
"""

COPIED_BASES = BASES.replace(
    "i.has_graph",
    """i.has_graph, EXISTS (
        SELECT FROM knowledge_copies AS c
        WHERE c.tenant_id = $1 AND c.base_number = i.number AND c.store = $3 AND c.is_complete
    ) AS is_copied, (
        SELECT count(*) FROM (
            SELECT FROM knowledge_copy_changes AS n WHERE n.tenant_id = $1 AND n.base_number = i.number
            ORDER BY n.id LIMIT """
    f"{UNTOLD + 1}) AS noted) AS untold",
)
"""Where there is a vector store, `$3`, which may have all of a base, and of how many changes it has yet to be told.

These are counted up to one more than `UNTOLD`.
"""


@dataclass(frozen=True, slots=True)
class Leg:
    """Vectors of one base in a search.

    Attributes:
        number: of the base, where its vectors are indexed: the planner takes a partial index only for a literal.
        version: likewise.
        dimensions: likewise.
        slot: which of the search's vectors is compared.
        is_given: a vector store told which are near.
    """

    slot: int
    number: int | None = None
    version: int | None = None
    dimensions: int | None = None
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement depends on; everything else are its parameters.

    Attributes:
        has_many_bases: more than one.
        has_filter: documents' metadata are asked for.
        has_words: vectors of words are wanted.
        has_languages: some texts are in a language that the vectors may not understand.
        legs: one for each base with vectors; its number, version and slot come as parameters.
    """

    has_many_bases: bool
    has_filter: bool
    has_words: bool
    has_languages: bool
    legs: tuple[Leg, ...]


PARAMETERS = 9
"""Before those of the legs."""


@lru_cache(maxsize=512)
def search_statement(shape: Shape) -> str:
    """Return the statement for a shape.

    Parameters: `$1` tenant, `$2` numbers of bases (or the only one), `$3` terms, `$4` as `length_weight` says,
    `$5` chunks in all, `$6` languages that the vectors understand (NULL: all), `$7` weight of vectors, `$8`
    whether cosines are stretched to 0..1 among the candidates, `$9` limit; then for each leg number, version and
    vector; at the end, where there is one, the filter as JSON and the ids of bases, else for each leg that is
    given the numbers of the chunks.
    """
    of_base = "= ANY($2::int[])" if shape.has_many_bases else "= $2::int"
    parts = [_terms(of_base, shape)]
    if shape.has_filter:
        last = PARAMETERS + 3 * len(shape.legs)
        parts.insert(0, _ALLOWED.format(asked=f"${last + 1}", bases=f"${last + 2}"))
    near = [
        _given(shape, place) if leg.is_given else _near(leg, PARAMETERS + 1 + 3 * place, shape)
        for place, leg in enumerate(shape.legs)
    ]
    parts.append(f"near AS MATERIALIZED ({' UNION ALL '.join(near) or _NOTHING})")
    parts.append(_fill(_LEXICAL, of_base=of_base, allowed=_join(shape, "p"), most=CANDIDATES * (1 + len(shape.legs))))
    parts.append(_fill(_CANDIDATES, of_base=of_base, most=CANDIDATES))
    cosines = [_cosine(leg, PARAMETERS + 1 + 3 * place) for place, leg in enumerate(shape.legs)]
    language, looked_up = ("coalesce(k.language, '')", _LANGUAGE) if shape.has_languages else ("''", "")
    parts.append(
        _SCORED.format(cosine=f"coalesce({', '.join(['c.cosine', *cosines])})", language=language, looked_up=looked_up)
    )
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
    SELECT term, idf, {is_common} AS is_common
    FROM (
        SELECT term, ln(1 + ($5::float8 - count + 0.5) / (count + 0.5)) AS idf, count
        FROM (
            SELECT term, sum(chunk_count)::float8 AS count
            FROM knowledge_terms WHERE tenant_id = $1 AND base_number {of_base} AND term = ANY($3::int[])
            GROUP BY term
        ) AS counted
    ) AS weighed
    WINDOW up_to AS (ORDER BY count, term ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        from_here AS (ORDER BY count, term ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
)
"""

_IS_COMMON = f"""(
    sum(count) OVER up_to > {POSTINGS} AND sum(count) OVER up_to - count >= {_ENOUGH}
    AND sum(idf) OVER from_here <= {_LITTLE} * sum(idf) OVER ()
)"""
"""Adding up postings is nearly all the time that a big base takes, and frequent words are nearly all postings.

A chunk that has only the most frequent of a question's words is not among the best by words, so these are looked up
for candidates only (after MaxScore; Turtle and Flood 1995).
"""


def _terms(of_base: str, shape: Shape) -> str:
    # behind a filter nobody knows how many of the rare words' chunks are left
    return _TERMS.format(of_base=of_base, is_common="false" if shape.has_filter else _IS_COMMON)


_GAIN = "sum(t.idf * {gain}::float8 * p.frequency / (p.frequency + {short}::float8 + $4::float8 * p.length))"

_LEXICAL = f"""
lexical AS MATERIALIZED (
    SELECT base_number, chunk_number, bm25 FROM (
        SELECT p.base_number, p.chunk_number, {_GAIN} AS bm25
        FROM terms AS t CROSS JOIN LATERAL (
            SELECT base_number, chunk_number, frequency, length FROM knowledge_postings
            WHERE tenant_id = $1 AND base_number {{of_base}} AND term = t.term OFFSET 0
        ) AS p
        {{allowed}} WHERE NOT t.is_common GROUP BY p.base_number, p.chunk_number
    ) AS summed
    ORDER BY bm25 DESC, base_number, chunk_number
    LIMIT CASE WHEN (SELECT bool_or(is_common) FROM terms) THEN {_LOOKED_UP} ELSE {{most}} END
)
"""


def _fill(template: str, **parts: object) -> str:
    return template.format(gain=K1 + 1, short=K1 * (1 - B), **parts)


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


_GIVEN = f"""
(SELECT {{first}}::int AS base_number, v.chunk_number, 1 - (v.embedding <=> {{vector}}::halfvec) AS cosine
FROM (
    SELECT unnest({{chunks}}::int[]) AS chunk_number
    UNION SELECT chunk_number FROM (
        SELECT chunk_number FROM knowledge_copy_changes
        WHERE tenant_id = $1 AND base_number = {{first}}::int AND version = {{version}}::smallint
        ORDER BY id DESC LIMIT {2 * UNTOLD}
    ) AS untold
) AS g CROSS JOIN LATERAL (
    SELECT chunk_number, embedding FROM knowledge_vectors
    WHERE tenant_id = $1 AND base_number = {{first}}::int AND version = {{version}}::smallint
    AND chunk_number = g.chunk_number OFFSET 0
) AS v ORDER BY v.embedding <=> {{vector}}::halfvec LIMIT {CANDIDATES})
"""
"""What a store found, as far as it is still there, and what it was not told of yet; with cosines from here.

There were at most `UNTOLD` such changes when the search began; some may have come since.
"""


def _given(shape: Shape, place: int) -> str:
    before = sum(leg.is_given for leg in shape.legs[:place])
    first = PARAMETERS + 1 + 3 * place
    chunks = f"${PARAMETERS + 3 * len(shape.legs) + before + 1}"
    return _GIVEN.format(first=f"${first}", version=f"${first + 1}", vector=f"${first + 2}", chunks=chunks)


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
candidates AS MATERIALIZED (
    SELECT base_number, chunk_number, bm25, cosine FROM (
        SELECT base_number, chunk_number, max(cosine) AS cosine, coalesce(sum(common), 0)
            + CASE WHEN max(cosine) IS NULL THEN max(bm25) ELSE coalesce(sum(rare), 0) END AS bm25
        FROM (
            SELECT base_number, chunk_number, cosine, NULL::float8 AS bm25, NULL::float8 AS rare, NULL::float8 AS common
            FROM near
            UNION ALL SELECT base_number, chunk_number, NULL, bm25, NULL, NULL FROM lexical
            UNION ALL (
                SELECT p.base_number, p.chunk_number, NULL, NULL,
                    {_GAIN} FILTER (WHERE NOT t.is_common), {_GAIN} FILTER (WHERE t.is_common)
                FROM terms AS t CROSS JOIN LATERAL (
                    SELECT base_number, chunk_number, frequency, length FROM knowledge_postings
                    WHERE tenant_id = $1 AND base_number {{of_base}} AND term = t.term AND chunk_number = ANY(
                        CASE WHEN t.is_common THEN
                            ARRAY(SELECT chunk_number FROM near UNION SELECT chunk_number FROM lexical)
                        ELSE ARRAY(SELECT chunk_number FROM near) END
                    ) OFFSET 0
                ) AS p
                GROUP BY p.base_number, p.chunk_number
            )
        ) AS parts
        GROUP BY base_number, chunk_number
    ) AS summed
    WHERE bm25 IS NOT NULL
    ORDER BY cosine IS NULL, bm25 DESC, base_number, chunk_number
    LIMIT {{most}} + (SELECT count(*) FROM near)
)
"""
"""The nearest, and the best by words besides; joined by grouping, which is fast whatever the planner believes.

Rare words are looked up for the nearest alone: those of the best by words are added up already. What is looked up in
one base because a chunk of another has the same number has neither cosine nor sum, and goes.
"""

_SCORED = """
scored AS MATERIALIZED (
    SELECT c.base_number, c.chunk_number, c.bm25, {cosine}::float8 AS cosine, {language} AS language
    FROM candidates AS c {looked_up}
)
"""

_LANGUAGE = """
CROSS JOIN LATERAL (
    SELECT language FROM knowledge_chunks
    WHERE tenant_id = $1 AND base_number = c.base_number AND number = c.chunk_number OFFSET 0
) AS k
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
