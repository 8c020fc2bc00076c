"""What is counted in this process, for Prometheus. A label has few values: no ids, no texts of tenants.

Bumped once per request, job, turn or model call, never per token. What is only looked at when somebody asks
(pools, caches, queues) is read at the scrape; see `medea.apps.monitoring`.
"""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# a third of the page, and Prometheus sees for itself when a counter begins anew
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no annotations

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ANSWERS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_JOBS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)

HTTP_REQUESTS = Counter("medea_http_requests_total", "Requests answered.", ["method", "route", "status"])
HTTP_SECONDS = Histogram(
    "medea_http_response_seconds",
    "From a request to the first byte of its answer, however long a stream then is.",
    ["method", "route"],
    buckets=_QUICK,
)
PROBLEMS = Counter("medea_http_problems_total", "Refusals and faults told to callers, by their code.", ["code"])
STREAMS_OPEN = Gauge("medea_http_streams_open", "Event streams with a client at this process.")

JOBS = Counter("medea_jobs_total", "Attempts at jobs by how they ended.", ["task", "queue", "outcome"])
JOB_SECONDS = Histogram("medea_job_seconds", "How long an attempt at a job took.", ["queue"], buckets=_JOBS)
JOB_WAIT = Histogram(
    "medea_job_wait_seconds", "From when a job was due to when a worker began it.", ["queue"], buckets=_JOBS
)

TURNS = Counter("medea_turns_total", "Turns by how they ended; code says why they failed.", ["state", "code", "tenant"])
TURN_FIRST_TOKEN = Histogram(
    "medea_turn_first_token_seconds",
    "From when a turn was due (its message accepted, the turn before it done) to its first text.",
    buckets=_ANSWERS,
)
TURN_SECONDS = Histogram(
    "medea_turn_seconds", "From when a turn was due to its end, by how it ended.", ["state"], buckets=_ANSWERS
)
TOKENS = Counter("medea_tokens_total", "Tokens of completed turns.", ["direction", "model", "tenant"])
COST = Counter("medea_cost_usd_total", "Cost of completed turns, as far as it is known.", ["model", "tenant"])

MODEL_CALLS = Counter(
    "medea_model_calls_total",
    "Calls of a model by how they ended: ok, cancelled, or an error's code.",
    ["provider", "model", "outcome"],
)
MODEL_FIRST_TOKEN = Histogram(
    "medea_model_first_token_seconds",
    "From a call of a model to its first text, repetitions included.",
    ["provider", "model"],
    buckets=_ANSWERS,
)

MODEL_FALLBACKS = Counter(
    "medea_model_fallbacks_total", "Answers that another of an agent's models took over, by reason.", ["reason"]
)
CIRCUIT_CHANGES = Counter(
    "medea_model_circuit_changes_total",
    "Circuits of model providers that this process opened or closed; a probe that fails opens one again.",
    ["provider", "state"],
)

TOOL_CALLS = Counter(
    "medea_tool_calls_total", "Calls of tools by how they ended; tenants' own ones are `own`.", ["tool", "outcome"]
)

KNOWLEDGE_DOCUMENTS = Counter(
    "medea_knowledge_documents_total",
    "Versions of documents by how their way into the index ended; code says why they failed.",
    ["state", "code"],
)
KNOWLEDGE_PAGES = Counter("medea_knowledge_pages_total", "Pages read from documents that have pages.")
KNOWLEDGE_CHUNKS = Counter(
    "medea_knowledge_chunks_total", "Chunks that became searchable by words (indexed) or got vectors.", ["step"]
)
KNOWLEDGE_STAGE_SECONDS = Histogram(
    "medea_knowledge_stage_seconds",
    "How long a step of a document took, or of texts that came together.",
    ["stage"],
    buckets=_JOBS,
)
KNOWLEDGE_SEARCHES = Counter(
    "medea_knowledge_searches_total",
    "Searches by what they went by; degraded ones miss a model or vectors, compared ones did without the vector store.",
    ["outcome"],
)
KNOWLEDGE_SEARCH_SECONDS = Histogram(
    "medea_knowledge_search_seconds", "How long the stages of a search took, and the whole.", ["stage"], buckets=_QUICK
)

LOOP_LAG = Histogram(
    "medea_event_loop_lag_seconds",
    "How much later than asked for the event loop woke a timer, looked at twice a second.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
SPANS = Counter("medea_spans_total", "Recorded spans by what became of them.", ["outcome"])

MOST_NAMES = 50
OTHER = "other"


class Names:
    """Bounds the values of a label that people choose, such as names of models: the first so many, then `other`.

    Args:
        most: how many are told apart.
    """

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, name: str) -> str:
        """Return the label's value for a name, which from now on is told apart."""
        if name in self._known:
            return name
        if len(self._known) >= self._most:
            return OTHER
        self._known.add(name)
        return name

    def add(self, names: Iterable[str]) -> None:
        """Tell these apart in any case."""
        self._known.update(names)

    def known(self, name: str) -> str:
        """Return the label's value for a name that has still to prove itself: anybody can make up names."""
        return name if name in self._known else OTHER


MODELS = Names()


class _Labels:
    """Whether tenants are told apart: an operator's choice, for it multiplies the series."""

    has_tenants = False


def tell_tenants_apart(has_tenants: bool) -> None:
    """Say whether the label `tenant` is filled; an empty one is none to Prometheus."""
    _Labels.has_tenants = has_tenants


def tenant_label(tenant_id: object) -> str:
    """Return the value of the label `tenant`."""
    return str(tenant_id) if _Labels.has_tenants else ""
