"""What a connection may take of the server before what it says is a request.

uvicorn waits without end for the rest of a request and holds a head of any length. A proxy bounds both; where there is
none, a few thousand silent connections would keep everybody else out, and one endless header would fill the memory.
"""

import http
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from medea.kernel.errors import AppError
from medea.kernel.web.middleware import SECURITY_HEADERS
from medea.kernel.web.problems import render

MAX_HELD = 64 * 1024
"""Bytes that may wait for what makes sense of them: of a head, of a chunk's size, of what follows the last chunk."""
MAX_LEFT_OVER = 8 * 1024 * 1024
"""Bytes of a body that are thrown away once its request is answered: who is cut off sooner never reads the answer."""


class HeadTooLarge(AppError):
    """The address and the headers of a request may have 64 kB together."""

    status = 431
    title = "Headers too large"
    code = "request.head_too_large"


class NotHttp(AppError):
    """This is no request as HTTP/1.1 has them."""

    status = 400
    title = "Not a request"
    code = "request.not_http"


class _Parser(httptools.HttpRequestParser):
    """Reads a request that offers to go on in another protocol as if it did not (RFC 9110, 7.8).

    Java's own client offers HTTP/2 with every request. The parser takes what follows such a head for the other
    protocol, and the request would have no body.
    """

    def __init__(self, connection: "Connection") -> None:
        super().__init__(connection)
        self._connection = connection
        self.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it

    def feed_data(self, data: Any) -> None:
        """Read some bytes."""
        left = memoryview(data)
        while left:
            try:
                super().feed_data(left)
            except httptools.HttpParserUpgrade as offer:
                head = self._connection.head_without_offer()
                if head is None:
                    raise
                left = left[offer.args[0] :]  # of many that come together none is copied for each before it
                super().feed_data(head)
            else:
                return


class Connection(HttpToolsProtocol):
    """uvicorn's, with bounds on what is not a request yet, and on what is left over of one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parser = _Parser(self)
        self._is_offer = False
        self._held = 0
        self._may_hold = MAX_HELD
        self._since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        if not self._held:
            self._since = self.loop.time()
        self._held += len(data)
        super().data_received(data)
        if self._held > self._may_hold and not self.transport.is_closing():
            self._refuse(HeadTooLarge())

    def on_headers_complete(self) -> None:
        """Begin to answer. Fields that follow the body are none of the request's, which is judged by its head."""
        self._held = 0
        self._is_offer = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        if not self._is_offer:
            super().on_headers_complete()
            self.headers = []

    def head_without_offer(self) -> bytes | None:
        """Return the head that was read, without its offer of another protocol; None: it has none."""
        if not self._is_offer:
            return None
        self._is_offer = False
        fields = [b"%b: %b\r\n" % pair for pair in self.headers if pair[0] != b"upgrade"]
        version = self.parser.get_http_version().encode()
        return b"%b %b HTTP/%b\r\n%b\r\n" % (self.parser.get_method(), self.url, version, b"".join(fields))

    def on_body(self, body: bytes) -> None:
        """Take in a piece of the body, or throw it away."""
        if not self.cycle.response_complete:
            self._held = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        if self._is_offer:
            return
        self._held, self._may_hold = 0, MAX_HELD
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for what is left over of this one."""
        if self.cycle.response_complete and self.cycle.more_body:
            self._held, self._may_hold = 1, MAX_LEFT_OVER  # counted from here on, not from piece to piece
            self._since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request."""
        self._refuse(NotHttp())

    def hang_up_if_silent(self, seconds: float) -> None:
        """Close the connection if for so long it has owed a head, a piece of a body, or what is left over of one."""
        if self.timeout_keep_alive_task is not None or self.flow.read_paused:
            return
        asked = self._asked
        is_owing = asked is None or asked.response_complete or asked.more_body
        if is_owing and self.loop.time() - self._since > seconds:
            self.transport.close()

    @property
    def _asked(self) -> RequestResponseCycle | None:
        """The newest request, if there was any."""
        return self.cycle

    def _refuse(self, error: AppError) -> None:
        """Say why, unless an answer was begun: then there is no place for another."""
        asked = self._asked
        is_between = asked is None or (asked.response_complete and not asked.more_body)
        if is_between or (asked is not None and not asked.response_started):
            answer = render(error)
            headers = [*answer.raw_headers, *SECURITY_HEADERS, (b"connection", b"close")]
            head = [b"%b: %b\r\n" % pair for pair in headers]
            first = f"HTTP/1.1 {error.status} {http.HTTPStatus(error.status).phrase}\r\n".encode()
            self.transport.write(b"".join((first, *head, b"\r\n", bytes(answer.body))))
        self.transport.close()
